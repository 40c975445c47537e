// Writes countries and then customers without end into PostgreSQL or a SQLite file, until it is killed: its rows come as a stream.
import { writeDatabase } from '../../dist/database/stores/write.js'

const reference = { columns: ['country'], table: 'countries', optional: false }
const schema = {
  format: 1,
  tables: {
    countries: { columns: {}, key: ['code'], references: [] },
    customers: { columns: {}, key: ['id'], references: [reference] },
  },
}
const category = (name, categories) => ({ name, kind: 'category', categories })
const countries = {
  count: 1,
  columns: [category('code', ['BE']), category('country', ['Belgium'])].map((column) => ({
    ...column,
    cells: Float64Array.of(0),
  })),
}
const columns = [
  { name: 'id', kind: 'integer' },
  category('name', ['Ann']),
  category('country', ['BE']),
  { name: 'joined', kind: 'date', form: 'YYYY-MM-DD' },
  { name: 'vip', kind: 'boolean', categories: ['false', 'true'] },
]
async function* chunks() {
  for (let chunk = 1; ; chunk++) {
    const rows = Array.from({ length: 100 }, (_, i) => [100 * chunk + i, 0, 0, 0, 1])
    const cellsOf = (d) => Float64Array.from(rows, (row) => row[d])
    yield { count: 100, columns: columns.map((column, d) => ({ ...column, cells: cellsOf(d) })) }
    process.stdout.write(`${100 * chunk}\n`)
  }
}
await writeDatabase(process.argv[2], {
  schema,
  tables: new Map([
    ['countries', countries],
    ['customers', { columns, chunks: chunks() }],
  ]),
})
