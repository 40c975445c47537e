import type { RowSet, RowSets } from '../../../src/charts/figures/row-sets.ts'
import { streams, uniforms } from '../../../src/numerics/random.ts'
import { columnNamed } from '../../../src/table/columns.ts'
import { type Column, type Table, tableOfPoints } from '../../../src/table/table.ts'

export const light = { theme: 'light' } as const
export const day = 86_400_000
export const start = Date.UTC(2020, 0, 1)
export const towns = Array.from({ length: 15 }, (_, k) => `town ${k}`)

export const columns: readonly Column[] = [
  { name: 'town', kind: 'category', categories: towns },
  { name: 'paid', kind: 'boolean', categories: ['no', 'yes'] },
  { name: 'years', kind: 'integer' },
  { name: 'day', kind: 'date', form: 'YYYY-MM-DD' },
  { name: 'rooms', kind: 'integer' },
]
export const names = columns.map(({ name }) => name)

/** Rows of these columns, with gaps in three of them; another seed has other shares. */
function tableOf(count: number, seed: number): Table {
  const dim = columns.length
  const u = uniforms({ seed, stream: streams.datasets, step: 9, start: 0, count, dim: dim + 1 })
  const data = new Float64Array(count * dim)
  for (let i = 0; i < count; i++) {
    const [a, b, c, d, e, gap] = u.subarray(i * (dim + 1), (i + 1) * (dim + 1)) as never as number[]
    const row = [
      Math.floor(towns.length * a! ** (2 + seed)),
      b! < 0.3 ? 0 : 1,
      Math.floor(20 * c!),
      start + Math.floor(28 * d!) * day,
      1 + Math.floor(4 * e! * e!),
    ]
    if (gap! < 0.05) row[0] = Number.NaN
    if (gap! > 0.9) row[2] = Number.NaN
    if (gap! > 0.4 && gap! < 0.5) row[4] = Number.NaN
    data.set(row, i * dim)
  }
  return tableOfPoints(columns, { data, count, dim })
}

export const setOf = (of: RowSet['of'], count: number, seed: number): RowSet => ({
  label: `${of}, ${count} rows`,
  of,
  table: tableOf(count, seed),
})
export const sets = [setOf('data', 500, 0), setOf('samples', 137, 1)]
export const compared: RowSets = { columns, sets }

/** A column's cells as texts, by a way of its own. */
export function cellsOf({ table }: RowSet, name: string): string[] {
  const { categories, kind, cells } = columnNamed(table.columns, name)
  return Array.from(cells, (cell) => {
    if (Number.isNaN(cell)) return 'missing'
    if (kind === 'date') return new Date(cell).toISOString().slice(0, 10)
    return categories?.[cell] ?? String(cell)
  })
}

export function countOf(set: RowSet, name: string, value: string): number {
  return cellsOf(set, name).filter((cell) => cell === value).length
}

/** The largest difference; NaN where there is none to compare with. */
export function worst(drawn: readonly number[], expected: readonly number[]): number {
  if (drawn.length !== expected.length) return Number.NaN
  return drawn.reduce((a, x, k) => Math.max(a, Math.abs(x - expected[k]!)), 0)
}
