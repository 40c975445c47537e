import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { beforeAll, expect, it } from 'vitest'
import { mixedEncoder, neighboursOf } from '../../src/measure/privacy/neighbours.ts'
import { type NamedTable, rowsAt, type Table } from '../../src/table/table.ts'
import { folderOf } from '../helpers/folders.ts'
import { describeWith, python } from '../helpers/needs.ts'
import { privacyOf, realAndSamples } from './measured.ts'
import { drawSets, freshRows, loadTable, repeats, repeatsWithNoise, type Sets } from './planted.ts'

const { at } = folderOf('privacy')

interface Oracle {
  readonly nearest: readonly (readonly number[])[]
  readonly auc: Readonly<Record<string, number>>
  readonly risk: { readonly values: number; readonly combinations: number }
}

/** Rows of numbers and names as Python takes them. */
function pythonRows({ columns, count }: Table): (number | string)[][] {
  return Array.from({ length: count }, (_, i) =>
    columns.map(({ categories, cells }) => (categories ? categories[cells[i]!]! : cells[i]!)),
  )
}

/** A distance of each row, however the rows stand. */
const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b)

/** anonymeter takes no missing values. */
function complete(table: NamedTable): NamedTable {
  const whole = (i: number) => !table.columns.some(({ cells }) => Number.isNaN(cells[i]))
  return rowsAt(table, [...Array(table.count).keys()].filter(whole))
}

describeWith('anonymeter', 'attacks', () => {
  const cases = [
    ['census', 1000],
    ['penguins', 110],
  ] as const
  const drawn: { readonly sets: Sets; readonly planted: readonly NamedTable[] }[] = []
  let judged: readonly Oracle[] = []

  // Python takes seconds to load what it needs: once for both tables
  beforeAll(async () => {
    for (const [name, size] of cases) {
      const sets = drawSets(complete(await loadTable(name)), [size, size, size], 6)
      drawn.push({
        sets,
        planted: [repeats, repeatsWithNoise(0.1), freshRows].map((plant) => plant(sets, 6)),
      })
    }
    const asked = drawn.flatMap(({ sets: { train, against }, planted }) => {
      const names = train.columns.map(({ categories }) => categories !== undefined)
      const rowsOfBoth = { names, train: pythonRows(train), against: pythonRows(against) }
      return planted.map((samples) => ({ ...rowsOfBoth, samples: pythonRows(samples) }))
    })
    const file = at('sets.json')
    writeFileSync(file, JSON.stringify(asked))
    const script = new URL('oracle-privacy.py', import.meta.url).pathname
    judged = JSON.parse(execFileSync(python, [script, file], { encoding: 'utf8', maxBuffer: 2 ** 26 }))
  })

  it.each(cases.map(([name, size], k) => [name, size, k] as const))(
    'on %s agree with scikit-learn, and single out as anonymeter does',
    async (_, size, table) => {
      const { sets, planted } = drawn[table]!
      const { train, against } = sets
      const risks: { ours: Oracle['risk']; theirs: Oracle['risk'] }[] = []
      for (const [k, samples] of planted.entries()) {
        const theirs = judged[planted.length * table + k]!
        const aligned = realAndSamples({ train, against, samples })
        const encoded = mixedEncoder(aligned.columns, [aligned.train, aligned.against])
        const rows = encoded(aligned.against)
        const { nearest } = await neighboursOf(rows, encoded(aligned.samples), 5)
        for (let n = 0; n < 5; n++) {
          const ours = sorted(nearest.filter((_, i) => i % 5 === n))
          const expected = sorted(theirs.nearest.map((row) => row[n]!))
          for (const [i, distance] of expected.entries())
            expect(ours[i]! / rows.unit).toBeCloseTo(distance, 8)
        }

        const report = await privacyOf({ train, against, samples })
        for (const { name, auc } of report.attacks)
          if (name !== 'column') expect(auc).toBeCloseTo(theirs.auc[name]!, name === 'density' ? 7 : 12)
        const { values, combinations } = report.singlingOut
        risks.push({
          ours: { values: values.risk!.value, combinations: combinations.risk!.value },
          theirs: theirs.risk,
        })
      }
      // of a hundred penguins anonymeter finds but few values that one sample has, and few tell of no large risk
      const isFew = size < 200
      for (const which of ['values', 'combinations'] as const) {
        const [copies, noise, real] = risks
        if (isFew && which === 'values') {
          for (const whose of ['ours', 'theirs'] as const)
            expect(copies![whose].values).toBeGreaterThan(noise![whose].values + 0.2)
          continue
        }
        for (const whose of ['ours', 'theirs'] as const) {
          expect(copies![whose][which]).toBeGreaterThan(0.95)
          expect(real![whose][which]).toBeLessThan(0.08)
          expect(noise![whose][which]).toBeLessThan(copies![whose][which])
        }
        for (const { ours, theirs } of risks) expect(Math.abs(ours[which] - theirs[which])).toBeLessThan(0.1)
      }
      const [, noise, real] = risks
      for (const whose of ['ours', 'theirs'] as const)
        expect(noise![whose].combinations).toBeGreaterThan(real![whose].combinations)
    },
  )
})
