import { describe, expect, it } from 'vitest'
import { streams, uniforms } from '../../../src/numerics/random.ts'
import { columnNamed } from '../../../src/table/columns.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import { describeRelation } from '../../../src/table/relations/describe.ts'
import type { LookUp } from '../../../src/table/relations/index.ts'
import { type Column, type NamedTable, tableOfPoints } from '../../../src/table/table.ts'
import { expectRefused } from '../../helpers/refusals.ts'
import { flightTable, withShuffledColumns } from '../../helpers/related-tables.ts'

const relationsOf = (table: NamedTable, independent?: readonly string[]) =>
  (fitTable(table, { independent }).relations ?? []) as readonly LookUp[]

const linesOf = (table: NamedTable, independent?: readonly string[]) =>
  relationsOf(table, independent).map(describeRelation)

/** Columns of small whole numbers, as names where `isNamed`. */
function tableOf(
  count: number,
  names: readonly string[],
  cellOf: (i: number, name: string) => number,
  isNamed = false,
): NamedTable {
  const data = new Float64Array(count * names.length)
  for (let i = 0; i < count; i++)
    for (const [d, name] of names.entries()) data[i * names.length + d] = cellOf(i, name)
  const categories = Array.from({ length: Math.max(...data) + 1 }, (_, k) => `name ${k}`)
  const columns = names.map(
    (name): Column => (isNamed ? { name, kind: 'category', categories } : { name, kind: 'integer' }),
  )
  return { name: 'a table', ...tableOfPoints(columns, { data, count, dim: names.length }) }
}

describe('the relations of a table', () => {
  const flights = flightTable(1000)

  it('are the columns that one or two others determine', () => {
    expect(linesOf(flights)).toEqual([
      'seats is determined by model',
      'range is determined by model',
      'distance is determined by origin and dest',
    ])
    const { columns } = fitTable(flights)
    // range has gaps and exceptions, distance needs two sources: the network draws what no entry gives
    expect(columns.map(({ as }) => as)).toEqual([
      'category',
      'derived',
      'steps',
      'category',
      'category',
      'category',
      'quantile',
    ])
  })

  it('have an entry for cells of three rows or more that all agree, and the share of rows that it stands for', () => {
    const flights = flightTable(250)
    for (const { column, by, from = [], to, rows = [], share } of relationsOf(flights)) {
      const cellOf = (i: number, name: string) => columnNamed(flights.columns, name).cells[i]!
      const seen = new Map<string, number[]>()
      for (let i = 0; i < flights.count; i++) {
        const key = by.map((name) => cellOf(i, name)).join()
        seen.set(key, [...(seen.get(key) ?? []), cellOf(i, column)])
      }
      const entries = new Map(
        rows.map((count, k) => [
          from.map((cells) => cells[k] ?? Number.NaN).join(),
          { cell: to[k] ?? Number.NaN, count },
        ]),
      )
      let covered = 0
      for (const [key, cells] of seen) {
        const agree = cells.length > 2 && cells.every((cell) => Object.is(cell, cells[0]))
        expect(entries.get(key)).toEqual(agree ? { cell: cells[0], count: cells.length } : undefined)
        if (agree) covered += cells.length
      }
      expect(entries.size).toBe(
        [...seen.values()].filter((cells) => cells.length > 2 && new Set(cells).size === 1).length,
      )
      expect(share).toBe(covered / flights.count)
    }
  })

  it('never hold what one or two rows have: a name and its salary', () => {
    // 60 names of five rows each, 20 of a single row, and 10 of two
    const nameAt = (i: number) =>
      i < 300 ? Math.floor(i / 5) : i < 320 ? i - 240 : 80 + Math.floor((i - 320) / 2)
    const table = tableOf(340, ['name', 'salary'], (i, name) =>
      name === 'name' ? nameAt(i) : 1000 + ((nameAt(i) * 7919) % 5003),
    )
    const columns: Column[] = [
      { name: 'name', kind: 'category', categories: Array.from({ length: 90 }, (_, k) => `person ${k}`) },
      { name: 'salary', kind: 'integer' },
    ]
    const filled = columns.map((column, d) => ({ ...column, cells: table.columns[d]!.cells }))
    const [relation, ...others] = relationsOf({ ...table, columns: filled })
    expect(others).toEqual([])
    expect(describeRelation(relation!)).toBe('salary is determined by name')
    expect(relation!.from![0]).toEqual(Array.from({ length: 60 }, (_, k) => k))
    expect(relation!.rows).toEqual(Array(60).fill(5))
  })

  it('keep the first of columns that determine each other, and the finest of a chain', () => {
    const table = tableOf(600, ['grade', 'code', 'subgrade', 'number'], (i, name) => {
      const subgrade = (i * 7919) % 21
      return {
        grade: Math.floor(subgrade / 3),
        code: 9 - Math.floor(subgrade / 3),
        subgrade,
        number: 50 + 3 * subgrade,
      }[name]!
    })
    expect(linesOf(table)).toEqual([
      'grade is determined by subgrade',
      'code is -grade + 9',
      'number is 3 subgrade + 50',
    ])
  })

  it('are not sought of columns that are to be learned by themselves', () => {
    expect(linesOf(flights, ['seats', 'distance'])).toEqual([
      'range is determined by model',
      'dest is determined by distance',
    ])
    expectRefused(
      () => fitTable(flights, { independent: ['seat'] }),
      /^unknown column seat \(did you mean seats\?\)/,
    )
  })

  it('are none of a table whose columns were shuffled, each by itself', () => {
    expect(linesOf(withShuffledColumns(flights))).toEqual([])
  })

  it('are none of a thousand random tables', () => {
    const found: string[] = []
    for (let seed = 0; seed < 1000; seed++) {
      // from few rows to many, from two values to a hundred, some with a value of nearly all rows
      const count = 20 + (seed % 7) * 60
      const draw = uniforms({ seed, stream: streams.datasets, step: 9, start: 0, count, dim: 5 })
      const sizes = [2 + (seed % 3), 3 + (seed % 11), 10 + (seed % 91), 5, 4]
      const powers = [1, 1, 1, 1 + (seed % 9) * 3, 12]
      const table = tableOf(
        count,
        ['a', 'b', 'c', 'd', 'e'],
        (i, name) => {
          const d = 'abcde'.indexOf(name)
          return Math.floor(sizes[d]! * draw[i * 5 + d]! ** powers[d]!)
        },
        seed % 2 === 0,
      )
      // a column of names has one that three rows share
      const isUsable = ({ cells }: { readonly cells: Float64Array }) =>
        new Set(cells).size > 1 && cells.some((cell) => cells.filter((other) => other === cell).length >= 3)
      const usable = table.columns.every(isUsable)
      if (usable) found.push(...linesOf(table).map((line) => `${seed}: ${line}`))
    }
    expect(found).toEqual([])
  })
})
