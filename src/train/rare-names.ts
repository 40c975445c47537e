import { InputError } from '../core/errors.ts'
import { counted, humanCount, printable } from '../core/format.ts'
import { type RareNames, rareNamesIn } from '../measure/rare-names.ts'
import { columnNamed } from '../table/columns.ts'
import { isFreeText } from '../table/inference/text-column.ts'
import type { NamedTable } from '../table/table.ts'
import type { TrainRequest } from './options.ts'

/**
 * Looks for categories of which most values occur in one training row each, since samples and the model file hold these
 * names. They are learned if the caller allows them. Otherwise a column that the caller made a category is refused, as
 * is one that would be left out as free text. A column that was inferred to be a category is learned with a warning: its
 * names repeat, or it has few, so that they are hardly identifiers, and a small table would be refused without a reason.
 * Throws InputError on a column that is refused.
 *
 * @returns For the card, the columns whose rare names the caller allows; and warnings.
 */
export function checkRareNames(
  table: NamedTable,
  { types = {}, minCategory, allowRareNames }: Pick<TrainRequest, 'types' | 'minCategory' | 'allowRareNames'>,
): { allowed: readonly RareNames[]; warnings: readonly string[] } {
  const rare = rareNamesIn(table, minCategory)
  if (allowRareNames) return { allowed: rare, warnings: [] }
  const refused = rare.filter(({ column, names }) => {
    const cells = columnNamed(table.columns, column).cells.filter((cell) => !Number.isNaN(cell))
    return types[column] === 'category' || isFreeText(names, cells.length)
  })
  if (refused.length > 0)
    throw new InputError(
      `${table.name}: ${describeRareNames(refused)}, and samples would hold these values: leave ` +
        `${refused.length > 1 ? 'the columns' : 'the column'} out (\`drop\`), merge rare values (\`minCategory\`), or allow them (\`allowRareNames\`)`,
      'bad-data',
    )
  const warnings = rare.map(
    (each) =>
      `${describeRareNames([each])}, and samples will hold these values: leave the column out (\`drop\`), merge rare ` +
      'values (`minCategory`), or say that it is meant (`allowRareNames`)',
  )
  return { allowed: [], warnings }
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
