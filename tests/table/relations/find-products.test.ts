import { describe, expect, it } from 'vitest'
import { streams, uniforms } from '../../../src/numerics/random.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import { describeRelation } from '../../../src/table/relations/describe.ts'
import { type Product, relationKindOf } from '../../../src/table/relations/index.ts'
import { type Column, type NamedTable, tableOfPoints } from '../../../src/table/table.ts'
import { brokenIn } from '../../helpers/related-tables.ts'

type Cell = (u: Float64Array) => number

/** A table of numbers, given by functions of a row's uniform numbers. */
function tableOf(cells: Readonly<Record<string, Cell>>, count = 500): NamedTable {
  const names = Object.keys(cells)
  const drawn = uniforms({ seed: 3, stream: streams.datasets, step: 90, start: 0, count, dim: 4 })
  const data = new Float64Array(count * names.length)
  for (let i = 0; i < count; i++)
    for (const [d, name] of names.entries())
      data[i * names.length + d] = cells[name]!(Float64Array.from(drawn.subarray(4 * i, 4 * i + 4)))
  const columns = names.map((name): Column => ({ name, kind: 'number' }))
  return { name: 'numbers', ...tableOfPoints(columns, { data, count, dim: names.length }) }
}

const linesOf = (table: NamedTable, rules?: readonly string[]) =>
  (fitTable(table, { rules }).relations ?? []).map(describeRelation)

const rounded = (x: number, decimals: number) => Math.round(x * 10 ** decimals) / 10 ** decimals
const count: Cell = (u) => 1 + Math.floor(9 * u[0]!)
const price: Cell = (u) => rounded(1 + 200 * u[1]! ** 2, 2)
const total: Cell = (u) => rounded(count(u) * price(u), 2)

describe('the products of a table', () => {
  it.each([
    ['a total', { count, price, total }, ['total is count * price']],
    ['a total before its factors', { total, price, count }, ['total is price * count']],
    [
      'a total with a tax',
      { count, price, total: (u) => rounded(count(u) * price(u) * 1.19, 2) },
      ['total is 1.19 * count * price'],
    ],
    [
      'what is mostly 0',
      { count: (u) => (u[2]! < 0.8 ? 0 : count(u)), price, total: (u) => (u[2]! < 0.8 ? 0 : total(u)) },
      ['total is count * price'],
    ],
    [
      'the price of one, rounded, which does not give the total',
      { total: price, count, each: (u) => rounded(price(u) / count(u), 2) },
      ['each is total / count'],
    ],
    [
      'one with a sum next to it',
      {
        count,
        price,
        total,
        post: (u) => rounded(9 * u[2]!, 2),
        paid: (u) => rounded(total(u) + rounded(9 * u[2]!, 2), 2),
      },
      ['total is count * price', 'paid is total + post'],
    ],
    ['nothing with noise', { count, price, total: (u) => rounded(total(u) + u[3]!, 2) }, []],
    ['no shuffled one', { count, price, total: (u) => total(u.toReversed()) }, []],
  ] as [string, Record<string, Cell>, string[]][])('have %s', (_, cells, lines) => {
    const found = linesOf(tableOf(cells))
    expect(found.filter((line) => !/ <= | nearly | equals /.test(line))).toEqual(lines)
  })

  it('give what a row has where a ratio divides by 0, and keep its range', () => {
    const tries: Cell = (u) => Math.floor(300 * u[0]! ** 3)
    const hits: Cell = (u) => Math.floor((tries(u) + 1) * u[1]!)
    for (const atZero of [Number.NaN, 0]) {
      const table = tableOf({
        tries,
        hits,
        share: (u) => (tries(u) === 0 ? atZero : rounded((100 * hits(u)) / tries(u), 1)),
      })
      const encoding = fitTable(table)
      const relation = encoding.relations!.find(({ kind }) => kind === 'product') as Product
      expect(describeRelation(relation)).toBe('share is 100 * hits / tries')
      expect(relation.atZero).toBe(Number.isNaN(atZero) ? null : 0)
      expect(brokenIn(table, { ...encoding, relations: [relation] }).wrong).toBe(0)
    }
  })

  it('are solved for the factor that is not given', () => {
    const { columns, relations = [] } = fitTable(tableOf({ count, price, total }))
    const [relation] = relations
    const of = { column: columns[2]!, sources: columns.slice(0, 2) }
    const choices = relationKindOf(relation!).choices(relation!, of, 42, [4, 7.77], [false, true])
    expect(choices).toEqual([{ cells: [4, 10.5], rows: 1 }])
  })

  it('leave what a rule states, whose terms may be products', () => {
    const post: Cell = (u) => rounded(9 * u[2]!, 2)
    const paid: Cell = (u) => rounded(total(u) + post(u), 2)
    const found = linesOf(tableOf({ count, price, total, post, paid }), ['post = paid - total'])
    expect(found.filter((line) => !line.includes('<='))).toEqual([
      'total is count * price',
      'post is paid - total',
    ])
  })
})

describe('products of more than two columns, and with rates', () => {
  const discount: Cell = (u) => (u[2]! < 0.7 ? 0 : Math.floor(10 * u[3]!) / 20)
  const tax: Cell = (u) => [0, 7, 19][Math.floor(3 * u[3]!)]!
  const height: Cell = (u) => rounded(1 + 3 * u[2]!, 1)
  const sale = (of: (u: Float64Array) => number): Record<string, Cell> => ({
    count,
    price,
    discount,
    total: (u) => rounded(of(u), 2),
  })
  const isProduct = (line: string) => line.includes('*')

  it.each([
    [
      'a discount, which is mostly 0',
      sale((u) => count(u) * price(u) * (1 - discount(u))),
      ['total is count * price * (1 - discount)'],
    ],
    [
      'a tax in percent, and a factor',
      { price, tax, paid: (u) => rounded(1.5 * price(u) * (1 + tax(u) / 100), 2) },
      ['paid is 1.5 * price * (1 + tax / 100)'],
    ],
    [
      'a discount in percent',
      { count, price, tax, paid: (u) => rounded(count(u) * price(u) * (1 - tax(u) / 100), 2) },
      ['paid is count * price * (1 - tax / 100)'],
    ],
    [
      'three sides',
      { width: count, length: price, height, volume: (u) => rounded(count(u) * price(u) * height(u), 2) },
      ['volume is width * length * height'],
    ],
    [
      'no discount of a dozen rows',
      sale((u) => count(u) * price(u) * (u[3]! > 0.97 ? 1 - discount(u) : 1)),
      [],
    ],
    ['no rate that changes nothing', { count, price, total, discount }, ['total is count * price']],
    ['no shuffled discount', sale((u) => count(u) * price(u) * (1 - discount(u.toReversed()))), []],
  ] as [string, Record<string, Cell>, string[]][])('are found, with %s', (_, cells, lines) => {
    expect(linesOf(tableOf(cells)).filter(isProduct)).toEqual(lines)
  })

  it('give every cell of the rows, and are solved for a rate', () => {
    const table = tableOf(sale((u) => count(u) * price(u) * (1 - discount(u))))
    const encoding = fitTable(table)
    const relation = encoding.relations!.find(({ kind }) => kind === 'product')!
    expect(relation).toMatchObject({ by: ['count', 'price', 'discount'], rates: [0, 0, -1] })
    expect(brokenIn(table, { ...encoding, relations: [relation] }).wrong).toBe(0)
    const of = { column: encoding.columns[3]!, sources: encoding.columns.slice(0, 3) }
    const choices = relationKindOf(relation).choices(relation, of, 30, [4, 10, 0], [false, false, true])
    expect(choices).toEqual([{ cells: [4, 10, 0.25], rows: 1 }])
  })

  it('are none of sixty random tables', () => {
    for (let seed = 0; seed < 60; seed++) {
      const cells = Object.fromEntries(
        Array.from({ length: 6 }, (_, k) => [
          `x${k}`,
          (u: Float64Array) =>
            rounded(
              [1, 30, 100][k % 3]! * ((u[0]! * (k + 1.37) * 17 + u[1]! * (seed + 1) * 13 * (k + 2)) % 1),
              k % 3 === 0 ? 2 : 0,
            ),
        ]),
      )
      expect(linesOf(tableOf(cells, 120)).filter(isProduct)).toEqual([])
    }
  })
})
