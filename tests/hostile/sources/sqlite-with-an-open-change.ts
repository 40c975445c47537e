import { writeFileSync } from 'node:fs'
import { connectSqlite } from '../../../src/database/stores/sqlite-connection.ts'
import { hostile } from '../input.ts'

export default hostile({
  kind: 'source',
  file: 'b.sqlite',
  make: async (path) => {
    const connection = await connectSqlite(path, false)
    connection.exec('CREATE TABLE pets(id INTEGER PRIMARY KEY); INSERT INTO pets VALUES (1), (2)')
    connection.close()
    writeFileSync(`${path}-journal`, Buffer.from('d9d505f920a163d7', 'hex'))
  },
  is: /a change that has not ended/,
})
