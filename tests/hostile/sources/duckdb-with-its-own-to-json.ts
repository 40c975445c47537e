import { rmSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import { hostile } from '../input.ts'

export default hostile({
  kind: 'source',
  file: 'a.duckdb',
  make: async (path) => {
    rmSync(path, { force: true })
    const instance = await DuckDBInstance.create(path)
    const connection = await instance.connect()
    await connection.run('CREATE TABLE pets(id INTEGER PRIMARY KEY, kind VARCHAR)')
    await connection.run("INSERT INTO pets SELECT i, 'cat' FROM range(30) t(i)")
    await connection.run("CREATE MACRO to_json(x) AS (SELECT content FROM read_text('/etc/hostname'))")
    connection.closeSync()
    instance.closeSync()
  },
  is: 'read',
})
