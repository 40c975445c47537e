import { InputError } from '../core/errors.ts'
import { counted, humanCount, printable } from '../core/format.ts'
import { type RareNames, rareNamesIn } from '../measure/rare-names.ts'
import { leastRows } from '../table/least-rows.ts'
import type { NamedTable, Table } from '../table/table.ts'
import type { TrainRequest } from './options.ts'

type NamesRequest = Pick<TrainRequest, 'types' | 'minCategory' | 'allowRareNames'>

/**
 * Looks for categories of which most values occur in one training row each. They are learned if the caller allows them, and samples and
 * the model file then hold these names. Otherwise a column that the caller made a category is refused. A column that was inferred to be a
 * category is learned, but for such names, with a warning.
 * Throws InputError on a column that is refused.
 *
 * @returns For the card, the columns whose rare names the caller allows; and warnings.
 */
export function checkRareNames(
  table: NamedTable,
  { types, minCategory, allowRareNames }: NamesRequest,
): { allowed: readonly RareNames[]; warnings: readonly string[] } {
  const rare = rareNamesIn(table, minCategory)
  if (allowRareNames) return { allowed: rare, warnings: [] }
  const refused = refusedNames(table, { types, minCategory })
  if (refused.length > 0)
    throw new InputError(
      `${table.name}: ${describeRareNames(refused)}, and what fewer than ${leastRows} rows have is not learned: leave ` +
        `${refused.length > 1 ? 'the columns' : 'the column'} out (\`drop\`), merge rare values (\`minCategory\`), or allow them (\`allowRareNames\`)`,
      'bad-data',
    )
  const warnings = rare.map(
    (each) =>
      `${describeRareNames([each])}, and what fewer than ${leastRows} rows have is not learned: leave the column out (\`drop\`), merge ` +
      'rare values (`minCategory`), or allow them (`allowRareNames`)',
  )
  return { allowed: [], warnings }
}

/** The columns that are refused. */
export function refusedNames(
  table: Table,
  { types = {}, minCategory, allowRareNames }: NamesRequest,
): readonly RareNames[] {
  if (allowRareNames) return []
  return rareNamesIn(table, minCategory).filter(({ column }) => types[column] === 'category')
}

/** 'of 372 values of email, 370 occur in one training row only', for one column or several. */
export function describeRareNames(rare: readonly RareNames[]): string {
  const last = rare.at(-1)
  const parts = rare.map(
    ({ column, names, single }) =>
      `of ${counted(names, 'value')} of ${printable(column)}, ${humanCount(single)}`,
  )
  return `${parts.join('; ')} ${rare.length === 1 && last?.single === 1 ? 'occurs' : 'occur'} in one training row only`
}
