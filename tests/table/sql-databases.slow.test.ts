import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { encodeRows } from '../../src/table/formats/forms.ts'
import { folderOf } from '../helpers/folders.ts'
import { describeWith, python } from '../helpers/needs.ts'
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts'
import { columns, count, expectedRow, rowsFrom } from './every-type.ts'

const { folder, at } = folderOf('sql')
const table = 'my "table" é'
const written = encodeRows('.sql', rowsFrom(0, count), table) as string
const [head, ...statements] = written.split(/(?=^\/\*!50503)/m)
// as the first line says
const creating = `${head!.replace(/^.*\n/, '').replace(/(^|\r\n|\r|\n)-- /g, '$1')}${statements.join('')}`
writeFileSync(at('rows.sql'), creating)
writeFileSync(at('again.sql'), written)
const expected = Array.from({ length: count }, (_, i) => expectedRow(i))

describeWith('sqlite', 'SQLite', () => {
  it('reads the rows as they are, also into the table that exists', () => {
    const script = `import json, sqlite3, sys
database = sqlite3.connect(':memory:')
for path in sys.argv[2:]:
    database.executescript(open(path, encoding='utf8', newline='').read())
cursor = database.execute('SELECT * FROM ' + sys.argv[1])
print(json.dumps([[name for name, *_ in cursor.description], [list(row) for row in cursor]]))`
    const name = `"${table.replaceAll('"', '""')}"`
    const output = execFileSync(python, ['-c', script, name, at('rows.sql'), at('again.sql')], {
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    })
    const [names, rows] = JSON.parse(output)
    expect(names).toEqual(columns.map((column) => column.name))
    // it has no booleans
    const stored = expected.map((row) => row.map((cell) => (typeof cell === 'boolean' ? Number(cell) : cell)))
    expect(rows).toEqual([...stored, ...stored])
  })
})

describeWith('postgres', 'PostgreSQL', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
    // psql runs as the server's user
    chmodSync(folder, 0o755)
  })
  afterAll(() => server?.stop())

  it('reads the rows as they are, also into the table that exists', () => {
    server.psql('-f', at('rows.sql'), '-f', at('again.sql'))
    const name = `"${table.replaceAll('"', '""')}"`
    const rows = server
      .psql('-c', `SELECT row_to_json(t) FROM (SELECT * FROM ${name}) t`)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(Object.keys(rows[0])).toEqual(columns.map((column) => column.name))
    // as JSON has it, a time has a T, and a fraction as few digits as it takes
    const stored = expected.map((row) =>
      row.map((cell, d) =>
        columns[d]!.name === 'at' && cell !== null
          ? String(cell)
              .replace(' ', 'T')
              .replace(/\.?0+$/, '')
          : cell,
      ),
    )
    expect(rows.map((row) => Object.values(row))).toEqual([...stored, ...stored])
  })
})
