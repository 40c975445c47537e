import { describe, expect, it } from 'vitest'
import { streams, uniforms } from '../../../src/numerics/random.ts'
import { decode } from '../../../src/table/encodings/decode.ts'
import { dimensionsOf, type Encoding } from '../../../src/table/encodings/encoding.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import type { NamedTable, TableColumn } from '../../../src/table/table.ts'

const [count, day] = [1500, 86_400_000]
const drawn = uniforms({ seed: 7, stream: streams.datasets, step: 3, start: 0, count, dim: 4 })

type Of = (u: Float64Array) => number
const cellsOf = (of: Of) =>
  Float64Array.from({ length: count }, (_, i) => of(drawn.subarray(4 * i, 4 * i + 4)))
const numbers = (name: string, of: Of): TableColumn => ({ name, kind: 'integer', cells: cellsOf(of) })
const dates = (name: string, of: Of): TableColumn => ({
  ...{ name, kind: 'date', form: 'YYYY-MM-DD hh:mm' },
  cells: cellsOf((u) => Math.floor(of(u) / 60_000) * 60_000),
})
const at: Of = (u) => (16_000 + 900 * u[0]!) * day
const after: Of = (u) => at(u) + 40 * u[1]! * u[1]! * day
const minutes =
  (of: Of): Of =>
  (u) =>
    Math.floor(of(u) / 60_000) * 60_000
const [x, y]: [Of, Of] = [(u) => 1 + Math.floor(300 * u[0]!), (u) => 1 + Math.floor(60 * u[1]! * u[1]!)]

/** By the kind of relation that a column b has to others of a table, when no rule is stated: these, and b. */
const tables: [kind: string, others: TableColumn[], b: Of][] = [
  [
    'look-up',
    [
      {
        ...{
          name: 'model',
          kind: 'category',
          categories: Array.from({ length: 40 }, (_, k) => `model ${k}`),
        },
        cells: cellsOf((u) => Math.floor(40 * u[0]!)),
      },
    ],
    (u) => (Math.floor(40 * u[0]!) * 17) % 41,
  ],
  ['look-up', [dates('date', at)], (u) => new Date(minutes(at)(u)).getUTCMonth() + 1],
  ['linear', [numbers('x', x), numbers('y', y)], (u) => 3 * x(u) + y(u)],
  ['linear', [numbers('x', x)], (u) => 5 * x(u) + Math.floor(9 * u[2]!)],
  [
    'linear',
    [dates('from', at), dates('to', after)],
    (u) => Math.floor((minutes(after)(u) - minutes(at)(u)) / day),
  ],
  ['product', [numbers('x', x), numbers('y', y)], (u) => x(u) * y(u)],
  ['order', [numbers('x', x)], (u) => x(u) + (u[1]! < 0.5 ? 0 : Math.floor(400 * u[2]! ** 2))],
  ['copy', [numbers('x', x)], (u) => (u[1]! < 0.3 ? x(u) : 1 + Math.floor(300 * u[2]!))],
]

/** The cells of what an untrained network would draw, by name. */
function samplesOf(encoding: Encoding) {
  const dim = dimensionsOf(encoding)
  const noise = uniforms({ seed: 1, stream: streams.datasets, step: 8, start: 0, count: 500, dim })
  const { columns } = decode(encoding, { data: noise.map((u) => 4 * u - 2), count: 500, dim })
  return (name: string) => columns.find((column) => column.name === name)!.cells
}

describe('a rule that is stated', () => {
  it.each(tables)('wins over a relation that is found: %s', (kind, others, b) => {
    const own = numbers('b', b)
    const found = fitTable({ count, columns: [...others, own] }).relations ?? []
    const isOfB = (relation: (typeof found)[number]) => [relation.column, ...relation.by].includes('b')
    expect(found.filter(isOfB).map((relation) => relation.kind)).toContain(kind)
    const c = numbers('c', (u) => Math.floor(900 * u[3]!))
    const sum = { ...own, name: 'sum', cells: own.cells.map((cell, i) => cell + c.cells[i]!) }
    const table: NamedTable = { name: 'rows', count, columns: [...others, own, c, sum] }
    for (const rules of [['b = sum - c'], ['sum = b + c'], ['c = sum - b']]) {
      const encoding = fitTable(table, { rules })
      const [column] = rules[0]!.split(' ')
      expect(encoding.relations!.filter((each) => each.column === column)).toEqual([
        expect.objectContaining({ kind: 'linear', by: rules[0]!.match(/\w+/g)!.slice(1) }),
      ])
      const cells = samplesOf(encoding)
      const [b, c, sum] = ['b', 'c', 'sum'].map(cells)
      expect(sum!.map((cell, i) => cell - b![i]! - c![i]!).every((rest) => rest === 0)).toBe(true)
    }
  })
})
