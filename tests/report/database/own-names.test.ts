import { expect, it } from 'vitest'
import type { Database } from '../../../src/database/database.ts'
import { reportDatabase } from '../../../src/report/database/report.ts'
import { tableOfRows } from '../../../src/table/inference/rows.ts'

/** A table of a name that every object has. */
function databaseOf(first: number): Database {
  const rows = Array.from({ length: 40 }, (_, i) => ({
    a: ((first + i) * 37) % 101,
    b: ((first + i) * 53) % 89,
  }))
  const table = { ...tableOfRows(rows, 'constructor'), name: 'constructor', links: [] }
  const columns = { a: 'integer', b: 'integer' } as const
  return {
    schema: { format: 1, tables: { constructor: { columns, references: [] } } },
    tables: new Map([['constructor', table]]),
  }
}

it('a table may have a name that every object has', async () => {
  const sources = { samples: databaseOf(0), against: databaseOf(40), train: databaseOf(80) }
  const { tables } = await reportDatabase({ ...sources, maxDetection: 1, maxMembership: 1 })
  expect(tables.map(({ table }) => table)).toEqual(['constructor'])
})
