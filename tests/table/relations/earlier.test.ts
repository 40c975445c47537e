import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { digestOf } from '../../../src/core/bytes.ts'
import { shared } from '../../../src/model/schemas.ts'
import { standardNormals, streams } from '../../../src/numerics/random.ts'
import { decode } from '../../../src/table/encodings/decode.ts'
import { dimensionsOf, type Encoding } from '../../../src/table/encodings/encoding.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
import { tableToCsv } from '../../../src/table/formats/csv-write.ts'
import { goldenPath } from '../../helpers/golden.ts'
import { ticketTable } from '../../helpers/grain-table.ts'
import {
  flightTable,
  orderTable,
  playerTable,
  subscriptionTable,
  visitTable,
} from '../../helpers/related-tables.ts'

interface Earlier {
  readonly name: string
  readonly encoding: { readonly relations: readonly { readonly kind: string }[] }
  /** SHA-256 of the CSV of 500 rows, as the moonstep of then decoded them from noise. */
  readonly csv: string
}

/** Encodings of tables as cards of format 3 have them, each with what it decoded. */
const earlier: readonly Earlier[] = JSON.parse(readFileSync(goldenPath('relations_format_3.json'), 'utf8'))

const tables = {
  flights: flightTable,
  orders: orderTable,
  visits: visitTable,
  subscriptions: subscriptionTable,
  players: playerTable,
  tickets: ticketTable,
}

function decoded(encoding: Encoding): string {
  const dim = dimensionsOf(encoding)
  const data = standardNormals({ seed: 9, stream: streams.datasets, step: 0, start: 0, count: 500, dim })
  const rows = decode(encoding, { data, count: 500, dim })
  return digestOf(new TextEncoder().encode(tableToCsv(rows)))
}

describe('relations of cards before format 4', () => {
  it('are of every kind that there was', () => {
    const kinds = earlier.flatMap(({ encoding }) => encoding.relations.map(({ kind }) => kind))
    expect([...new Set(kinds)].sort()).toEqual([
      'copy',
      'date',
      'determined',
      'near',
      'order',
      'part',
      'sum',
      'year',
    ])
  })

  it.each(earlier)('give the rows that they gave: $name', ({ encoding, csv }) => {
    const read = v.parse(shared.encoding, encoding) as Encoding
    expect(decoded(read)).toBe(csv)
    const kinds = new Set(read.relations!.map(({ kind }) => kind))
    for (const kind of kinds) expect(['look-up', 'linear', 'order', 'copy', 'dated']).toContain(kind)
  })

  it.each(earlier)('are found as those of today: $name', ({ name, encoding }) => {
    // what is of one or two rows is no longer held: entries, ends of ranges, and what the network learns of residuals
    const held = ['to', 'from', 'rows', 'share', 'range', 'years', 'residual', 'isEqual', 'part']
    const withoutHeld = (relation: object) =>
      Object.fromEntries(
        Object.entries(relation).map(([key, value]) => [key, held.includes(key) ? typeof value : value]),
      )
    const found = fitTable(tables[name as keyof typeof tables](700), { knots: 20 }).relations!
    const before = (v.parse(shared.encoding, encoding) as Encoding).relations!
    expect(found.map(withoutHeld)).toEqual(before.map(withoutHeld))
  })

  it('are refused where they would be refused today', () => {
    const orders = earlier.find(({ name }) => name === 'orders')!.encoding
    const sum = orders.relations.find(({ kind }) => kind === 'sum')!
    const withSum = (change: object) => ({
      ...orders,
      relations: orders.relations.map((each) => (each === sum ? { ...sum, ...change } : each)),
    })
    expect(v.safeParse(shared.encoding, withSum({})).success).toBe(true)
    for (const change of [{ times: [1] }, { plus: 'x' }, { kind: 'sums' }, { by: [] }])
      expect(v.safeParse(shared.encoding, withSum(change)).success, JSON.stringify(change)).toBe(false)
  })
})
