import { expect, it } from 'vitest'
import type { Database } from '../../../src/database/database.ts'
import { reportDatabase } from '../../../src/report/database/report.ts'
import { databaseReportText } from '../../../src/report/database/terminal.ts'
import { databaseReportPage } from '../../../src/report/page/database.ts'
import { fitTable } from '../../../src/table/encodings/fit.ts'
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

it('a report of several tables says whether the file holds values of single rows, and which tables it keeps', async () => {
  const withList = ({ schema, tables }: Database): Database => ({
    schema: {
      ...schema,
      tables: { ...schema.tables, list: { ...Object.values(schema.tables)[0]!, keep: true } },
    },
    tables: new Map([...tables, ['list', { ...tables.get('constructor')!, name: 'list' }]]),
  })
  const [samples, against, train] = [0, 40, 80].map((first) => withList(databaseOf(first))) as [
    Database,
    Database,
    Database,
  ]
  const sources = { samples, against, train }
  const encoding = fitTable(sources.train.tables.get('constructor')!)
  const others = { candidates: {}, rareNames: { constructor: [{ column: 'a' }] } }
  const found = await reportDatabase({ ...sources, encodings: { constructor: encoding }, ...others })
  const { modelFileSentence } = found
  expect(modelFileSentence).toContain('but all rows of list and names of a, which were allowed')
  expect(found.tables[0]!.report!.modelFileSentence).toContain('but names of a, which were allowed')
  expect(databaseReportText(found).replaceAll('\n  ', ' ')).toContain(modelFileSentence)
  expect(databaseReportPage(found, sources, { title: 'shop' })).toContain(modelFileSentence)
  expect((await reportDatabase(sources)).modelFileSentence).toBe(null)
})
