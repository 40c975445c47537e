import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { tableFile } from '../../src/browser/index.ts'
import { encodeSamples, sampleParts } from '../../src/table/formats/files.ts'
import { encodeRows } from '../../src/table/formats/forms.ts'
import { type Column, type Table, tableOfPoints } from '../../src/table/table.ts'
import { expectRefused } from '../helpers/refusals.ts'
import { columns, count, rowsFrom } from './every-type.ts'

const small = tableOfPoints(
  [
    { name: 'a "b"', kind: 'category', categories: ["it's", 'b\\'] },
    { name: 'x', kind: 'number' },
    { name: 'ok', kind: 'boolean', categories: ['false', 'true'] },
    { name: 'when', kind: 'date', form: 'M/D/YYYY h:mm A' },
  ],
  {
    data: Float64Array.of(0, 0.1, 1, Date.UTC(2024, 2, 5, 13, 5), 1, Number.NaN, 0, Number.NaN),
    count: 2,
    dim: 4,
  },
)

/** As many rows of zeros in a single column. */
const zeros = (count: number, column: Column): Table => ({
  count,
  columns: [{ ...column, cells: new Float64Array(count) }],
})

async function streamed(path: string, parts: readonly Table[], table?: string): Promise<Buffer> {
  const list: Buffer[] = []
  for await (const part of sampleParts(path, parts, count, { columns }, table))
    list.push(Buffer.from(part as string))
  return Buffer.concat(list)
}

describe('samples as SQL', () => {
  it('are statements of literal values, below the statement that creates the table', () => {
    expect(encodeSamples('out/my rows.sql', small)).toBe(`\
-- The table must exist. To create it, take the two dashes away from these lines:
-- CREATE TABLE "my rows" (
--   "a ""b""" text,
--   "x" double precision,
--   "ok" boolean,
--   "when" timestamp
-- );
/*!50503 SET NAMES utf8mb4 */;
/*!40101 SET @sql_mode_before=@@sql_mode, sql_mode='ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES' */;
BEGIN;
INSERT INTO "my rows" ("a ""b""", "x", "ok", "when") VALUES
('it''s', 0.1, TRUE, '2024-03-05 13:05:00'),
('b\\', NULL, FALSE, NULL);
COMMIT;
/*!40101 SET sql_mode=@sql_mode_before */;
`)
  })

  it('have milliseconds in the types of times, which MySQL would round', () => {
    const types = (['h:mm:ss.sss', 'YYYY-MM-DD hh:mm:ss.sss', 'hh:mm'] as const).map((form) => {
      const written = encodeSamples('a.sql', zeros(1, { name: 'at', kind: 'date', form }))
      return /"at" (.*)$/m.exec(written as string)![1]
    })
    expect(types).toEqual(['time(3)', 'timestamp(3)', 'time'])
  })

  it('are the same however the rows arrive, in statements of at most 250 rows', async () => {
    const whole = await streamed('a.sql', [rowsFrom(0, count)])
    const pieces = [0, 1, 249, 250, 251, 500, count]
    const parts = pieces.slice(1).map((to, k) => rowsFrom(pieces[k]!, to))
    expect((await streamed('a.sql', parts)).equals(whole)).toBe(true)
    const statements = whole
      .toString()
      .split(/^INSERT INTO /m)
      .slice(1)
    expect(statements).toHaveLength(3)
    const rowsIn = (text: string) => text.match(/^\(\d+, /gm)!.length
    expect(statements.map(rowsIn)).toEqual([250, 250, 103])
    const zipped = await streamed('a.sql.gz', parts)
    expect(gunzipSync(zipped).equals(whole)).toBe(true)
  })

  it('end a statement sooner where rows are long', () => {
    const text: Column = { name: 'long', kind: 'category', categories: ['x'.repeat(200_000)] }
    const written = encodeSamples('a.sql', zeros(7, text)) as string
    expect(written.match(/^INSERT/gm)).toHaveLength(4)
    expect(Math.max(...written.split(';').map(({ length }) => length))).toBeLessThan(500_200)
  })

  it('name the table after the file, or as they are asked to', async () => {
    const nameIn = (text: string) => /^INSERT INTO "(.*?)"/m.exec(text)![1]
    expect(nameIn((await streamed('parts/part-00001.sql', [rowsFrom(0, 2)], 'parts')).toString())).toBe(
      'parts',
    )
    expect(nameIn(encodeSamples('a.b.SQL', small) as string)).toBe('a.b')
    expect(nameIn(encodeSamples('.sql', small) as string)).toBe('samples')
    expect(nameIn(encodeRows('.sql', small) as string)).toBe('samples')
    expect(nameIn(await tableFile(small, '.sql').text())).toBe('samples')
  })

  it.each<[string, Column]>([
    ['a name of a column', { name: 'a\0b', kind: 'number' }],
    ['a category', { name: 'a', kind: 'category', categories: ['a\0b'] }],
    ['a text', { name: 'a', kind: 'text', categories: ['a\0b'] }],
  ])('are refused if %s has the character NUL', (_, column) => {
    expectRefused(
      () => encodeSamples('a.sql', zeros(1, column)),
      /^'a\\u\{0\}b' has the character NUL, which databases take in no text: write another form, \.csv say$/,
    )
  })
})
