import { printable } from '../core/format.ts'
import type { ColumnType } from '../table/table.ts'
import { findReferences, referenceOf, refersTo } from './find-references.ts'
import { isPartName, keyScore } from './names.ts'
import type { Schema, TableSchema } from './schema.ts'
import { areUnique, listed, type SurveyedColumn, type SurveyedTable } from './survey.ts'

/**
 * Finds keys and references of tables that declare none: keys by columns without missing values whose values all differ, references by columns
 * whose every value is a key's and whose name suggests it.
 *
 * @param tables - Tables whose rows were all seen.
 * @returns The schema, of which the rows show the kinds when they are read, and a line for each finding, with what else was possible.
 */
export function findSchema(tables: readonly SurveyedTable[]): { schema: Schema; notices: string[] } {
  const keys = new Map<string, readonly SurveyedColumn[]>()
  for (const table of tables) {
    const key = table.key ?? likeliestKey(table, tables)
    if (key) keys.set(table.name, key)
  }
  const { references, notices } = findReferences(tables, keys)
  const of = (table: SurveyedTable) => references.filter((each) => each.table === table)
  for (const table of tables) {
    if (keys.has(table.name)) continue
    const referring = of(table).flatMap(({ columns, optional }) => (optional ? [] : columns))
    const key = partKey(table, [...new Set(referring)])
    if (key) keys.set(table.name, key)
  }
  const drafts = tables.map((table): [string, TableSchema] => {
    const key = keys.get(table.name)?.map(({ name }) => name)
    const columns = Object.fromEntries(table.columns.map(({ name }): [string, ColumnType] => [name, 'text']))
    return [table.name, { columns, ...(key && { key }), references: of(table).map(referenceOf) }]
  })
  return {
    schema: { format: 1, tables: Object.fromEntries(drafts) },
    notices: [...tables.map((table) => keyLine(table, keys.get(table.name))), ...notices],
  }
}

/** Of the columns that may be a table's key, the one that most columns of other tables may refer to. */
function likeliestKey(table: SurveyedTable, tables: readonly SurveyedTable[]): SurveyedColumn[] | undefined {
  const candidates = keyCandidates(table)
  if (candidates.length === 1) return candidates
  const others = tables.filter((other) => other !== table)
  const uses = candidates.map(
    (key) =>
      others.flatMap((other) => other.columns.filter((each) => refersTo(each, other, key, table))).length,
  )
  const likeliest = candidates[uses.indexOf(Math.max(...uses))]
  return likeliest && [likeliest]
}

/** The columns of a table that may be its key, by name or as the first, the likeliest first. Others may differ in each row by chance. */
function keyCandidates(table: SurveyedTable): SurveyedColumn[] {
  const scored = table.columns
    .map((column, i) => ({ column, score: keyScore(column.name, table.name, i === 0) }))
    .filter(({ column, score }) => score > 0 && isUnique(table, column))
  return scored.sort((a, b) => b.score - a.score).map(({ column }) => column)
}

function isUnique({ rows }: SurveyedTable, column: SurveyedColumn): boolean {
  return rows > 0 && column.mayIdentify && column.distinct.size === rows
}

/** The key of a table by its references, if need be with columns that number the rows of one parent: order_id, line. */
function partKey(table: SurveyedTable, referring: readonly SurveyedColumn[]): SurveyedColumn[] | undefined {
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

function keyLine(table: SurveyedTable, key: readonly SurveyedColumn[] | undefined): string {
  const others = table.columns.filter((column) => !key?.includes(column) && isUnique(table, column))
  const more = others.length > 0 ? `; ${listed(others)} would do too` : ''
  if (!key) return `${printable(table.name)} has no key${more}`
  const why = key.length > 1 ? 'together they differ in each row' : 'it differs in each row'
  return `${printable(table.name)}: the key is ${listed(key)}, as ${why}${more}`
}
