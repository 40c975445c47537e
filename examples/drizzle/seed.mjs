/** Seeds the database of DATABASE_URL with rows that shop.moonstep draws: node seed.mjs [customers] [seed] */
import { getTableColumns, getTableName, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { loadModel, sample, toRows } from 'moonstep'
import pg from 'pg'
import { customers, items, orders } from './schema.mjs'

/** Parents before their children, as their references ask. */
const tables = [customers, orders, items]
/** PostgreSQL takes at most 65,535 values with one command. */
const rowsAtOnce = 1000

const [count, seed] = [Number(process.argv[2] ?? 100), Number(process.argv[3] ?? 0)]
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
const db = drizzle(pool)
const model = await loadModel('shop.moonstep')
try {
  const drawn = await sample(model, { count: { customers: count }, seed })
  await migrate(db, { migrationsFolder: 'migrations' })
  await db.transaction(async (transaction) => {
    for (const table of tables) {
      const name = getTableName(table)
      if ((await transaction.$count(table)) > 0) throw new Error(`the table ${name} has rows: empty it first`)
      const rows = toRows(drawn[name]).map((row) => asInsert(table, row))
      for (let from = 0; from < rows.length; from += rowsAtOnce)
        await transaction.insert(table).values(rows.slice(from, from + rowsAtOnce))
      await advanceIdentity(transaction, table)
      console.log(`${name}: ${rows.length} rows`)
    }
  })
  console.log('all of them are in the database')
} catch (error) {
  // drizzle keeps what the server said as the cause, and a server that can't be reached has a code alone
  const { message, code } = error.cause ?? error
  console.error(`nothing was inserted: ${message || code}`)
  process.exitCode = 1
} finally {
  await model.dispose()
  await pool.end()
}

/** A row with the names of drizzle's schema, and with dates where it wants these. */
function asInsert(table, row) {
  return Object.fromEntries(
    Object.entries(getTableColumns(table)).map(([key, { name, dataType }]) => {
      const cell = row[name]
      return [key, dataType === 'date' && cell !== null ? new Date(cell) : cell]
    }),
  )
}

/** Rows that follow get numbers after those that were inserted. */
async function advanceIdentity(transaction, table) {
  for (const column of Object.values(getTableColumns(table)))
    if (column.generatedIdentity)
      await transaction.execute(
        sql`SELECT setval(pg_get_serial_sequence(${getTableName(table)}, ${column.name}), max(${column})) FROM ${table}`,
      )
}
