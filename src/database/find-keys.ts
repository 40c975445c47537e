/** Keys of tables that declare none. */
import { printable } from '../core/format.ts'
import { isPartName, keyScore } from './names.ts'
import type { SurveyedColumn, SurveyedTable } from './survey.ts'

/** The columns of keys, by table. */
export type Keys = ReadonlyMap<string, readonly SurveyedColumn[]>

export function isUnique({ rows }: SurveyedTable, column: SurveyedColumn): boolean {
  return rows > 0 && column.mayIdentify && column.distinct(rows).size === rows
}

/** The columns of a table that may be its key, by name or as the first, the likeliest first. Others may differ in each row by chance. */
export function keyCandidates(table: SurveyedTable): SurveyedColumn[] {
  const scored = table.columns
    .map((column, i) => ({ column, score: keyScore(column.name, table.name, i === 0) }))
    .filter(({ column, score }) => score > 0 && isUnique(table, column))
  return scored.sort((a, b) => b.score - a.score).map(({ column }) => column)
}

export function keyLine(table: SurveyedTable, key: readonly SurveyedColumn[] | undefined): string {
  const others = table.columns.filter((column) => !key?.includes(column) && isUnique(table, column))
  const more = others.length > 0 ? `; ${listed(others)} would do too` : ''
  if (!key) return `${printable(table.name)} has no key${more}`
  const why = key.length > 1 ? 'together they differ in each row' : 'it differs in each row'
  return `${printable(table.name)}: the key is ${listed(key)}, as ${why}${more}`
}

export function listed(columns: readonly SurveyedColumn[]): string {
  return columns.map(({ name }) => printable(name)).join(', ')
}

/** The values of several columns in each row, undefined with a missing value. */
export function tuplesOf(
  { rows }: SurveyedTable,
  columns: readonly SurveyedColumn[],
): (string | undefined)[] {
  const values = columns.map((column) => column.rows(rows))
  return Array.from({ length: rows }, (_, row) => {
    const tuple = values.map((column) => column[row]!)
    return tuple.some(Number.isNaN) ? undefined : tuple.join()
  })
}

export function areUnique(table: SurveyedTable, columns: readonly SurveyedColumn[]): boolean {
  const tuples = tuplesOf(table, columns)
  return !tuples.includes(undefined) && new Set(tuples).size === table.rows
}

/** The key of a table by its references, if need be with columns that number the rows of one parent: order_id, line. */
export function partKey(
  table: SurveyedTable,
  referring: readonly SurveyedColumn[],
): SurveyedColumn[] | undefined {
  const [first, second] = referring
  if (!first || table.rows < 2) return undefined
  const parts = table.columns
    .filter((column) => column.mayIdentify && !referring.includes(column) && isPartName(column.name))
    .slice(0, 4)
  const pairs = parts.flatMap((part, i) => parts.slice(i + 1).map((other) => [first, part, other]))
  const trials = [
    ...(second ? [[first, second]] : []),
    ...parts.map((part) => [first, part]),
    ...(second ? parts.map((part) => [first, second, part]) : []),
    ...pairs,
  ]
  return trials.find((columns) => areUnique(table, columns))
}
