import { InputError } from '../core/errors.ts'
import { counted, printable } from '../core/format.ts'
import { rareNamesIn } from '../measure/rare-names.ts'
import { makerOf, whyNotLearned } from '../table/encodings/fit.ts'
import type { LeftOut } from '../table/inference/decision.ts'
import { areOftenRare } from '../table/inference/text-column.ts'
import { leastRows } from '../table/least-rows.ts'
import type { Column, NamedTable, Table, TableColumn } from '../table/table.ts'
import type { AmongTables, TrainRequest } from './options.ts'
import { refusedNames } from './rare-names.ts'

/**
 * The columns that are left out because nothing can be learned of them: too few training rows have what a model would hold. Throws
 * InputError if the table has too few rows, or no column is left.
 *
 * @param among - Columns that stay: those that are known of every row, and those that hold nothing of the rows.
 */
export function unlearnedColumns(
  table: NamedTable,
  request: Pick<TrainRequest, 'types' | 'minCategory' | 'allowRareNames'>,
  { context, made = [] }: AmongTables,
): LeftOut[] {
  const { name: file, count, columns } = table
  if (count < leastRows && made.length === 0)
    throw new InputError(
      `${file} has ${counted(count, 'training row')}, and a model holds nothing that fewer than ${leastRows} rows have: give more rows`,
      'bad-data',
    )
  const { minCategory, allowRareNames } = request
  const rare = new Set(allowRareNames ? rareNamesIn(table, minCategory).map(({ column }) => column) : [])
  // these are refused with what to do
  const refused = new Set(refusedNames(table, request).map(({ column }) => column))
  const leftOut = columns.flatMap((column): LeftOut[] => {
    const { name } = column
    if (context.includes(name) || made.includes(name) || refused.has(name)) return []
    const reason = whyNotLearned(column, { minCategory, isAllowed: rare.has(name) })
    return reason ? [{ name, reason: `it ${reason}`, kind: null }] : []
  })
  const [first] = leftOut
  if (first && leftOut.length === columns.length)
    throw new InputError(
      `${file} has no column left: ${printable(first.name)} is left out, ${first.reason}`,
      'bad-data',
    )
  return leftOut
}

/**
 * The columns of names that are not learned but made as texts: many rows have names that fewer share than anything is learned of. What the
 * caller calls a category stays one.
 */
export function oftenRare(
  { columns }: Table,
  {
    types = {},
    minCategory = 1,
    allowRareNames,
  }: Pick<TrainRequest, 'types' | 'minCategory' | 'allowRareNames'>,
  { context, made }: AmongTables,
): string[] {
  // columns of several tables were judged when they were read
  if (minCategory > 1 || allowRareNames || made) return []
  const isFree = ({ name }: Column) => !context.includes(name) && types[name] === undefined
  return columns.filter((column) => isFree(column) && areOftenRare(column)).map(({ name }) => name)
}

/** A table whose columns of these names are of texts that are made. */
export function withMadeTexts(table: NamedTable, names: readonly string[]): NamedTable {
  if (names.length === 0) return table
  const columns = table.columns.map((column): TableColumn => {
    if (!names.includes(column.name)) return column
    return { ...column, kind: 'text', maker: makerOf(column, column.cells) }
  })
  return { ...table, columns }
}
