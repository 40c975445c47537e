import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import type { Database } from '../../src/database/database.ts'
import type { Schema, TableSchema } from '../../src/database/schema.ts'
import { reportDatabase } from '../../src/report/database/report.ts'
import { databaseReportText } from '../../src/report/database/terminal.ts'
import { databaseReportPage } from '../../src/report/page/database.ts'
import { reportPage } from '../../src/report/page/page.ts'
import { report } from '../../src/report/report.ts'
import { reportText } from '../../src/report/terminal.ts'
import { notFinite, sparseColumns, sparseTable, wrongWords } from './sparse.ts'

/** What is printed of a page: without its program, its style, its figures' numbers and its JSON. */
const shown = (page: string) => page.replaceAll(/<(style|script)\b.*?<\/\1>/gs, '')

describe('a report of tables that lack values says no number or date that is none', () => {
  it.each(Array.from({ length: 4 }, (_, seed) => seed))('of one table, seed %d', async (seed) => {
    const sources = {
      samples: sparseTable('the samples', 24, 3 * seed),
      against: sparseTable('the held-out rows', 24, 3 * seed + 1),
      train: sparseTable('the training rows', 24, 3 * seed + 2),
    }
    const made = await orRefused(() => report({ ...sources, maxDetection: 0.9, maxMembership: 0.9 }))
    if (!made) return
    expect(notFinite(made)).toEqual([])
    expect(wrongWords(JSON.stringify(made))).toBeUndefined()
    expect(wrongWords(reportText(made))).toBeUndefined()
    expect(wrongWords(shown(reportPage(made, sources, { title: 'Sparse' })))).toBeUndefined()
  })

  it.each(Array.from({ length: 3 }, (_, seed) => seed))('of several tables, seed %d', async (seed) => {
    const sources = {
      samples: sparseDatabase(3 * seed),
      against: sparseDatabase(3 * seed + 1),
      train: sparseDatabase(3 * seed + 2),
    }
    const made = await orRefused(() => reportDatabase({ ...sources, maxDetection: 0.9, maxMembership: 0.9 }))
    if (!made) return
    expect(notFinite(made)).toEqual([])
    expect(wrongWords(JSON.stringify(made))).toBeUndefined()
    expect(wrongWords(databaseReportText(made))).toBeUndefined()
    expect(wrongWords(shown(databaseReportPage(made, sources, { title: 'Sparse' })))).toBeUndefined()
  })
})

/** A report, or nothing if it is refused in a line that says what is lacking. */
async function orRefused<T>(make: () => Promise<T>): Promise<T | undefined> {
  try {
    return await make()
  } catch (error) {
    expect(error).toBeInstanceOf(InputError)
    expect(wrongWords((error as Error).message)).toBeUndefined()
    return undefined
  }
}

const ids = ['id', 'parent_id'] as const

/** Parents; children of some of them, or of none; and a table of one row or none without a parent. */
function sparseDatabase(seed: number): Database {
  const columnsOf = (names: readonly string[]) =>
    Object.fromEntries([
      ...names.map((name) => [name, 'integer'] as const),
      ...sparseColumns.map(({ name, kind }) => [name, kind] as const),
    ])
  const parent: TableSchema = { columns: columnsOf(['id']), key: ['id'], references: [] }
  const child: TableSchema = {
    columns: columnsOf(ids),
    key: ['id'],
    references: [{ columns: ['parent_id'], table: 'parents', optional: true }],
    ...(seed % 2 === 0 && { order: 'placed' }),
  }
  const schema: Schema = {
    format: 1,
    tables: { parents: parent, children: { ...child, order: 'placed' }, singles: parent },
  }
  const counts = { parents: 24, children: [0, 1, 30, 60][seed % 4]!, singles: [1, 0, 24][seed % 3]! }
  const tables = Object.entries(counts).map(([name, count], t) => {
    const { columns } = sparseTable(name, count, 100 * seed + t)
    const links = Int32Array.from({ length: count }, (_, i) => (i % 5 === 0 ? -1 : i % 24))
    const own = name === 'children' ? ids : ids.slice(0, 1)
    const cellsOf = {
      id: Float64Array.from(links, (_, i) => i + 1),
      parent_id: Float64Array.from(links, (link) => (link < 0 ? Number.NaN : link + 1)),
    }
    const keys = own.map((each) => ({ name: each, kind: 'integer' as const, cells: cellsOf[each] }))
    return [
      name,
      { name, count, columns: [...keys, ...columns], links: name === 'children' ? [links] : [] },
    ] as const
  })
  return { schema, tables: new Map(tables) }
}
