import { connectSqlite } from '../../../src/database/stores/sqlite-connection.ts'
import { hostile } from '../input.ts'

export default hostile({
  kind: 'source',
  isLike: true,
  file: 'a.sqlite',
  make: async (path) => {
    const connection = await connectSqlite(path, false)
    connection.exec('CREATE TABLE pets(id INTEGER PRIMARY KEY, kind TEXT); PRAGMA writable_schema=ON')
    connection.run('UPDATE sqlite_schema SET sql = ?', [
      'CREATE TABLE pets(id INTEGER PRIMARY KEY, kind TEXT)\0; COMMIT',
    ])
    connection.close()
  },
  is: 'read',
})
