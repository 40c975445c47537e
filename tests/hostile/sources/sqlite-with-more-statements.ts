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
      "CREATE TABLE pets(id INTEGER PRIMARY KEY, kind TEXT); COMMIT; ATTACH 'x.sqlite' AS x; CREATE TABLE x.y(z)",
    ])
    connection.close()
  },
  is: /the definition of the table pets is not a single CREATE TABLE statement, and is not run/,
})
