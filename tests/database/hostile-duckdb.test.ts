import { DuckDBInstance } from '@duckdb/node-api'
import { expect, it } from 'vitest'
import type { Schema } from '../../src/database/schema.ts'
import { connectDuckdb, textsOf } from '../../src/database/stores/duckdb.ts'
import { readDatabase } from '../../src/database/stores/read.ts'
import { writeDatabase } from '../../src/database/stores/write.ts'
import { toRows } from '../../src/table/inference/rows.ts'
import { folderOf } from '../helpers/folders.ts'
import { keepingAll, tablesOf } from './shop.ts'

const { at, written } = folderOf('hostile-duckdb')
const schema: Schema = {
  format: 1,
  tables: { pets: { columns: { id: 'integer', kind: 'category' }, key: ['id'], references: [] } },
}
const rows = { pets: Array.from({ length: 30 }, (_, i) => ({ id: i + 5, kind: i % 2 ? 'cat' : 'dog' })) }

it('functions of a DuckDB file with names of built-in ones are not called, and open no other file', async () => {
  const secret = written('secret.txt', 'Ada-the-secret')
  await writeDatabase(at('pets.duckdb'), { schema, tables: tablesOf(schema, rows) })
  const instance = await DuckDBInstance.create(at('pets.duckdb'))
  const connection = await instance.connect()
  for (const head of ['to_json(x)', 'max(x)', 'unnest(x)'])
    await connection.run(`CREATE MACRO ${head} AS (SELECT content FROM read_text('${secret}'))`)
  for (const name of ['duckdb_columns', 'duckdb_tables', 'duckdb_constraints'])
    await connection.run(`CREATE MACRO ${name}() AS TABLE SELECT * FROM read_text('${secret}')`)
  connection.closeSync()
  instance.closeSync()
  const { schema: read, tables } = await readDatabase(at('pets.duckdb'), { schema: keepingAll(schema) })
  expect(read.tables.pets!.key).toEqual(['id'])
  expect(toRows(tables.get('pets')!.kept!)).toEqual(rows.pets)
  const later = { pets: rows.pets.map((row) => ({ ...row, id: row.id + 30 })) }
  await writeDatabase(at('pets.duckdb'), { schema, tables: tablesOf(schema, later) }, { append: true })
  const { connection: own, close } = await connectDuckdb(at('pets.duckdb'), 'READ_ONLY')
  expect(await textsOf(own, 'SELECT system.main.max(id), count(*) FROM pets')).toEqual([['64', '60']])
  for (const sql of [
    `SELECT max(id) FROM pets`,
    `ATTACH '${at('other.duckdb')}'`,
    `COPY pets TO '${at('pets.csv')}'`,
  ])
    await expect(own.run(sql)).rejects.toThrow(/file system operations are disabled by configuration/)
  close()
})
