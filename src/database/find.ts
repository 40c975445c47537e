import { keyCandidates, keyLine, partKey } from './find-keys.ts'
import { type FoundReference, findReferences, refersTo } from './find-references.ts'
import type { Schema, TableSchema } from './schema.ts'
import type { SurveyedColumn, SurveyedTable } from './survey.ts'

/**
 * Finds keys and references of tables that declare none: keys by columns without missing values whose values all differ, references by columns
 * whose every value is a key's and whose name suggests it.
 *
 * @param tables - Tables whose rows were all seen.
 * @param declared - Keys that a catalogue declares, by table.
 * @returns The schema, of which the rows show the kinds when they are read, and a line for each finding, with what else was possible.
 */
export function findSchema(
  tables: readonly SurveyedTable[],
  declared: ReadonlyMap<string, readonly string[]> = new Map(),
): { schema: Schema; notices: string[] } {
  const keys = new Map<string, readonly SurveyedColumn[]>()
  for (const table of tables) {
    const names = declared.get(table.name)
    const key = names ? undefined : likeliestKey(table, tables)
    if (names)
      keys.set(
        table.name,
        table.columns.filter(({ name }) => names.includes(name)),
      )
    else if (key) keys.set(table.name, [key])
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
    const key = keys.get(table.name)
    return [
      table.name,
      {
        columns: Object.fromEntries(table.columns.map(({ name }) => [name, 'text'])),
        ...(key && { key: key.map(({ name }) => name) }),
        references: of(table).map(referenceOf),
      },
    ]
  })
  return {
    schema: { format: 1, tables: Object.fromEntries(drafts) },
    notices: [...tables.map((table) => keyLine(table, keys.get(table.name))), ...notices],
  }
}

/** Of the columns that may be a table's key, the one that most columns of other tables may refer to. */
function likeliestKey(table: SurveyedTable, tables: readonly SurveyedTable[]): SurveyedColumn | undefined {
  const candidates = keyCandidates(table)
  if (candidates.length < 2) return candidates[0]
  const uses = candidates.map((key) => {
    const columns = tables.flatMap((other) =>
      other === table ? [] : other.columns.map((column) => ({ other, column })),
    )
    return columns.filter(({ other, column }) => refersTo(column, other, key, table)).length
  })
  return candidates[uses.indexOf(Math.max(...uses))]
}

function referenceOf({ columns, target, optional }: FoundReference) {
  return { columns: columns.map(({ name }) => name), table: target.name, optional }
}
