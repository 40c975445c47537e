import { unzipSync } from 'fflate'
import { beforeAll, describe, expect, it } from 'vitest'
import { readRun } from '../../src/browser/load-model.ts'
import { databaseOfRows } from '../../src/database/memory.ts'
import type { Schema } from '../../src/database/schema.ts'
import { sample } from '../../src/infer/sample.ts'
import { exportDatabase } from '../../src/node/databases.ts'
import { loadModel } from '../../src/node/providers.ts'
import { trainDatabase } from '../../src/node/train-databases.ts'
import { reportPage } from '../../src/report/page/page.ts'
import { report } from '../../src/report/report.ts'
import { leaksIn } from '../helpers/search-values.ts'
import { singleRows } from '../helpers/single-rows.ts'
import { filesOfModel, jsonFile, onnxFile } from '../helpers/trained-files.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)

describe('a model of 900 rows of which nearly every value is of one row', () => {
  const [{ rows, values }, controls] = [singleRows(900, 0), singleRows(900, 1).values]
  let trained: Awaited<ReturnType<typeof filesOfModel>>

  beforeAll(async () => {
    trained = await filesOfModel(rows, { steps: 400, hidden: [64, 64, 64], candidates: 4 })
  })

  it('has none of these values in its files', () => {
    expect(values.length).toBeGreaterThan(4500)
    expect(leaksIn(trained.files, values, controls)).toEqual([])
  })

  it('has none of them in its report', async () => {
    const { train, holdout, encoding } = await readRun(trained.store)
    await using model = await loadModel(trained.exported.model, { provider: 'simd', threads: 1 })
    const { table: samples } = await sample(model, { count: train!.count, seed: 2 })
    const sources = { samples, train: train!, against: holdout! }
    const found = await report({ ...sources, encoding })
    const page = bytesOf(reportPage(found, sources, { title: 'Orders' }))
    const files = [
      jsonFile('report.json', bytesOf(JSON.stringify(found))),
      { name: 'report.html', bytes: page },
    ]
    expect(leaksIn(files, values, controls)).toEqual([])
  })
})

describe('the models of two tables of which nearly every value is of one row', () => {
  const schema: Schema = {
    format: 1,
    tables: {
      customers: {
        columns: {
          id: 'key',
          score: 'number',
          city: 'category',
          region: 'category',
          seen: 'date',
          net: 'number',
        },
        key: ['id'],
        references: [],
      },
      orders: {
        columns: {
          id: 'key',
          customer: 'integer',
          ordered: 'date',
          price: 'number',
          level: 'integer',
          size: 'number',
          shop: 'category',
          code: 'text',
        },
        key: ['id'],
        order: 'ordered',
        references: [{ columns: ['customer'], table: 'customers', optional: false }],
      },
    },
  }
  const columnsOf = (table: string) => Object.keys(schema.tables[table]!.columns)

  /** Customers with three orders each, of singleRows' columns, and the values of few rows. */
  function tablesOf(seed: number) {
    const [people, things] = [singleRows(300, seed), singleRows(900, seed + 1)]
    const pick = (table: string, rows: typeof people.rows) =>
      rows.map((row, i) =>
        Object.fromEntries(
          columnsOf(table).map((name) => [
            name,
            name === 'customer'
              ? 1 + (i % 300)
              : name === 'price'
                ? Number(String(row[name]).replace(/[$,]/g, ''))
                : row[name],
          ]),
        ),
      )
    const of = (table: string, { values }: typeof people) =>
      values.filter(({ column }) => columnsOf(table).includes(column))
    return {
      tables: { customers: pick('customers', people.rows), orders: pick('orders', things.rows) },
      values: [...of('customers', people), ...of('orders', things)],
    }
  }

  it('have none of these values in the .moonstep file, and trees that choose groups', async () => {
    const [{ tables, values }, controls] = [tablesOf(4), tablesOf(8).values]
    const dataset = await databaseOfRows(tables as never, { schema })
    const quiet = { onNote() {}, onWarning() {}, onTable() {} }
    const run = await trainDatabase({
      dataset,
      ...quiet,
      steps: 100,
      hidden: [32, 32],
      engine: 'simd',
      threads: 1,
    })
    expect(run.plans.orders!.groups).toBeDefined()
    const parts = Object.entries(unzipSync(await exportDatabase({ run })))
    const files = parts.map(([name, bytes]) => (name.endsWith('.onnx') ? onnxFile : jsonFile)(name, bytes))
    expect(files.map(({ name }) => name)).toContain('tables.json')
    expect(leaksIn(files, values, controls)).toEqual([])
  })
})
