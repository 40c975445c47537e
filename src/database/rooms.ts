/** Whether the columns of several tables have room for the rows that are asked for, before any is drawn. */
import { InputError } from '../core/errors.ts'
import { counted, printable } from '../core/format.ts'
import type { ModelInternals } from '../infer/model.ts'
import { longerFormat } from '../table/generated/texts-of-form.ts'
import type { Plans } from './learned/plan.ts'

/**
 * Throws InputError, with the largest number of rows, if a table needs more texts that differ than the format of one of its columns
 * has room for. How many children a table gets is drawn: as many for each row as in training are expected.
 *
 * @param models - By table, its model.
 * @param plans - How many rows each table had in training.
 * @param counts - The rows of each table without a parent.
 */
export function requireRooms(
  models: ReadonlyMap<string, ModelInternals>,
  plans: Plans,
  counts: Readonly<Record<string, number>>,
): void {
  const growthOf = ([root, count]: readonly [string, number]) => count / Math.max(1, plans[root]!.rows)
  const most = Object.entries(counts).toSorted((a, b) => growthOf(b) - growthOf(a))[0]
  for (const [table, { generator }] of models) {
    const least = generator?.leastRoom()
    if (!least) continue
    const [root, count] = Object.hasOwn(counts, table)
      ? ([table, counts[table]!] as const)
      : (most ?? [table, 0])
    const rows = root === table ? count : Math.round(growthOf([root, count]) * plans[table]!.rows)
    if (rows <= least.texts) continue
    const largest = Math.max(1, Math.floor((count * least.texts) / rows))
    throw new InputError(
      `table ${printable(table)}, column ${printable(least.column)}: its format has room for ${counted(least.texts, 'text')} that all differ and are not in the rows, and there are to be ${root === table ? '' : 'about '}${counted(rows, 'row')}: draw at most ${counted(largest, 'row')} of ${printable(root)}, or ${longerFormat(least.column)}`,
      'out-of-range',
      { option: 'count', value: count },
    )
  }
}
