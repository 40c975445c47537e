import { describe, expect, it } from 'vitest'
import { standardNormals, streams } from '../../../src/numerics/random.ts'
import { decode } from '../../../src/table/encodings/decode.ts'
import { dimensionsOf } from '../../../src/table/encodings/encoding.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import { describeRelation } from '../../../src/table/relations/describe.ts'
import { relationKindOf } from '../../../src/table/relations/index.ts'
import { type Column, type NamedTable, tableOfPoints } from '../../../src/table/table.ts'
import { orderTable, withShuffledColumns } from '../../helpers/related-tables.ts'

const linesOf = (table: NamedTable, independent?: readonly string[]) =>
  (fitTable(table, { independent }).relations ?? []).map(describeRelation)

/** A table of numbers, given by functions of a row's normals and its index. */
function tableOf(
  count: number,
  cells: Readonly<Record<string, (z: Float32Array, i: number) => number>>,
): NamedTable {
  const names = Object.keys(cells)
  const normals = standardNormals({ seed: 2, stream: streams.datasets, step: 3, start: 0, count, dim: 6 })
  const data = new Float64Array(count * names.length)
  for (let i = 0; i < count; i++)
    for (const [d, name] of names.entries())
      data[i * names.length + d] = cells[name]!(normals.subarray(6 * i, 6 * i + 6), i)
  const columns = names.map((name): Column => ({ name, kind: 'number' }))
  return { name: 'numbers', ...tableOfPoints(columns, { data, count, dim: names.length }) }
}

const cents = (x: number) => Math.round(100 * x) / 100

describe('the sums of a table', () => {
  const orders = orderTable(800)

  it('are totals, other units, dates some days later, and digits put together', () => {
    const { columns, relations } = fitTable(orders)
    expect(relations!.map(describeRelation)).toEqual([
      'total is net + tax',
      'width cm is 2.54 width in',
      'delivered is ordered + days (in days)',
      'time is 100 hour + minute',
    ])
    expect(relations!.map(({ share }) => share)).toEqual([1, 1, 1, 1])
    // what one source gives needs no dimension
    expect(columns.filter(({ as }) => as === 'derived').map(({ name }) => name)).toEqual(['width cm'])
  })

  it('are of up to eight terms, and of what is mostly 0', () => {
    const names = Array.from({ length: 8 }, (_, k) => `term ${k}`)
    const termOf = (k: number) => (z: Float32Array, i: number) =>
      (i + k) % 9 < 6 ? 0 : cents(z[k % 6]! * (k + 1))
    const terms = Object.fromEntries(names.map((name, k) => [name, termOf(k)]))
    const sum = (z: Float32Array, i: number) => cents(names.reduce((sum, _, k) => sum + termOf(k)(z, i), 0))
    expect(linesOf(tableOf(400, { sum, ...terms }))).toEqual([`sum is ${names.join(' + ')}`])
  })

  it('are of costs, of which a few in a thousand rows have some, and not what the many zeros determine', () => {
    const [other, repair] = [37, 23].map(
      (each) => (_: Float32Array, i: number) => (i % each === 0 ? 10 * i : 0),
    )
    const table = tableOf(1000, {
      total: (z, i) => other!(z, i) + repair!(z, i),
      other: other!,
      repair: repair!,
    })
    expect(linesOf(table)).toEqual(['total is other + repair'])
  })

  it('are of terms that are often missing, with them', () => {
    const termOf = (k: number) => (z: Float32Array, i: number) =>
      Math.floor(i / 3 ** k) % 3 === 0 ? Number.NaN : cents(z[k]!)
    const terms = Object.fromEntries([0, 1, 2, 3, 4, 5].map((k) => [`term ${k}`, termOf(k)]))
    const sum = (z: Float32Array, i: number) =>
      cents([0, 1, 2, 3].reduce((sum, k) => sum + termOf(k)(z, i), 0))
    expect(linesOf(tableOf(400, { sum, ...terms }))).toEqual(['sum is term 0 + term 1 + term 2 + term 3'])
  })

  it('are the times whose digits are put together, and not their hundredths, though hours move more', () => {
    const hour = (_: Float32Array, i: number) => (i * 7) % 24
    // late hours have early minutes
    const minute = (z: Float32Array, i: number) => 46 - 2 * hour(z, i) + ((i * 11) % 14)
    const time = (z: Float32Array, i: number) => 100 * hour(z, i) + minute(z, i)
    expect(linesOf(tableOf(600, { time, hour, minute }))).toContain('time is 100 hour + minute')
  })

  it('are other prices, whichever way a half of a cent is rounded', () => {
    const price = (_: Float32Array, i: number) => (1 + ((i * 7919) % 9973)) / 100
    const even = (x: number) => (Math.abs((x % 1) - 0.5) < 1e-9 ? 2 * Math.round(x / 2) : Math.round(x))
    const table = tableOf(600, {
      price,
      taxed: (z, i) => even(110 * price(z, i)) / 100,
      refund: (z, i) => -price(z, i),
    })
    expect(linesOf(table)).toEqual(['taxed is 1.1 price', 'refund is -price'])
  })

  it('are not sought of columns that are to be learned by themselves', () => {
    expect(linesOf(orders, ['total', 'width cm', 'time'])).toEqual([
      'net is -tax + total',
      'width in is nearly 0.39 width cm',
      'delivered is ordered + days (in days)',
      'hour is 0.01 time - 0.01 minute',
    ])
  })

  it('are none of columns that were shuffled, each by itself', () => {
    expect(linesOf(withShuffledColumns(orders))).toEqual([])
  })

  it.each([
    [
      'a sum with an error of a cent in one row',
      {
        a: (z) => cents(z[0]!),
        b: (z) => cents(z[1]!),
        c: (z, i) => cents(cents(z[0]!) + cents(z[1]!) + (i === 77 ? 0.01 : 0)),
      },
    ],
    [
      'a sum with noise',
      { a: (z) => cents(z[0]!), b: (z) => cents(z[1]!), c: (z) => cents(z[0]! + z[1]! + 0.01 * z[2]!) },
    ],
    ['a curve', { a: (z) => cents(z[0]!), b: (z) => cents(z[0]! ** 2) }],
    [
      'marks of one of several, which would not stay marks',
      Object.fromEntries(
        [0, 1, 2, 3].map((k) => [`is ${k}`, (_: Float32Array, i: number) => Number((i * 7919) % 4 === k)]),
      ),
    ],
    [
      'a column that differs in three rows',
      { a: (z) => cents(z[0]!), b: (_, i) => (i < 3 ? i + 1 : 0), c: (_, i) => (i < 3 ? 2 * i + 2 : 0) },
    ],
  ] as [string, Record<string, (z: Float32Array, i: number) => number>][])('are not %s', (_, cells) => {
    const lines = linesOf(tableOf(400, cells))
    expect(lines.filter((line) => !/ is determined by | is nearly /.test(line))).toEqual([])
  })

  it('are none of a hundred tables of random numbers', () => {
    const found: string[] = []
    for (let seed = 0; seed < 100; seed++) {
      const dim = 2 + (seed % 12)
      const count = 40 + 10 * (seed % 30)
      const normals = standardNormals({ seed, stream: streams.datasets, step: 4, start: 0, count, dim })
      // whole numbers of a few values to numbers of three decimals
      const data = Float64Array.from(
        normals,
        (z, k) => Math.round(z * 10 ** ((k % dim) % 4)) / 10 ** Math.max(0, ((k % dim) % 4) - 1),
      )
      const columns = Array.from({ length: dim }, (_, d): Column => ({ name: `x${d}`, kind: 'number' }))
      found.push(...linesOf({ name: 'random', ...tableOfPoints(columns, { data, count, dim }) }))
    }
    expect(found).toEqual([])
  })
})

describe('sums in which a missing term counts as 0', () => {
  const isAt = (i: number, of: number) => (i * of) % 97 < 40
  /** Three costs, of which each is often missing, and their total, which is missing where all are. */
  const costs = (nothing = Number.NaN) => {
    const terms = Object.fromEntries(
      [31, 57, 71].map((of, k) => [
        `cost ${k}`,
        (z: Float32Array, i: number) => (isAt(i, of) ? Number.NaN : cents(10 * Math.abs(z[k]!))),
      ]),
    )
    const total = (z: Float32Array, i: number) => {
      const cells = Object.values(terms).map((of) => of(z, i))
      return cells.every(Number.isNaN) ? nothing : cents(cells.reduce((sum, each) => sum + (each || 0), 0))
    }
    return tableOf(600, { ...terms, total, other: (z) => z[4]! })
  }

  it('are found, with a total that is missing where all terms are', () => {
    const { relations } = fitTable(costs())
    expect(relations!.map(describeRelation)).toEqual([
      'total is cost 0 + cost 1 + cost 2, a missing one counts as 0',
    ])
    expect(relations![0]).toMatchObject({ skipsMissing: true, gapsFollow: true, share: 1, times: [1, 1, 1] })
  })

  it('are found where hardly a row has all terms', () => {
    const table = costs()
    const [a, b, ...others] = table.columns
    // one of two terms is there
    const either = b!.cells.map((each, i) => (Number.isNaN(a!.cells[i]!) ? each : Number.NaN))
    const total = a!.cells.map((each, i) => {
      const cells = [each, either[i]!, others[0]!.cells[i]!]
      return cells.every(Number.isNaN) ? Number.NaN : cents(cells.reduce((sum, x) => sum + (x || 0), 0))
    })
    const columns = [a!, { ...b!, cells: either }, others[0]!, { ...others[1]!, cells: total }]
    expect((fitTable({ ...table, columns }).relations ?? []).map(describeRelation)).toEqual([
      'total is cost 0 + cost 1 + cost 2, a missing one counts as 0',
    ])
  })

  it('hold in samples, whatever the network draws', () => {
    const encoding = fitTable(costs())
    const dim = dimensionsOf(encoding)
    const normals = standardNormals({
      seed: 9,
      stream: streams.datasets,
      step: 1,
      start: 0,
      count: 2000,
      dim,
    })
    const { columns } = decode(encoding, { data: Float64Array.from(normals), count: 2000, dim })
    const cellsAt = (i: number) => columns.slice(0, 4).map(({ cells }) => cells[i]!)
    const rows = Array.from({ length: 2000 }, (_, i) => cellsAt(i))
    const totals = rows.map(([a, b, c]) =>
      [a!, b!, c!].every(Number.isNaN) ? Number.NaN : cents((a || 0) + (b || 0) + (c || 0)),
    )
    expect(rows.map((row) => row[3])).toEqual(totals)
    const missing = rows.map((row) => row.filter(Number.isNaN).length)
    expect(new Set(missing)).toEqual(new Set([0, 1, 2, 4]))
  })

  it('may be there where all terms are missing, as they are drawn then', () => {
    const { relations } = fitTable(costs(-1))
    expect(relations).toEqual([
      expect.objectContaining({ column: 'total', skipsMissing: true, times: [1, 1, 1] }),
    ])
    expect(relations![0]).not.toHaveProperty('gapsFollow')
  })

  it('are solved for a term that is free, where others are missing', () => {
    const encoding = fitTable(costs())
    const [relation] = encoding.relations!
    const named = (name: string) => encoding.columns.find((column) => column.name === name)!
    const related = { column: named('total'), sources: relation!.by.map(named) }
    const choices = relationKindOf(relation!).choices(
      relation!,
      related,
      12.5,
      [Number.NaN, 4, Number.NaN],
      [false, true, false],
    )
    expect(choices).toEqual([{ cells: [Number.NaN, 12.5, Number.NaN], rows: 1 }])
  })
})
