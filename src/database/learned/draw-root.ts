import { InputError } from '../../core/errors.ts'
import { counted, humanCount, printable } from '../../core/format.ts'
import { ownValue } from '../../core/own.ts'
import type { ModelInternals } from '../../infer/model.ts'
import { isGenerated, type TableColumn } from '../../table/table.ts'
import { commonest, drawAccepted, mostAttempts, repeated } from './accept-rows.ts'
import { drawnKeys, withFreeKeys } from './distinct.ts'
import { seedOf } from './draw-rows.ts'
import { type Drawn, type DrawnBy, drawnOf, type TablesDraw } from './drawn.ts'
import { checkOf } from './row-check.ts'

/**
 * Draws the rows of a table without a parent, as many as are asked for; of no more than there were, those that its key has combinations for.
 *
 * @throws InputError where a row breaks a rule in all its draws, and where the key has too few combinations for more rows than there were.
 */
export async function drawRoot(
  by: DrawnBy,
  draw: TablesDraw,
  drawn: ReadonlyMap<string, Drawn>,
  name: string,
): Promise<Drawn> {
  const { models, plans, schema } = by
  const model = models.get(name)!
  const { rows: trained, rules, references } = plans[name]!
  const count = draw.counts[name] ?? trained
  const numbers = Float64Array.from({ length: count }, (_, i) => i)
  const seed = seedOf(draw.seed, name)
  const options = { seed, signal: draw.signal, given: ownValue(draw.given, name) }
  const { key = [] } = schema.tables[name]!
  const { rows, refused: problems } = await drawAccepted(
    model,
    keyNames(model, key, count),
    numbers,
    options,
    {
      keys: drawnKeys(key),
      check: checkOf(by, drawn, name),
      groupOf: () => '',
      parentOf: () => -1,
    },
  )
  requireRules(name, problems, count)
  const repeating = [...problems.keys()]
  // a key that is counted up might break a rule
  const { rows: learned, refused } = rules
    ? { rows, refused: repeating }
    : withFreeKeys(rows, repeating, key, Object.keys(options.given ?? {}))
  const ofKey = `table ${printable(name)}: its key ${key.map(printable).join(', ')} has fewer combinations than the ${count} rows need`
  if (refused.length > 0 && count > trained) throw new InputError(`${ofKey}: draw fewer`, 'out-of-range')
  draw.onProgress?.({ table: name, done: count, count })
  const links = references.map(() => undefined)
  if (refused.length === 0) return drawnOf(model, seed, { learned, numbers, links })
  // names of one or two rows are not learned: the others may have fewer combinations than the rows had
  draw.onWarning?.(
    `${ofKey}: ${counted(refused.length, 'row')} ${refused.length === 1 ? 'is' : 'are'} left out`,
  )
  const isLeftOut = new Set(refused)
  const left = numbers.filter((i) => !isLeftOut.has(i))
  const some = learned.map((each) => ({ ...each, cells: each.cells.filter((_, i) => !isLeftOut.has(i)) }))
  return drawnOf(model, seed, { learned: some, numbers: left.map((_, i) => i), links })
}

/** Throws InputError on rows that broke something in all their draws, unless it was that they repeated a key. */
function requireRules(name: string, problems: ReadonlyMap<number, string>, count: number): void {
  const broken = [...problems.values()].filter((problem) => problem !== repeated)
  if (broken.length > 0)
    throw new InputError(
      `table ${printable(name)}: ${counted(broken.length, 'row')} of ${humanCount(count)} ${commonest(broken)} in ${mostAttempts} draws each: give a wider condition, leave the rule out, or train for more steps`,
      'out-of-range',
    )
}

/** A key of one column of names, each once, if there are enough of them. */
function keyNames({ file }: ModelInternals, key: readonly string[], count: number): TableColumn[] {
  const { columns } = file.description.encoding
  const column = columns.find(({ name }) => key.length === 1 && name === key[0])
  if (!column?.categories || isGenerated(column) || column.categories.length < count) return []
  return [{ ...column, cells: Float64Array.from({ length: count }, (_, i) => i) }]
}
