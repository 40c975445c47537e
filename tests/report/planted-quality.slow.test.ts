import { describe, expect, it } from 'vitest'
import { detectionOf } from '../../src/measure/detection.ts'
import { prepareTables } from '../../src/measure/prepare.ts'
import { columnsOf } from '../../src/measure/quality.ts'
import { utilityOf } from '../../src/measure/utility.ts'
import { worstOf } from '../../src/report/quality.ts'
import { columnNamed } from '../../src/table/columns.ts'
import { type NamedTable, rowsAt, rowsBetween } from '../../src/table/table.ts'
import { petTable } from '../helpers/tables.ts'
import { qualityOf } from './measured.ts'
import { partsOf, shuffledColumns } from './samples.ts'

type Real = NamedTable
const pets = petTable(1500)
const [train, against, others] = partsOf(pets, [500, 500, 500]) as [Real, Real, Real]

/** A table with one column's cells changed. */
function withCells(table: Real, name: string, change: (cell: number, i: number) => number): Real {
  const columns = table.columns.map((column) =>
    column.name === name ? { ...column, cells: column.cells.map(change) } : column,
  )
  return { ...table, columns }
}

function withoutEels(table: Real): Real {
  const kinds = columnNamed(table.columns, 'kind').cells
  const rows = [...kinds.keys()].filter((i) => kinds[i] !== 3)
  return rowsAt(table, rows)
}

async function columnQuality(samples: NamedTable) {
  const tables = prepareTables({ samples, against, train }, 0)
  const quality = await columnsOf(tables, {})
  const column = (name: string) => quality.columns.find((own) => own.name === name)!
  return { quality, column, worst: worstOf(quality, tables.against.columns) }
}

const few = (table: Real) => rowsBetween(table, 0, 150)

/** Trees learn from fewer rows more often: 150 take the least time. */
const detectionIn = (samples: Real) =>
  detectionOf(prepareTables({ samples: few(samples), against: few(against), train: few(train) }, 0), {})

describe('the measures of quality', () => {
  it('cannot distinguish other real rows from real rows, with three seeds', async () => {
    const rows = 100
    // the deviation of an area of chance (Hanley and McNeil 1982)
    const deviation = Math.sqrt((2 * rows + 1) / (12 * rows * rows))
    for (let seed = 0; seed < 3; seed++) {
      const [first, second, third] = partsOf(pets, [rows, rows, rows], seed) as [Real, Real, Real]
      const tables = prepareTables({ samples: third, against: first, train: second }, seed)
      const detection = await detectionOf(tables, {})
      expect(Math.abs(detection.auc - 0.5)).toBeLessThan(4 * deviation)
      expect(Math.abs(detection.null - 0.5)).toBeLessThan(4 * deviation)
      expect(detection.rows).toBe(rows)
    }
  })

  it('cannot distinguish samples that equal the held-out rows', async () => {
    expect((await detectionIn(against)).auc).toBe(0.5)
  })

  it('distinguish samples that repeat one row', async () => {
    const { auc } = await detectionIn(rowsAt(others, new Int32Array(150)))
    expect(auc).toBeGreaterThan(0.95)
  })

  it('notice columns that are shuffled independently, although each column is the same', async () => {
    const samples = shuffledColumns(train)
    const quality = await qualityOf({ samples, against, train, target: 'kind' })
    expect(quality.shapes).toBeGreaterThan(0.93)
    expect(quality.trends!).toBeLessThan(quality.real.trends! - 0.1)
    expect(quality.detection.auc).toBeGreaterThan(0.9)
    expect(Math.abs(quality.detection.null - 0.5)).toBeLessThan(0.08)
    expect(quality.utility).toMatchObject({ target: 'kind', metric: 'macro-auc' })
    expect(quality.utility!.synthetic).toBeLessThan(0.65)
    expect(quality.utility!.real).toBeGreaterThan(0.95)
    expect(quality.worst.columns).toEqual([])
    expect(quality.worst.pairs[0]!.columns).toEqual(['kind', 'legs'])
  })

  it('name the column in which a minority is missing, and the missing value', async () => {
    const samples = withoutEels(others)
    const { column, worst } = await columnQuality(samples)
    // legs go with the kind: an eel alone has none
    expect(worst.columns.slice(0, 2).map(({ name }) => name)).toContain('kind')
    expect(worst.columns[0]!.name).toMatch(/kind|legs/)
    const { furthest, distance } = column('kind')
    expect(furthest).toMatchObject({ is: 'equal', value: 'eel', samples: 0 })
    expect(distance).toBeCloseTo(furthest!.real, 1)
    const { sentence } = worst.columns.find(({ name }) => name === 'kind')!
    expect(sentence).toMatch(/^`kind` is eel in \d+\.\d % of real rows and in 0 % of samples\.$/)
  })

  it('name a frequent number that samples lack', async () => {
    const samples = withCells(others, 'price', (cell, i) => (cell === 0 ? 10 + i / 7 : cell))
    const { column, worst } = await columnQuality(samples)
    expect(worst.columns[0]!.sentence).toMatch(
      /^`price` is 0 in \d+\.\d % of real rows and in 0 % of samples\.$/,
    )
    const { atoms } = column('price')
    expect(atoms!.real - atoms!.samples).toBeGreaterThan(0.2)
    expect(Math.abs(atoms!.real - atoms!.train)).toBeLessThan(0.1)
  })

  it('name the number that too few samples are at most, and the range, if numbers are too large', async () => {
    const { column, worst } = await columnQuality(withCells(others, 'weight', (cell) => 1.5 * cell))
    expect(worst.columns[0]!.sentence).toMatch(/^`weight` is at most [\d.]+ in [\d.]+ % of real rows and in/)
    const { range, statistic } = column('weight')
    expect(statistic).toBe('kolmogorov-smirnov')
    expect(Number(range!.samples![1])).toBeGreaterThan(1.2 * Number(range!.real![1]))
  })

  it('name missing cells if samples have more of them', async () => {
    const { column, worst } = await columnQuality(
      withCells(others, 'weight', (cell, i) => (i % 2 ? Number.NaN : 0.9 * cell)),
    )
    expect(column('weight').missing.samples).toBeGreaterThan(0.5)
    expect(column('weight').missing.real).toBeLessThan(0.2)
    expect(worst.columns[0]!.sentence).toMatch(
      /^`weight` is missing in \d+\.\d % of real rows and in \d\d\.\d %/,
    )
  })

  it('distinguish samples in which a column has no value', async () => {
    const samples = withCells(others, 'born', () => Number.NaN)
    const { column } = await columnQuality(samples)
    expect(column('born')).toMatchObject({ distance: 1, missing: { samples: 1, real: 0 } })
    expect(column('born').range!.samples).toBeNull()
    expect(column('born').range!.real![0]).toMatch(/^201\d-\d\d-\d\d$/)
    expect((await detectionIn(samples)).auc).toBe(1)
  })

  it('find no difference in a constant column', async () => {
    const { column } = await columnQuality(others)
    expect(column('planet')).toMatchObject({ distance: 0, null: 0, furthest: null })
  })

  it('find real rows as useful as real rows', async () => {
    const tables = prepareTables({ samples: others, against, train }, 0)
    for (const [target, metric] of [
      ['tame', 'auc'],
      ['weight', 'r2'],
    ] as const) {
      const utility = await utilityOf(tables, target, {})
      expect(utility.metric).toBe(metric)
      expect(Math.abs(utility.synthetic - utility.real)).toBeLessThan(0.1)
      // rows without a target are left out
      expect(utility.rows.predicted).toBeLessThan(500)
    }
  })

  it('measure the rows with a given value', async () => {
    const some = (table: Real) => partsOf(table, [200])[0]!
    const samples = withoutEels(some(others))
    const tables = { samples, against: some(against), train: some(train), target: 'tame' }
    const { given } = await qualityOf({ ...tables, given: { column: 'kind', value: 'eel' } })
    expect(given).toMatchObject({ column: 'kind', value: 'eel', rows: { samples: 0 }, quality: null })
    const cats = await qualityOf({ ...tables, given: { column: 'kind', value: 'cat' } })
    const { rows, quality } = cats.given!
    expect(rows.against).toBeLessThan(150)
    expect(quality!.rows).toEqual(rows)
    expect(quality!.columns.map(({ name }) => name)).not.toContain('kind')
    expect(quality!.utility!.target).toBe('tame')
  })
})
