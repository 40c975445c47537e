/** Small tables that lack what reports measure: columns without values, with one value, with one row that differs. */
import { uniforms } from '../../src/numerics/random.ts'
import { type Column, type NamedTable, tableOfPoints } from '../../src/table/table.ts'

const day = 86_400_000

export const sparseColumns = [
  { name: 'amount', kind: 'number' },
  { name: 'pieces', kind: 'integer' },
  { name: 'placed', kind: 'date', form: 'YYYY-MM-DD' },
  { name: 'sent', kind: 'date', form: 'YYYY-MM-DDThh:mm:ssZ' },
  { name: 'channel', kind: 'category', categories: ['shop', 'web', 'fair'] },
  { name: 'paid', kind: 'boolean', categories: ['no', 'yes'] },
] as const satisfies readonly Column[]

/** How a column's cells are. */
const shapes = ['full', 'missing', 'constant', 'one value', 'half missing'] as const

function cellOf(kind: Column['kind'], u: number): number {
  if (kind === 'number') return u * 100
  if (kind === 'date') return Date.UTC(2024, 0, 1) + day * Math.floor(300 * u)
  return Math.floor(kind === 'boolean' ? 2 * u : 3 * u)
}

/** A table whose columns have shapes chosen by the seed, each set of a report other ones. */
export function sparseTable(name: string, count: number, seed: number): NamedTable {
  const dim = sparseColumns.length
  const chosen = uniforms({ seed, stream: 0, step: 0, start: 0, count: 1, dim })
  const drawn = uniforms({ seed, stream: 0, step: 1, start: 0, count, dim: 2 * dim })
  const data = new Float64Array(count * dim)
  for (let i = 0; i < count; i++)
    for (const [d, { kind }] of sparseColumns.entries()) {
      const [u, v] = drawn.subarray(2 * (i * dim + d))
      const shape = shapes[Math.floor(shapes.length * chosen[d]!)]!
      const isGap =
        shape === 'missing' || (shape === 'one value' && i !== 3) || (shape === 'half missing' && v! < 0.5)
      data[i * dim + d] = isGap ? Number.NaN : cellOf(kind, shape === 'constant' ? 0.4 : u!)
    }
  return { name, ...tableOfPoints(sparseColumns, { data, count, dim }) }
}

/** What no report says: the words of a number or date that is none, and nouns that don't fit their number. */
const unsaid =
  /NaN|Infinity|undefined|Invalid Date|\[object|(?<![\d.,] ?|[\d.,])1 (rows|samples|columns|values|families|names|attempts|numbers|dates)\b|\b(samples|rows) has\b/

/** The sentence around what a text should not say; undefined if there is nothing of it. */
export function wrongWords(text: string): string | undefined {
  const found = unsaid.exec(text)
  return found ? text.slice(Math.max(0, found.index - 80), found.index + 80) : undefined
}

/** The paths of the numbers of a report that are not finite. */
export function notFinite(value: unknown, path = ''): string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [`${path} is ${value}`]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, each]) => notFinite(each, `${path}.${name}`))
}
