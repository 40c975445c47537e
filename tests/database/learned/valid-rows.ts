import type { TableSamples } from '../../../src/database/model.ts'
import type { Reference } from '../../../src/database/schema.ts'
import { toRows } from '../../../src/index.ts'

type Rows = Readonly<Record<string, unknown>>[]

/** What is wrong with the keys and references of drawn tables: a line for each, of which there should be none. */
export function wrongIn({ schema, tables }: TableSamples): string[] {
  const rows = new Map([...tables].map(([name, table]): [string, Rows] => [name, toRows(table)]))
  const keyOf = (row: Rows[number], columns: readonly string[]) =>
    columns.map((column) => row[column]).join('|')
  const isGap = (row: Rows[number], { columns }: Reference) =>
    columns.some((column) => row[column] === null || row[column] === undefined)
  return Object.entries(schema.tables).flatMap(([name, { key = [], references }]) => {
    const own = rows.get(name)!
    const repeats = key.length === 0 ? 0 : own.length - new Set(own.map((row) => keyOf(row, key))).size
    const lost = references.flatMap((reference) => {
      const keys = schema.tables[reference.table]!.key!
      const there = new Set(rows.get(reference.table)!.map((row) => keyOf(row, keys)))
      const astray = own.filter((row) =>
        isGap(row, reference) ? !reference.optional : !there.has(keyOf(row, reference.columns)),
      )
      return astray.length > 0
        ? [`${name}.${reference.columns}: ${astray.length} of ${own.length} lead nowhere`]
        : []
    })
    return [...(repeats > 0 ? [`${name}: ${repeats} keys repeat`] : []), ...lost]
  })
}
