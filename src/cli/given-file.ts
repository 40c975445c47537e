import { InputError } from '../core/errors.ts'
import { printable } from '../core/format.ts'
import { readTable } from '../table/formats/read-table.ts'
import { toRows } from '../table/inference/rows.ts'
import type { Given } from '../table/known.ts'
import { namesOf } from '../table/table.ts'

/** The column of a plan that says how many samples have a row's values. */
const countColumn = 'count'

/**
 * A plan of samples: a table with columns of the model, whose values the samples have, and a column `count`, 1 by default. An empty
 * cell is drawn.
 *
 * @param path - The table's file.
 * @param columns - The model's columns.
 * @returns The values of each sample. Throws InputError on a column that the model does not have, and a count that is no whole number.
 */
export async function givenInFile(path: string, columns: readonly string[]): Promise<Given[]> {
  const types = Object.fromEntries(columns.map((name) => [name, 'category' as const]))
  const table = await readTable(undefined, path, {
    choice: { types: { ...types, [countColumn]: 'integer' } },
    keepsAll: true,
  })
  const stranger = namesOf(table).find((name) => name !== countColumn && !columns.includes(name))
  if (stranger !== undefined)
    throw new InputError(
      `${path} has a column ${printable(stranger)}, which the model does not have: give columns of the model, and ${countColumn}`,
      'bad-data',
      { option: 'givenFile', value: path },
    )
  return toRows(table).flatMap(({ [countColumn]: count = 1, ...values }, i) => {
    if (count === null || Number(count) < 0)
      throw new InputError(
        `${path}, row ${i + 1}: ${countColumn} is ${count ?? 'empty'}: give how many samples to draw`,
        'bad-data',
        { option: 'givenFile', value: path },
      )
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
    return new Array<Given>(Number(count)).fill(given)
  })
}
