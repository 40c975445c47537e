import { readFileSync } from 'node:fs'
import { unzipSync, zipSync } from 'fflate'
import { expect, it } from 'vitest'
import { decodeDatabaseFile, encodeDatabaseFile } from '../../src/database/file.ts'
import { toRows } from '../../src/index.ts'
import { loadDatabase } from '../../src/node/databases.ts'

/** A shop of customers and their orders, written by the last commit that wrote plans of format 1, and the rows that it drew of it. */
const file = new Uint8Array(readFileSync('tests/golden/tables_format_1.moonstep'))
const rows = JSON.parse(readFileSync('tests/golden/tables_format_1.json', 'utf8'))

/** The file with another text in place of tables.json. */
function withPlans(change: (text: string) => string): Uint8Array {
  const parts = unzipSync(file)
  const text = new TextDecoder().decode(parts['tables.json'])
  return zipSync({ ...parts, 'tables.json': new TextEncoder().encode(change(text)) })
}

it('plans of format 1 draw the rows that they drew', async () => {
  expect(withPlans((text) => text).length).toBeGreaterThan(0)
  await using model = await loadDatabase(file, { provider: 'simd', threads: 1 })
  const { tables } = await model.sample({ seed: 2, onWarning() {} })
  expect(Object.fromEntries([...tables].map(([name, table]) => [name, toRows(table)]))).toEqual(rows)
})

it('plans of format 1 are written again with the names of format 2', () => {
  const { plans } = decodeDatabaseFile(file, 'shop')
  expect(plans.orders).toMatchObject({ rowOrder: { minimumGap: 432_000_000 }, groups: { count: 2 } })
  const written = encodeDatabaseFile(decodeDatabaseFile(file, 'shop'))
  const text = new TextDecoder().decode(unzipSync(written)['tables.json'])
  expect(text).toMatch(/^\{"format":2,/)
  expect(text).not.toMatch(/"(clock|leastStep|families)":/)
  expect(decodeDatabaseFile(written, 'shop').plans).toEqual(plans)
})

it.each([
  [
    'orders',
    '"base":10965',
    '"base":"10965"',
    /tables\.json: tables\.orders\.rowOrder\.base is not as train writes it/,
  ],
  [
    'another parent',
    '"references":["parent"]',
    '"references":["nearest"]',
    /does not fit the schema at table orders/,
  ],
  ['another order', '"name":"placed"', '"name":"amount"', /does not fit the schema at table orders/],
  ['a format of the future', '"format":1', '"format":3', /format is not as train writes it/],
])('plans with a fault are refused: %s', (_, part, fault, message) => {
  const bytes = withPlans((text) => {
    expect(text).toContain(part)
    return text.replace(part, fault)
  })
  expect(() => decodeDatabaseFile(bytes, 'shop')).toThrow(message)
})
