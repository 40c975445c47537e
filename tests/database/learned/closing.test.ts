import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, expect, it } from 'vitest'
import * as web from '../../../src/browser/databases.ts'
import type { Database } from '../../../src/database/database.ts'
import { decodeDatabaseFile, encodeDatabaseFile } from '../../../src/database/file.ts'
import { closingVerdicts } from '../../../src/database/measured/closing.ts'
import { readDatabase } from '../../../src/index.ts'
import { descriptionOf, internalsOf } from '../../../src/infer/model.ts'
import { indicesWhere } from '../../../src/measure/statistics.ts'
import { exportDatabase, loadDatabase, rowsOfRun } from '../../../src/node/databases.ts'
import { type TrainedDatabase, trainDatabase } from '../../../src/node/train-databases.ts'
import { reportDatabase } from '../../../src/report/database/report.ts'
import { databaseReportText } from '../../../src/report/database/terminal.ts'
import { databaseSentences } from '../../../src/report/database/verdict.ts'
import { databaseReportPage } from '../../../src/report/page/database.ts'
import { wrapped } from '../../../src/report/terminal.ts'
import { parseRules } from '../../../src/table/rules/parse.ts'
import { rowsAt, rowsBetween } from '../../../src/table/table.ts'
import { succeeds } from '../../helpers/cli.ts'
import { folderOf } from '../../helpers/folders.ts'
import { databaseOf, type Shop, shopOf } from '../../report/database/families.ts'

const { at } = folderOf('closing')
const quick = { steps: 12, hidden: [8], batchSize: 32, candidates: 1, engine: 'simd', seed: 3 } as const
const silent = { onNote() {}, onWarning() {} }
const trainOn = (dataset: Database, others = {}) => trainDatabase({ dataset, ...quick, ...silent, ...others })

type Found = Pick<TrainedDatabase, 'verdicts' | 'verdictsOf'>
const verdictsOf = ({ verdicts, verdictsOf }: Found): Found => ({ verdicts, verdictsOf })

// a tenth of them is kept aside, of which more than 60 have orders
const shop = shopOf(1, 800)
let said = ''
let found: Found
let sentences: readonly [string, string]

beforeAll(async () => {
  mkdirSync(at('shop'))
  for (const [name, rows] of Object.entries<Shop[keyof Shop]>({ ...shop }))
    writeFileSync(
      at(`shop/${name}.csv`),
      `${[Object.keys(rows[0]!), ...rows.map((row) => Object.values(row))].map((line) => line.join()).join('\n')}\n`,
    )
  const { stdout, stderr } =
    await succeeds`train --dataset ${at('shop')} --steps 12 --hidden 8 --batch-size 32 --candidates 1 --engine simd --seed 3 --out ${at('run')} --json`
  said = stderr
  found = verdictsOf(JSON.parse(stdout))
  sentences = databaseSentences(found)
})

it('a training ends with the verdicts on all tables, which no table has by itself', () => {
  const { verdicts, verdictsOf: parts } = found
  // twelve steps learn little
  expect(verdicts.rows).toMatchObject({ grade: 'poor', auc: expect.any(Number), real: expect.any(Number) })
  expect(verdicts.people.grade).toMatch(/none|slight/)
  expect(parts.rows!.what).toMatch(/customers|orders/)
  expect(parts.rows!.compared).toBeGreaterThanOrEqual(60)
  expect(parts.unjudged).not.toContain('customers')
  for (const sentence of sentences) expect(said).toContain(sentence)
  expect(sentences[0]).toMatch(/in \d+ of 100 pairs/)
  expect(said).not.toMatch(/trees distinguish samples from real rows with an AUC/)
  for (const table of ['customers', 'orders']) {
    const config = JSON.parse(readFileSync(at(`run/${table}/config.json`), 'utf8'))
    expect(config.closeness).toBeDefined()
    expect(config.verdicts).toBeUndefined()
  }
})

it('they are in the run and its export, and the same in a page', async () => {
  expect(verdictsOf(JSON.parse(readFileSync(at('run/tables.json'), 'utf8')))).toEqual(found)
  const bytes = await exportDatabase({ run: at('run') })
  const file = decodeDatabaseFile(bytes, 'it')
  expect(file).toMatchObject(found)
  await using model = await loadDatabase(bytes)
  expect(model).toMatchObject(found)
  expect(encodeDatabaseFile(file)).toEqual(bytes)
  const { engine: _, ...inPage } = quick
  const dataset = await readDatabase(at('shop'))
  const ofPage = await web.trainDatabase({ dataset, ...inPage, ...silent, threads: 1 })
  expect(verdictsOf(ofPage)).toEqual(found)
  expect(await web.exportDatabase(ofPage)).toEqual(bytes)
})

it('a report begins with them, whatever its own samples are, and finds its own without them', async () => {
  const { train, against, ...stored } = await rowsOfRun(at('run'))
  expect(verdictsOf(stored as Found)).toEqual(found)
  // of other samples
  const samples = databaseOf(shopOf(5000, 30))
  const [few, fewTrained] = [against, train].map((part) => firstCustomers(part, 30))
  const sources = { samples, against: few!, train: fewTrained! }
  const report = await reportDatabase({ ...sources, ...found })
  expect(report).toMatchObject({ ...found, sentences })
  expect(databaseReportText(report).startsWith(`${sentences.map(wrapped).join('\n')}\n`)).toBe(true)
  const page = databaseReportPage(report, sources, { title: 'Shop' })
  for (const part of sentences.join(' ').split(/(?<=\.) /)) expect(page).toContain(part)
  for (const text of [databaseReportText(report), page]) expect(text).toContain('found when training ended')
  const { verdicts, verdictsOf: parts } = await reportDatabase(sources)
  expect(verdicts.rows.grade).toBeNull()
  expect(parts).toEqual({ rows: null, people: null, unjudged: expect.arrayContaining(['customers']) })
})

it('there are none with few parents, and without judging rows', async () => {
  const none = { grade: null, auc: null, low: null, high: null }
  const verdicts = { rows: { ...none, real: null }, people: none }
  // a fifth of them, which is too few
  const few = await trainOn(databaseOf(shopOf(1, 200)))
  expect(verdictsOf(few)).toEqual({
    verdicts,
    verdictsOf: { rows: null, people: null, unjudged: expect.arrayContaining(['customers', 'orders']) },
  })
  const whole = await trainOn(databaseOf(shopOf(1, 200)), { holdout: 0 })
  expect(verdictsOf(whole)).toEqual({ verdicts, verdictsOf: { rows: null, people: null, unjudged: [] } })
})

it('models whose rows all break a rule are trained, but not judged', async () => {
  const { schema, plans, models: files } = decodeDatabaseFile(await exportDatabase({ run: at('run') }), 'it')
  await using model = await loadDatabase(await exportDatabase({ run: at('run') }))
  const { train, against } = await rowsOfRun(at('run'))
  const { columns } = descriptionOf(model.models.get('customers')!).encoding
  const rules = {
    rules: parseRules(['age >= 1000'], ['age']),
    columns: columns.filter(({ name }) => name === 'age'),
  }
  const warnings: string[] = []
  const sources = {
    by: {
      schema,
      plans: { ...plans, customers: { ...plans.customers!, rules } },
      models: new Map([...files.keys()].map((name) => [name, internalsOf(model.models.get(name)!)])),
      referenceData: new Map(),
    },
    train,
    holdout: against,
    trainings: new Map(),
    onWarning: (line: string) => void warnings.push(line),
  }
  const { verdicts, verdictsOf: parts } = await closingVerdicts(sources, { seed: 0 })
  expect([verdicts.rows.grade, verdicts.people.grade, parts.rows]).toEqual([null, null, null])
  expect(warnings).toEqual([
    expect.stringMatching(
      /^no samples could be drawn to compare with real rows: table customers: .*age >= 1000/,
    ),
  ])
})

/** The first customers of a part, with their orders. */
function firstCustomers({ schema, tables }: Database, count: number): Database {
  const orders = tables.get('orders')!
  const [links] = orders.links
  const rows = indicesWhere(orders.count, (i) => links![i]! < count)
  const customers = { ...tables.get('customers')!, ...rowsBetween(tables.get('customers')!, 0, count) }
  return {
    schema,
    tables: new Map([
      ['customers', customers],
      ['orders', { ...rowsAt(orders, rows), links: [links!.filter((row) => row < count)] }],
    ]),
  }
}
