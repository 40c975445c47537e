import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { encodeDatabaseFile } from '../../src/database/file.ts'
import type { Plans } from '../../src/database/learned/plan.ts'
import type { Schema } from '../../src/database/schema.ts'
import { connectDuckdb } from '../../src/database/stores/duckdb.ts'
import { connectSqlite } from '../../src/database/stores/sqlite-connection.ts'
import { checkTarget, writeDatabase } from '../../src/database/stores/write.ts'
import { refuses } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { shop, shopSchema, tablesOf } from './shop.ts'

const { at, folder } = folderOf('check-target')
const digestOf = (name: string) =>
  createHash('sha256')
    .update(readFileSync(at(name)))
    .digest('hex')
const schema: Schema = {
  format: 1,
  tables: { pets: { columns: { id: 'integer', kind: 'category' }, key: ['id'], references: [] } },
}
const rows = { pets: Array.from({ length: 30 }, (_, i) => ({ id: i + 1, kind: i % 2 ? 'cat' : 'dog' })) }
const tables = tablesOf(schema, rows)
await writeDatabase(at('full.sqlite'), { schema, tables })
await writeDatabase(at('full.duckdb'), { schema, tables })
await writeDatabase(at('files'), { schema, tables })
writeFileSync(at('files/notes.txt'), '')
for (const [name, sql] of [
  ['other', 'CREATE TABLE cars(id INTEGER)'],
  ['narrow', 'CREATE TABLE pets(id INTEGER PRIMARY KEY)'],
] as const) {
  const sqlite = await connectSqlite(at(`${name}.sqlite`), false)
  sqlite.exec(sql)
  sqlite.close()
  const { connection, close } = await connectDuckdb(at(`${name}.duckdb`), 'READ_WRITE')
  await connection.run(sql)
  close()
}
mkdirSync(at('folder.sql'))
writeFileSync(at('busy.duckdb.wal'), '')
writeFileSync(at('busy.sqlite'), '')
writeFileSync(at('busy.sqlite-journal'), 'x')

// a model that can't be loaded, so that what is said of the target was said before
const plans: Plans = { pets: { rows: 30, references: [], copied: [], orphans: 0 } }
writeFileSync(
  at('pets.moonstep'),
  encodeDatabaseFile({
    schema,
    plans,
    models: new Map([['pets', Uint8Array.of(1, 2, 3)]]),
    referenceData: new Map(),
  }),
)

it.each([
  ['full.sqlite', /full.sqlite, table pets has 30 rows: give a new file, or --append/],
  ['full.duckdb', /full.duckdb, table pets has rows: give a new file, or --append/],
  ['other.sqlite', /other.sqlite has no table pets, but cars: give a new file/],
  ['other.duckdb', /other.duckdb has no table pets: give a new file/],
  ['narrow.sqlite', /narrow.sqlite, table pets has no column kind: give a new file/],
  ['narrow.duckdb', /narrow.duckdb, table pets has no column kind: give a new file/],
  ['files', /files holds notes.txt, which is none of the tables' files/],
  ['folder.sql', /folder.sql: it is a folder/],
  ['busy.duckdb', /busy.duckdb is in use, as .*busy.duckdb.wal shows/],
  ['busy.sqlite', /busy.sqlite is in use, as .*busy.sqlite-journal shows/],
  ['full.sqlite/below.sqlite', /full.sqlite\/below.sqlite: .*a part of the path is a file/],
  ['full.sqlite/below', /a part of the path is a file/],
  ['full.duckdb/below.duckdb', /a part of the path is a file/],
])('sample says that %s takes no rows before it loads a model', async (target, line) => {
  const before = statSync(at('full.sqlite')).mtimeMs
  const names = readdirSync(folder)
  await refuses(['sample', at('pets.moonstep'), '--out', at(target)], line)
  expect(readdirSync(folder)).toEqual(names)
  expect(statSync(at('full.sqlite')).mtimeMs).toBe(before)
})

it.each([
  ['new.sqlite', {}],
  ['new/deep/er.sqlite', {}],
  ['new.duckdb', {}],
  ['new.sql', {}],
  ['new', {}],
  ['full.sqlite', { append: true }],
  ['full.duckdb', { append: true }],
  ['like.sqlite', { source: at('full.sqlite') }],
])('%s takes rows, and looking leaves nothing behind', async (target, options) => {
  const all = () => [readdirSync(folder), digestOf('full.sqlite'), digestOf('full.duckdb')]
  const before = all()
  await checkTarget(at(target), schema, options)
  expect(all()).toEqual(before)
})

it('sample goes on to the models where the target takes rows', async () => {
  await refuses(['sample', at('pets.moonstep'), '--out', at('new.sqlite')], /pets.moonstep, pets/)
})

it('a file that --like names is looked at first too', async () => {
  const line = /new.sqlite has no table pets, but cars: give a new file/
  await refuses(
    ['sample', at('pets.moonstep'), '--out', at('new.sqlite'), '--like', at('other.sqlite')],
    line,
  )
  expect(existsSync(at('new.sqlite'))).toBe(false)
})

it('a folder that takes no files is found first, for every kind of file', async () => {
  mkdirSync(at('closed'))
  chmodSync(at('closed'), 0o500)
  for (const target of ['a.sqlite', 'a.duckdb', 'a.sql', 'a']) {
    const checked = await checkTarget(at('closed', target), shopSchema).catch((error) => error.message)
    // after the check, which would see the rows
    const written = await writeDatabase(at('closed', target), {
      schema: shopSchema,
      tables: tablesOf(shopSchema, shop),
    }).catch((error) => error.message)
    // root may write anywhere
    expect(checked).toBe(process.getuid?.() === 0 ? undefined : written)
  }
})
