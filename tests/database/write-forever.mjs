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
  columns: [category('code', ['BE']), category('country', ['Belgium'])],
  points: { data: Float64Array.of(0, 0), count: 1, dim: 2 },
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
    yield { points: { data: Float64Array.from(rows.flat()), count: 100, dim: 5 } }
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
