import { expect, it } from 'vitest'
import { parseSchema, type Schema, schemaToJson } from '../../src/database/schema.ts'
import { readDatabase } from '../../src/database/stores/read.ts'
import { connectSqlite } from '../../src/database/stores/sqlite-connection.ts'
import { writeDatabase } from '../../src/database/stores/write.ts'
import { exportDatabase, loadDatabase } from '../../src/node/databases.ts'
import { trainDatabase } from '../../src/node/train-databases.ts'
import { folderOf } from '../helpers/folders.ts'

const { at } = folderOf('names')
/** Names of what every object has. */
const names = ['constructor', 'prototype', '__proto__', 'toString', 'hasOwnProperty', 'valueOf']

const connection = await connectSqlite(at('names.sqlite'), false)
connection.exec('BEGIN')
for (const [k, name] of names.entries()) {
  const parent =
    k === 0 ? '' : `, "${names[k - 1]}" INTEGER NOT NULL REFERENCES "${names[k - 1]}"("isPrototypeOf")`
  connection.exec(
    `CREATE TABLE "${name}"("isPrototypeOf" INTEGER PRIMARY KEY, "size" REAL${parent}, "kind" TEXT)`,
  )
  for (let i = 0; i < 40; i++)
    connection.run(`INSERT INTO "${name}" VALUES (${k === 0 ? '?, ?, ?' : '?, ?, ?, ?'})`, [
      i * 2 + 5,
      ((i * 37) % 40) / 8,
      ...(k === 0 ? [] : [((i * 7) % 40) * 2 + 5]),
      i % 3 === 0 ? 'a' : 'b',
    ])
}
connection.exec('COMMIT')
connection.close()

function requireAll({ tables }: Schema) {
  expect(Object.keys(tables)).toEqual(names)
  for (const [k, name] of names.entries()) {
    const { columns, key, references } = Object.getOwnPropertyDescriptor(tables, name)!
      .value as Schema['tables'][string]
    const parent = names[k - 1]
    expect(Object.entries(columns)).toEqual([
      ['isPrototypeOf', 'key'],
      ['size', 'number'],
      ...(parent === undefined ? [] : [[parent, 'integer']]),
      ['kind', 'category'],
    ])
    expect(key).toEqual(['isPrototypeOf'])
    expect(references).toEqual(
      parent === undefined ? [] : [{ columns: [parent], table: parent, optional: false }],
    )
  }
}

it('tables and columns may have the names of what every object has', async () => {
  const read = await readDatabase(at('names.sqlite'))
  requireAll(read.schema)
  requireAll(parseSchema(schemaToJson(read.schema), 'schema.json'))
  const again = await readDatabase(at('names.sqlite'), {
    schema: parseSchema(schemaToJson(read.schema), 'schema.json'),
  })
  requireAll(again.schema)
  for (const target of ['copy.sqlite', 'copy.duckdb', 'copy']) {
    await writeDatabase(at(target), read)
    const { tables } = await readDatabase(at(target), { schema: read.schema })
    expect([...tables.keys()].sort()).toEqual([...names].sort())
    for (const [name, { count, columns }] of tables) {
      const before = read.tables.get(name)!
      expect([name, columns.map((column) => column.name)]).toEqual([
        name,
        before.columns.map((column) => column.name),
      ])
      const cellsIn = (all: typeof columns) => all.map(({ cells }) => cells)
      expect([name, count, cellsIn(columns)]).toEqual([name, before.count, cellsIn(before.columns)])
    }
  }
})

it('a model of such tables is trained, written and sampled', async () => {
  const quick = {
    steps: 2,
    hidden: [8, 8],
    candidates: 1,
    engine: 'simd',
    onNote() {},
    onWarning() {},
  } as const
  const trained = await trainDatabase({ dataset: at('names.sqlite'), ...quick })
  await exportDatabase({ run: trained, out: at('names.moonstep') })
  const model = await loadDatabase(at('names.moonstep'))
  const samples = await model.sample({ count: { constructor: 20 }, given: { ['__proto__']: { kind: 'a' } } })
  await model.dispose()
  requireAll(samples.schema)
  await writeDatabase(at('drawn.sqlite'), samples)
  requireAll((await readDatabase(at('drawn.sqlite'), { schema: samples.schema })).schema)
})

it('a schema is still refused where its form is wrong, with the place', () => {
  const wrong = (text: string) => () => parseSchema(text, 's')
  expect(wrong('{"format":1,"tables":{"constructor":{"columns":{"__proto__":"colour"}}}}')).toThrow(
    /^s: tables.constructor.columns.__proto__: give one of number, /,
  )
  expect(wrong('{"format":1,"tables":[]}')).toThrow(/^s: tables: give an object$/)
  expect(
    wrong('{"format":1,"tables":{"toString":{"columns":{"a":"number"},"key":["constructor"]}}}'),
  ).toThrow(/^s, table toString: it has no column constructor/)
})
