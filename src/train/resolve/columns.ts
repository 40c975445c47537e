import { inParts } from '../../core/work.ts'
import type { RunConfig } from '../../model/run-config.ts'
import { describeColumns, describeLeftOut } from '../../table/describe.ts'
import { type CardEncoding, cardEncoding, fitEncoding } from '../../table/encodings/encoding.ts'
import { fittingTable } from '../../table/encodings/fit.ts'
import { requireNumbers } from '../../table/numbers.ts'
import { describeRelation } from '../../table/relations/describe.ts'
import { describeSearched } from '../../table/relations/numbers.ts'
import { describeRule } from '../../table/rules/index.ts'
import { type Table, withoutColumns } from '../../table/table.ts'
import { foundLines } from '../found-lines.ts'
import { roomWarnings } from '../generated-columns.ts'
import { type AmongTables, refuseOptions, type TrainRequest } from '../options.ts'
import { checkRareNames } from '../rare-names.ts'
import { recipeFor, recipeOf } from '../recipes.ts'
import type { ResolvedData } from './data.ts'

/** The columns of a request's rows. */
export interface ResolvedColumns {
  /** The recipe that the request names, or else the one that suits them. */
  readonly recipe: string
  /** Those that are drawn, with the training rows: all but the context. */
  readonly drawn: Table
  readonly encoding: CardEncoding
  /** What config.json says of the columns that were left out, and of names that single people out. */
  readonly recorded: Pick<RunConfig, 'leftOut' | 'rareNames'>
  /** What was inferred and chosen for a table that is not built in, and what was left out. */
  readonly notes: readonly string[]
  readonly warnings: readonly string[]
}

/** The options of a recipe that encodes columns by their values. */
const byValue = ['knots', 'minCategory', 'allowRareNames', 'independent', 'rules', 'candidates'] as const

/**
 * Chooses how columns are encoded, by their ranges or by their values, and fits that to the training rows. Throws InputError if they
 * can't be encoded so, hold names that single people out, or on options of the other encoding.
 */
export async function resolveColumns(
  request: TrainRequest,
  { table, validation, rows, dropped = [], notes: found, recorded: { dataset } }: ResolvedData,
  { context, parentCells, made = [], step, config }: AmongTables,
): Promise<ResolvedColumns> {
  const drawn = withoutColumns(table, context)
  const isBuiltIn = dataset !== undefined && 'name' in dataset
  const { name: recipe, reason } = request.recipe ? { name: request.recipe } : recipeFor(table)
  const isByValue = recipeOf(recipe).encoding === 'by value'
  const rare = isByValue ? checkRareNames(drawn, request) : { allowed: [], warnings: [] }
  const unconfirmed: string[] = []
  const encoding = config ?? cardEncoding(await fitted())
  const { columns = [], relations = [], rules = [] } = encoding.encoding ?? {}
  const notes = [...dropped.map(describeLeftOut), ...found]
  if (!isBuiltIn)
    notes.push(
      ...describeColumns(drawn),
      ...relationLines(),
      ...[describeSearched(columns) ?? []].flat(),
      ...rules.map((rule) => `rule ${describeRule(rule)}`),
      ...(reason ? [`recipe ${recipe}: ${reason}`] : []),
    )
  // the card has no cell of a column that was left out
  const leftOut = dropped.map(({ name, reason: why, example }) => ({
    name,
    reason: example === undefined ? why : why.replaceAll(example, '…'),
  }))
  return {
    recipe,
    drawn,
    encoding,
    recorded: {
      ...(leftOut.length > 0 && { leftOut }),
      ...(rare.allowed.length > 0 && { rareNames: [...rare.allowed] }),
    },
    notes,
    warnings: [...rare.warnings, ...roomWarnings(columns, rows)],
  }

  function relationLines(): string[] {
    const { encoding: card } = encoding
    // said when it was fitted
    if (config || !card) return relations.map(describeRelation)
    const tables = [table, ...(validation ? [validation] : [])]
    return foundLines(tables, card, unconfirmed)
  }

  async function fitted() {
    const { knots, minCategory, independent, rules } = request
    const rareNames = [...rare.allowed.map(({ column }) => column), ...made]
    if (isByValue) {
      const parts = fittingTable(table, {
        knots,
        minCategory,
        rareNames,
        independent,
        rules,
        context,
        parentCells,
        step,
        others: validation,
        onNote: (note) => unconfirmed.push(note),
      })
      return inParts(parts, { signal: request.signal, onProgress: request.onWork })
    }
    requireNumbers(table, 'a recipe of points')
    refuseOptions(request, byValue, "is the recipe table's")
    return fitEncoding(table, isBuiltIn ? 'exact' : 'means')
  }
}
