import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { beforeAll, expect, it } from 'vitest'
import type { Utility } from '../../src/measure/utility.ts'
import { readTable } from '../../src/node/run-folder.ts'
import type { Quality } from '../../src/report/quality.ts'
import { toRows } from '../../src/table/inference/rows.ts'
import type { NamedTable } from '../../src/table/table.ts'
import { folderOf } from '../helpers/folders.ts'
import { describeWith, python } from '../helpers/needs.ts'
import { qualityOf, utilityOf } from './measured.ts'
import { noisyRanks, partsOf, shuffledColumns } from './samples.ts'

interface Case {
  readonly file: string
  readonly targets: readonly string[]
  /** Rows of each part. */
  readonly count: number
}

const cases: readonly Case[] = [
  { file: 'census', targets: ['income'], count: 1000 },
  { file: 'penguins', targets: ['species', 'body_mass_g'], count: 114 },
]

/** Samples of three kinds, made of the training rows, or other real rows. */
const makers = {
  'other real rows': (_: NamedTable, others: NamedTable) => others,
  'columns shuffled': (train: NamedTable) => shuffledColumns(train),
  'a copula with noise': (train: NamedTable) => noisyRanks(train, 0.15),
} as const

interface Judged {
  readonly shapes: number
  readonly trends: number
  readonly detection: number
  /** By the name of the column that is predicted. */
  readonly utility: Readonly<Record<string, { metric: string; synthetic: number; real: number }>>
}

const { at } = folderOf('report')

function csvFile(name: string, table: NamedTable): string {
  const cell = (value: unknown) => (value === null ? '' : JSON.stringify(String(value)))
  const lines = toRows(table).map((row) => Object.values(row).map(cell).join(','))
  const file = at(`${name}.csv`)
  writeFileSync(file, [table.columns.map((column) => column.name).join(','), ...lines].join('\n'))
  return file
}

describeWith('sdmetrics', 'the quality of samples, compared with scikit-learn and SDMetrics', () => {
  const all = cases.flatMap((one) => Object.keys(makers).map((maker) => ({ ...one, maker })))
  /** What we say of each sample, and of each column that is predicted. */
  const ours: { readonly quality: Quality; readonly utility: Record<string, Utility> }[] = []
  let theirs: Judged[] = []

  beforeAll(async () => {
    const requests: unknown[] = []
    for (const [k, { file, targets, count, maker }] of all.entries()) {
      const source = new URL(`../../bench/data/${file}.csv.gz`, import.meta.url).pathname
      const table = await readTable(source)
      const [train, against, others] = partsOf(table, [count, count, count]) as [
        NamedTable,
        NamedTable,
        NamedTable,
      ]
      const samples = makers[maker as keyof typeof makers](train, others)
      const sources = { samples, against, train }
      const [first, ...rest] = targets as [string, ...string[]]
      const quality = await qualityOf({ ...sources, target: first })
      const utility = { [first]: quality.utility! }
      // the rest of a report is the same with another target
      for (const target of rest) utility[target] = await utilityOf({ ...sources, target })
      ours.push({ quality, utility })
      requests.push({
        columns: table.columns.map(({ name, kind }) => ({ name, kind })),
        targets,
        samples: csvFile(`${k}-samples`, samples),
        against: csvFile(`${k}-against`, against),
        train: csvFile(`${k}-train`, train),
      })
    }
    const script = new URL('oracle.py', import.meta.url).pathname
    const options = { encoding: 'utf8', input: JSON.stringify(requests), stdio: 'pipe' } as const
    const lines = execFileSync(python, ['-W', 'ignore', script], options)
    theirs = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  }, 900_000)

  const near = (a: number | null, b: number, tolerance: number) =>
    expect(Math.abs(a! - b)).toBeLessThanOrEqual(tolerance)

  const named = all.flatMap(({ file, targets, maker }, k) =>
    targets.map((target) => [file, target, maker, k] as const),
  )
  it.each(named)('%s, %s, %s', (_, target, maker, k) => {
    const [{ quality, utility: ofTargets }, other] = [ours[k]!, theirs[k]!]
    near(quality.shapes, other.shapes, 0.01)
    near(quality.trends, other.trends, 0.01)
    near(quality.detection.auc, other.detection, 0.03)
    const [utility, right] = [ofTargets[target]!, other.utility[target]!]
    expect(utility.metric).toBe(right.metric)
    // the variance explained of a hundred penguins depends on a few of them, and what is learned from a hundred shuffled
    // rows is noise, which every learner takes in its own way
    const isNumber = utility.metric === 'r2'
    const isNoise = maker === 'columns shuffled' && quality.rows.train < 200
    near(utility.synthetic, right.synthetic, isNoise ? 0.15 : isNumber ? 0.1 : 0.03)
    near(utility.real, right.real, isNumber ? 0.1 : 0.03)
  })
})
