import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Database } from '../../src/database/database.ts'
import { connectDuckdb, textsOf } from '../../src/database/stores/duckdb.ts'
import { readDatabase } from '../../src/database/stores/read.ts'
import { connectSqlite } from '../../src/database/stores/sqlite-connection.ts'
import { writeDatabase } from '../../src/database/stores/write.ts'
import { folderOf } from '../helpers/folders.ts'
import { fillWithPets, pets } from './pets.ts'

const { at } = folderOf('round-trip')
{
  const connection = await connectSqlite(at('pets.sqlite'), false)
  fillWithPets(connection)
  connection.close()
}
/** Each row's cells as texts, in an order that no store changes: SQLite sorts rows by their number. */
const sorted = (rows: readonly (readonly (string | null)[])[]) =>
  [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
const inTexts = (rows: readonly object[]) =>
  sorted(rows.map((row) => Object.values(row).map((value) => (value === null ? null : String(value)))))
const expected = Object.fromEntries(Object.entries(pets).map(([name, rows]) => [name, inTexts(rows)]))

async function inSqlite(file: string) {
  const connection = await connectSqlite(file)
  expect(connection.all('PRAGMA foreign_key_check')).toEqual([])
  const rows = Object.keys(pets).map((name) => [name, inTexts(connection.all(`SELECT * FROM ${name}`))])
  connection.close()
  return Object.fromEntries(rows)
}

/** Reads what was written, without Moonstep's reading of databases. */
const readers: Readonly<Record<string, (target: string) => Promise<unknown>>> = {
  'copy.sqlite': inSqlite,
  async 'copy.duckdb'(target) {
    const { connection, close } = await connectDuckdb(target, 'READ_ONLY')
    const rows: [string, unknown][] = []
    for (const name of Object.keys(pets))
      rows.push([name, sorted(await textsOf(connection, `SELECT * FROM ${name}`))])
    close()
    return Object.fromEntries(rows)
  },
  async 'copy.sql'(target) {
    const [head, ...statements] = readFileSync(target, 'utf8').split(/(?=^\/\*!50503)/m)
    const connection = await connectSqlite(at('from-sql.sqlite'), false)
    connection.exec(`${head!.replace(/^.*\n/, '').replace(/^-- /gm, '')}${statements.join('')}`)
    connection.close()
    return inSqlite(at('from-sql.sqlite'))
  },
  async copy(target) {
    const rows = Object.keys(pets).map((name) => {
      const lines = readFileSync(`${target}/${name}.jsonl`, 'utf8').trim().split('\n')
      return [name, inTexts(lines.map((line) => JSON.parse(line)))]
    })
    return Object.fromEntries(rows)
  },
}

it.each(Object.keys(readers))('%s gets every cell as it was read', async (target) => {
  await writeDatabase(
    at(target),
    await readDatabase(at('pets.sqlite')),
    target === 'copy' ? { format: '.jsonl' } : {},
  )
  expect(await readers[target]!(at(target))).toEqual(expected)
})

it.each(['.csv', '.csv.gz', '.jsonl', '.parquet'] as const)(
  'files of %s keep every cell, and so does what is written from them',
  async (format) => {
    await writeDatabase(at(`files${format}`), await readDatabase(at('pets.sqlite')), { format })
    const { schema } = await readDatabase(at('pets.sqlite'))
    const read = await readDatabase(at(`files${format}`), { schema })
    await writeDatabase(at(`from${format}.sqlite`), read)
    expect(await inSqlite(at(`from${format}.sqlite`))).toEqual(expected)
  },
)

it('a schema that says how texts are made changes no cell that is written', async () => {
  const { schema } = await readDatabase(at('pets.sqlite'))
  const { owners } = schema.tables
  const columns = { ...owners!.columns, id: 'key', name: 'person.fullName', note: 'text' } as const
  const stated = { ...schema, tables: { ...schema.tables, owners: { ...owners!, columns } } }
  await writeDatabase(at('stated.sqlite'), await readDatabase(at('pets.sqlite'), { schema: stated }))
  expect(await inSqlite(at('stated.sqlite'))).toEqual(expected)
})

it('rows of a part of a database are those that were read', async () => {
  mkdirSync(at('large'))
  const count = 3000
  const rows = Array.from({ length: count }, (_, i) => `${i * 2 + 7},Text ${(i * 7919) % count}`)
  writeFileSync(at('large/people.csv'), `id,name\n${rows.join('\n')}\n`)
  const read = await readDatabase(at('large'), { maxRows: 1000 })
  await writeDatabase(at('part'), read)
  const [, ...lines] = readFileSync(at('part/people.csv'), 'utf8').trim().split('\n')
  expect(lines.length).toBe(read.tables.get('people')!.count)
  expect(lines.filter((line) => !rows.includes(line))).toEqual([])
  expect(new Set(lines).size).toBe(lines.length)
})

it('tables whose cells are not known are refused', async () => {
  const { schema, tables }: Database = await readDatabase(at('pets.sqlite'))
  const animals = tables.get('animals')!
  const changed = new Map([...tables, ['animals', { ...animals, columns: [...animals.columns] }]])
  await expect(writeDatabase(at('changed'), { schema, tables: changed })).rejects.toMatchObject({
    code: 'conflict',
    option: 'tables',
    message:
      'the table animals has no cells of no, which is a key: give tables as readDatabase or sample returned them, or rows',
  })
})
