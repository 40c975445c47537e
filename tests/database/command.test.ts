import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parseSchema } from '../../src/database/schema.ts'
import { addressOf } from '../../src/database/stores/postgres.ts'
import { readDatabase } from '../../src/database/stores/read.ts'
import { writeDatabase } from '../../src/database/stores/write.ts'
import { refuses, succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { shop, shopSchema, tablesOf } from './shop.ts'

const { at } = folderOf('schema-command')
await writeDatabase(at('shop'), { schema: shopSchema, tables: tablesOf(shopSchema, shop) })

it('schema shows how tables meet, says how that was found, and writes what can be corrected', async () => {
  const { stdout, stderr } = await succeeds('schema', at('shop'), '--out', at('schema.json'))
  expect(stdout.split('\n')).toContain(
    'orders: 180 rows of 5 columns; key order_no; customer_id -> customers; from_country -> countries; to_country -> countries, which may be missing; in the order of placed',
  )
  expect(stderr).toContain(
    'orders: customer_id refers to customers, as its name says and each value is a key of it\n',
  )
  const text = readFileSync(at('schema.json'), 'utf8')
  const schema = parseSchema(text, 'schema.json')
  const { schema: found } = await readDatabase(at('shop'))
  expect(schema).toEqual(found)
  // what it wrote reads the same tables
  const { tables } = await readDatabase(at('shop'), { schema })
  const { tables: before } = await readDatabase(at('shop'))
  for (const [name, { count, columns, links }] of tables)
    expect([name, count, columns.map(({ kind, cells }) => [kind, cells]), links]).toEqual([
      name,
      before.get(name)!.count,
      before.get(name)!.columns.map(({ kind, cells }) => [kind, cells]),
      before.get(name)!.links,
    ])
  const { stdout: printed } = await succeeds('schema', at('shop'), '--json')
  expect(JSON.parse(printed)).toMatchObject({ ...found, out: null })
})

it('schema refuses what is no database, and repeats no password', async () => {
  writeFileSync(at('text.db'), 'id,name\n1,a\n')
  await refuses(['schema', at('text.db')], /text.db is no database: give a folder/)
  await refuses(['schema', at('absent')], /there is no file .*absent.*: give a folder/)
  await refuses(
    ['schema', 'mysql://ann:secret@host/shop'],
    /^moonstep: an address of mysql:\/\/ is no database (?!.*secret)/,
  )
  await refuses(
    ['schema', 'postgres://ann:secret@[bad/shop'],
    /^moonstep: the address of the database is no URL(?!.*secret)/,
  )
  writeFileSync(at('broken.sqlite'), `SQLite format 3\0${'x'.repeat(4000)}`)
  await refuses(
    ['schema', at('broken.sqlite')],
    /broken.sqlite cannot be read as SQLite \(.*\): give a whole database/,
  )
  writeFileSync(at('broken.duckdb'), 'x'.repeat(4000))
  await refuses(['schema', at('broken.duckdb')], /cannot read .*broken.duckdb as DuckDB: /)
})

it.each([
  [
    'a folder with other files',
    'other',
    /other holds notes.txt, which is none of the tables' files: choose a new folder/,
  ],
  ['rows to be added to a folder', 'appended', /`append` is for databases/],
  [
    'an address of another server',
    'mysql://a:secret@b/c',
    /^an address of mysql:\/\/ is no database(?!.*secret)/,
  ],
])('writing refuses %s', async (_, target, line) => {
  await writeDatabase(at('other'), { schema: shopSchema, tables: tablesOf(shopSchema, shop) }).catch(() => {})
  writeFileSync(at('other/notes.txt'), '')
  const path = target.includes('://') ? target : at(target)
  const written = writeDatabase(
    path,
    { schema: shopSchema, tables: tablesOf(shopSchema, shop) },
    { append: target === 'appended' },
  )
  await expect(written).rejects.toThrow(line)
})

it('an address keeps its password to itself, in any spelling', () => {
  const { name, redact } = addressOf('postgres://ann:p%40ss%20w@host:5433/shop?schema=sales')
  expect(name).toBe('postgres://host:5433/shop')
  expect(redact('p%40ss%20w, or p@ss w')).toBe('***, or ***')
})
