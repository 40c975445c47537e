// Writes a million children of 100,000 parents as a stream, into a SQLite file and a folder, and reads the file; prints the peaks of memory.
import { readDatabase } from '../../dist/database/stores/read.js'
import { writeDatabase } from '../../dist/database/stores/write.js'

const schema = {
  format: 1,
  tables: {
    parents: { columns: {}, key: ['id'], references: [] },
    children: {
      columns: {},
      key: ['id'],
      references: [{ columns: ['parent_id'], table: 'parents', optional: false }],
    },
  },
}
const [parents, children, atOnce] = [100_000, 1_000_000, 5000]
const stream = (columns, count, rowOf) => ({
  columns,
  chunks: (function* () {
    for (let from = 0; from < count; from += atOnce) {
      const rows = Array.from({ length: atOnce }, (_, i) => rowOf(from + i))
      const cellsOf = (d) => Float64Array.from(rows, (row) => row[d])
      yield { count: atOnce, columns: columns.map((column, d) => ({ ...column, cells: cellsOf(d) })) }
    }
  })(),
})
const whole = (name) => ({ name, kind: 'integer' })
const kind = { name: 'kind', kind: 'category', categories: ['a', 'b', 'c'] }
const at = { name: 'at', kind: 'date', form: 'YYYY-MM-DD hh:mm:ss' }
const tables = () =>
  new Map([
    ['parents', stream([whole('id'), kind], parents, (i) => [7 * i + 1, i % 3])],
    [
      'children',
      stream([whole('id'), whole('parent_id'), kind, at, { name: 'x', kind: 'number' }], children, (i) => [
        i + 1,
        7 * ((i * 31) % parents) + 1,
        i % 2,
        1.7e12 + 1000 * i,
        Math.sqrt(i),
      ]),
    ],
  ])
const [, , file, folder] = process.argv
await writeDatabase(file, { schema, tables: tables() })
await writeDatabase(folder, { schema, tables: tables() })
const written = 1024 * process.resourceUsage().maxRSS
const database = await readDatabase(file)
const read = 1024 * process.resourceUsage().maxRSS
console.log(JSON.stringify({ written, read, children: database.tables.get('children').count }))
