import { describe, expect, it } from 'vitest'
import { tellingColumns } from '../../../src/database/learned/context.ts'
import { planTables } from '../../../src/database/learned/plan.ts'
import { learnedRows } from '../../../src/database/learned/rows.ts'
import { databaseOfRows } from '../../../src/database/memory.ts'
import { uniforms } from '../../../src/numerics/random.ts'
import { columnNamed } from '../../../src/table/columns.ts'

const count = 2000
const drawn = (seed: number) =>
  Float64Array.from(uniforms({ seed, stream: 0, step: 0, start: 0, count, dim: 1 }))
const number = (name: string, cells: Float64Array) => ({ name, kind: 'number' as const, cells })
const names = (name: string, cells: Float64Array) => ({
  name,
  kind: 'category' as const,
  categories: ['a', 'b', 'c', 'd'],
  cells: cells.map((cell) => Math.floor(4 * cell)),
})

const [a, b, c] = [drawn(1), drawn(2), drawn(3)]

describe('the columns that a model is told of each row', () => {
  it('are those that tell something of what is learned: in a line, by a name, or by a gap', () => {
    const wave = a.map((x) => Math.abs(x - 0.5))
    const gaps = b.map((x, i) => (c[i]! < 0.5 ? Number.NaN : x))
    const known = [number('a', a), number('b', b), names('c', c), number('noise', drawn(4))]
    expect(tellingColumns(known, [number('wave', wave)])).toEqual([0])
    expect(tellingColumns(known, [names('b, as names', b)])).toEqual([1])
    expect(tellingColumns(known, [number('gaps', gaps)])).toEqual([1, 2])
    expect(tellingColumns(known, [number('other noise', drawn(5))])).toEqual([])
  })

  it('are no more than three for each that is learned', () => {
    const known = Array.from({ length: 6 }, (_, k) =>
      number(
        `k${k}`,
        a.map((x, i) => x + k * 0.1 * b[i]!),
      ),
    )
    expect(tellingColumns(known, [number('a', a)])).toEqual([0, 1, 2])
  })

  it('are not told by chance, whatever the number of names', () => {
    const many = {
      name: 'many',
      kind: 'category' as const,
      categories: [],
      cells: drawn(6).map((x) => Math.floor(500 * x)),
    }
    expect(tellingColumns([many, number('b', b)], [names('noise', drawn(7)), number('c', c)])).toEqual([])
  })
})

/** The rows that a model learns of children by their parents, in the order of `at`. */
async function learnedOf(parents: Record<string, number>[], rows: Record<string, number>[]) {
  const columnsOf = (first: Record<string, number>) =>
    Object.fromEntries(
      Object.entries(first).map(
        ([name, cell]) => [name, Number.isInteger(cell) ? 'integer' : 'number'] as const,
      ),
    )
  const database = await databaseOfRows(
    { parents, rows },
    {
      schema: {
        format: 1,
        tables: {
          parents: { columns: { ...columnsOf(parents[0]!), id: 'key' }, key: ['id'], references: [] },
          rows: {
            columns: columnsOf(rows[0]!),
            key: ['id', 'at'],
            references: [{ columns: ['id'], table: 'parents', optional: false }],
            order: 'at',
          },
        },
      },
    },
  )
  return learnedRows(database, planTables(database), 'rows')
}

it('the parent is judged by first rows, of which no row before them tells anything', async () => {
  const parents = Array.from({ length: 300 }, (_, i) => ({ id: i + 1, begins: 1 + 900 * a[i]! }))
  // each row is near the one before it, which tells more of it than where the first began
  const rows = parents.flatMap(({ id, begins }, i) => {
    let at = begins
    return Array.from({ length: 6 }, (_, k) => {
      if (k > 0) at += 300 * (b[(6 * i + k) % count]! - 0.5)
      return { id, at: k + 1, x: at + 0.1, y: at + 3 * c[6 * i + k]!, z: at - 2 * c[(7 * i + k) % count]! }
    })
  })
  const { context } = await learnedOf(parents, rows)
  expect(context).toContain('parents.begins')
})

it('the rows of one parent are not next to each other in training, and are told what their order and key need', async () => {
  const parents = Array.from({ length: 40 }, (_, i) => ({ id: i + 1, size: 10 * i + 0.5, hue: i % 7 }))
  const rows = parents.flatMap(({ id, size }) =>
    Array.from({ length: 5 }, (_, k) => ({ id, at: k + 1, weight: size + k, dice: (id * 31 + k * 17) % 13 })),
  )
  const { table, context, parents: groups } = await learnedOf(parents, rows)
  expect(groups).toBe(40)
  expect(context).toEqual(
    expect.arrayContaining(['parents.size', 'place', 'before', 'previous.at', 'previous.weight']),
  )
  expect(context).not.toContain('parents.hue')
  const { cells } = columnNamed(table.columns, 'parents.size')
  const isSameAsNext = Array.from({ length: 199 }, (_, i) => cells[i] === cells[i + 1])
  expect(isSameAsNext.filter(Boolean).length).toBeLessThan(20)
})
