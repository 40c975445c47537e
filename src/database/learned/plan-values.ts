import { isGenerated, type TableColumn } from '../../table/table.ts'
import { type Database, tablesInOrder } from '../database.ts'
import type { Plans } from './plan.ts'
import { isSetName, learnedColumns } from './rows.ts'

/**
 * Plans what a model can't do without: columns without a value in any row are not learned, nor whether a row has a reference that all
 * rows have, and a table without two different rows to learn, such as one of keys alone, learns which of its rows are even.
 *
 * @param whole - The database with the rows that are held out, to which references are missing in the others.
 */
export function planValues(database: Database, planned: Plans, whole: Database): Plans {
  const plans: Record<string, Plans[string]> = { ...planned }
  const names = tablesInOrder(database.schema).filter((name) => !database.schema.tables[name]!.keep)
  // a row that another table refers to is known by columns that have values
  for (const name of names) {
    const missing = database.tables.get(name)!.columns.filter(isEmpty)
    plans[name] = withMissing(plans[name]!, missing)
  }
  for (const name of names) {
    const { references } = database.schema.tables[name]!
    const { links } = whole.tables.get(name)!
    const alwaysSet = references.flatMap(({ columns }, k) =>
      links[k]!.includes(-1) ? [] : isSetName(columns),
    )
    const all = learnedColumns(database, plans, name)
    const missing = all.filter((each) => isEmpty(each) || alwaysSet.includes(each.name))
    const learned = all.filter((each) => !missing.includes(each))
    plans[name] = withMissing(plans[name]!, missing)
    const generated = database.tables.get(name)!.columns.filter(isGenerated)
    if (![...learned, ...generated].some(isVaried)) plans[name] = { ...plans[name], isBare: true }
  }
  return plans
}

function withMissing(plan: Plans[string], columns: readonly TableColumn[]): Plans[string] {
  if (columns.length === 0) return plan
  return { ...plan, missing: [...(plan.missing ?? []), ...columns.map(({ name }) => name)] }
}

function isEmpty({ kind, cells }: TableColumn): boolean {
  return kind !== 'key' && cells.every(Number.isNaN)
}

/** Whether something of a column is learned: its values, or where it has none. */
function isVaried({ kind, cells }: TableColumn): boolean {
  if (isGenerated({ kind })) return kind === 'text' && cells.some(Number.isNaN)
  return cells.some((cell) => !Object.is(cell, cells[0]))
}
