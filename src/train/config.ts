import { InputError } from '../core/errors.ts'
import { counted } from '../core/format.ts'
import type { RareNames } from '../measure/rare-names.ts'
import { type Description, describeConfig, unusualTraits } from '../model/description.ts'
import { headOf } from '../model/heads/index.ts'
import { sinusoidalWidth, type TimeEmbedding } from '../model/network.ts'
import type { RunConfig } from '../model/run-config.ts'
import { shuffled } from '../numerics/random.ts'
import { describeColumns, describeLeftOut } from '../table/describe.ts'
import { cardEncoding, fitEncoding } from '../table/encodings/encoding.ts'
import { fitTable } from '../table/encodings/fit.ts'
import type { LeftOut } from '../table/inference/decision.ts'
import { describeRelation } from '../table/relations/index.ts'
import { describeSearched } from '../table/relations/numbers.ts'
import type { Step } from '../table/relations/step.ts'
import { describeRule, fitRules } from '../table/rules/index.ts'
import { parseRules } from '../table/rules/parse.ts'
import {
  type NamedTable,
  namesOf,
  requireNumbers,
  rowsAt,
  type Table,
  withoutColumns,
} from '../table/table.ts'
import { loadTrainingData } from './data.ts'
import { prepareMade, roomWarnings } from './made-columns.ts'
import type { TrainRequest } from './options.ts'
import { checkRareNames } from './rare-names.ts'
import { type DataSize, dataSizeOf, type Recipe, recipeFor, recipeOf } from './recipes.ts'
import type { TableFiles } from './runtime.ts'

/** A resolved request. */
export interface ResolvedRun {
  readonly config: Omit<RunConfig, 'engine'>
  readonly description: Description
  /** The rows to train on. */
  readonly table: NamedTable
  /** Held-out rows, if any. */
  readonly holdout: NamedTable | undefined
  /** What was inferred and chosen for a table that is not built in. */
  readonly notes: readonly string[]
  readonly warnings: readonly string[]
  /** The columns that were left out, and why. */
  readonly dropped?: readonly LeftOut[] | undefined
}

/** What a table among several has beside its rows. */
export interface AmongTables {
  /** Columns that are known of every row, such as those of its parent. */
  readonly context: readonly string[]
  /** The rows that are held out. */
  readonly holdout?: NamedTable | undefined
  /** A column that is learned as the step from one of the context. */
  readonly step?: Step | undefined
  /** How many parents the rows have. */
  readonly parents?: number | undefined
  /** What was fitted to the same rows before, so that it is not fitted again. */
  readonly config?: ResolvedRun['config'] | undefined
}

/**
 * Fills in the recipe's choices for checked options; the engine is chosen later. Throws InputError if the recipe is
 * unknown, or the data or the schedule is wrong.
 */
export async function resolveConfig(
  options: TrainRequest,
  files: TableFiles | undefined,
  among: AmongTables = { context: [] },
): Promise<ResolvedRun> {
  const { seed = 0 } = options
  if (options.recipe !== undefined) recipeOf(options.recipe)
  const notes: string[] = []
  const loaded = await loadTrainingData(options, seed, files)
  const { source } = loaded
  const { table: all, leftOut } = await prepareMade(loaded.table, options)
  const dropped = loaded.dropped && [...loaded.dropped, ...leftOut]
  notes.push(...(dropped ?? []).map(describeLeftOut))
  // all rows must meet them, and are numbered as in their file
  if (options.rules) fitRules(parseRules(options.rules, namesOf(all)), all)
  const { table, holdout } = among.holdout
    ? {
        table: all,
        holdout: withoutColumns(
          among.holdout,
          leftOut.map(({ name }) => name),
        ),
      }
    : setAside(all, options.holdout ?? 0, seed)
  const chosen = options.recipe === undefined ? recipeFor(table) : { name: options.recipe, reason: undefined }
  const { allowed, warnings } =
    recipeOf(chosen.name).encoding === 'by value'
      ? checkRareNames(withoutColumns(table, among.context), options)
      : { allowed: [], warnings: [] }
  const config =
    among.config ??
    configOf(options, chosen.name, {
      among,
      table,
      source,
      holdout,
      leftOut: dropped ?? [],
      rareNames: allowed,
    })
  if (!source || 'file' in source) {
    notes.push(
      ...describeColumns(withoutColumns(table, among.context)),
      ...(config.encoding?.relations ?? []).map(describeRelation),
      ...[describeSearched(config.encoding?.columns ?? []) ?? []].flat(),
      ...(config.encoding?.rules ?? []).map((rule) => `rule ${describeRule(rule)}`),
    )
    if (chosen.reason) notes.push(`recipe ${chosen.name}: ${chosen.reason}`)
  }
  const columns = config.encoding?.columns ?? table.columns
  return {
    config,
    description: describeConfig(config),
    table,
    holdout,
    notes,
    warnings: [...warnings, ...roomWarnings(columns, all.count)],
    dropped,
  }
}

/**
 * The size of a table among others: of the columns that are drawn, and of as many rows as there would be if no two had a parent in
 * common, or all had one, in their geometric mean. Rows of few parents are learned by heart as few rows are.
 */
function sizeAmong(table: Table, { context, parents }: AmongTables): DataSize {
  const size = dataSizeOf(withoutColumns(table, context))
  return parents === undefined ? size : { ...size, rows: Math.round(Math.sqrt(size.rows * parents)) }
}

/** A run's config.json but for its engine: what the options say, and the recipe's values for the rest. */
function configOf(
  options: TrainRequest,
  name: string,
  {
    table,
    among,
    source,
    holdout,
    leftOut,
    rareNames,
  }: Pick<ResolvedRun, 'table' | 'holdout'> & {
    readonly among: AmongTables
    readonly source: RunConfig['dataset']
    readonly leftOut: readonly LeftOut[]
    readonly rareNames: readonly RareNames[]
  },
): ResolvedRun['config'] {
  const recipe = recipeOf(name, sizeAmong(table, among))
  const { T = recipe.T, schedule = recipe.schedule, ema = recipe.ema } = options
  const { candidates = recipe.candidates ?? 1 } = options
  const { count } = table
  return {
    T,
    schedule,
    ...encodingIn(recipe, table, options, among),
    ...networkIn(recipe, table, options),
    ...(source && { dataset: 'file' in source ? { ...source, rows: count } : source }),
    ...(holdout && options.holdout !== undefined && { holdout: options.holdout }),
    ...(leftOut.length > 0 && { leftOut: leftOut.map(withoutCell) }),
    ...(rareNames.length > 0 && { rareNames: [...rareNames] }),
    seed: options.seed ?? 0,
    sampler: recipe.sampler,
    numSteps: Math.min(recipe.numSteps, T),
    training: {
      recipe: name,
      steps: options.steps ?? recipe.steps,
      batchSize: Math.min(options.batchSize ?? recipe.batchSize ?? count, count),
      learningRate: options.learningRate ?? recipe.learningRate,
      lrDecay: options.lrDecay ?? recipe.lrDecay,
      ...(recipe.warmup !== undefined && { warmup: recipe.warmup }),
      ...(recipe.beta2 !== undefined && { beta2: recipe.beta2 }),
      lossWeighting: options.lossWeighting ?? recipe.lossWeighting,
      weightDecay: options.weightDecay ?? recipe.weightDecay,
      ...(candidates > 1 && { candidates }),
      ema,
    },
  }
}

/** A column that was left out, for the card, which has none of its cells. */
function withoutCell({ name, reason, example }: LeftOut) {
  return { name, reason: example === undefined ? reason : reason.replaceAll(example, '…') }
}

/**
 * Holds out a share of the rows, chosen by the seed; both parts keep the table's order. Throws InputError if too few
 * rows are left.
 */
function setAside(
  table: NamedTable,
  share: number,
  seed: number,
): { table: NamedTable; holdout: NamedTable | undefined } {
  if (share === 0) return { table, holdout: undefined }
  const { count } = table
  const aside = Math.round(share * count)
  if (aside < 1 || count - aside < 2)
    throw new InputError(
      `holdout is ${share}, which sets aside ${aside} of the ${counted(count, 'row')} of ${table.name}: give a share that sets aside at least 1 row and leaves at least 2`,
      'out-of-range',
      { option: 'holdout', value: share },
    )
  const order = shuffled(count, seed, holdoutStep)
  const part = (from: number, to: number) => rowsAt(table, order.slice(from, to).sort())
  return { table: part(aside, count), holdout: part(0, aside) }
}

/** The step of the holdout's row order, beyond any pass over the rows. */
const holdoutStep = 2 ** 32 - 1

/** The encoding of the recipe's kind. Throws InputError if it can't take the table, or on options of the other kind. */
function encodingIn(
  recipe: Recipe,
  table: NamedTable,
  options: TrainRequest,
  { context, step }: AmongTables,
) {
  if (recipe.encoding === 'by value') {
    const { knots, minCategory, independent, rules } = options
    return cardEncoding(fitTable(table, { knots, minCategory, independent, rules, context, step }))
  }
  requireNumbers(table, 'a recipe of points')
  for (const name of [
    'knots',
    'minCategory',
    'allowRareNames',
    'independent',
    'rules',
    'candidates',
  ] as const)
    refuseOption(name, options, "is the recipe table's")
  return cardEncoding(fitEncoding(table))
}

/** The network's traits and what it predicts. Throws InputError on an option that the recipe's traits rule out. */
function networkIn(
  recipe: Recipe,
  table: NamedTable,
  options: TrainRequest,
): Pick<RunConfig, 'predictionType' | 'hidden' | 'timeEmbedding' | 'network'> {
  const { traits } = recipe
  if (headOf(traits).toSample)
    for (const name of ['predictionType', 'timeEmbedding', 'lossWeighting'] as const)
      refuseOption(
        name,
        options,
        'is for recipes of points, and this recipe predicts v for numbers and odds for categories',
      )
  const defaultHidden = widthsFor(recipe, table.columns.length)
  const { hidden = defaultHidden, predictionType = recipe.predictionType } = options
  if (traits.residual && (hidden.length === 0 || hidden.some((width) => width !== hidden[0])))
    throw new InputError(
      `hidden is ${hidden.join(',') || 'empty'}: a table's network has residual layers: give one width for all, such as 256,256,256`,
      'out-of-range',
      { option: 'hidden', value: hidden },
    )
  const timeEmbedding = timeEmbeddingOf(options.timeEmbedding ?? recipe.timeEmbedding)
  const network = unusualTraits({ ...traits, time: timeEmbedding })
  return { predictionType, hidden, timeEmbedding, ...(network && { network }) }
}

function refuseOption(name: keyof TrainRequest, options: TrainRequest, why: string): void {
  if (options[name] !== undefined)
    throw new InputError(`\`${name}\` ${why}: leave it out`, 'conflict', { option: name })
}

/** Minimum units of a layer for each column. */
const unitsPerColumn = 2

/** Widths of a table's network are raised up to this one, as wider ones take too long. */
const widestForTable = 512

/** A recipe's widths, raised for many columns: up to ten of points and 256 of a table need no change. */
function widthsFor({ hidden, encoding }: Recipe, columns: number): number[] {
  const least = encoding === 'scaled' ? unitsPerColumn * columns : Math.min(columns, widestForTable)
  return hidden.map((width) => Math.max(width, least))
}

/** A warning if a network is too narrow for its table, whose samples would be garbage. */
export function widthWarning({ hidden, columns }: Pick<RunConfig, 'hidden' | 'columns'>): string | undefined {
  const narrowest = Math.min(...hidden)
  if (narrowest >= columns.length) return undefined
  return (
    `a layer of ${narrowest} gives an output of rank ${narrowest}, which can't follow ${columns.length} columns: give \`hidden\` ` +
    `layers of at least ${columns.length}, ideally ${unitsPerColumn * columns.length}`
  )
}

function timeEmbeddingOf(kind: TimeEmbedding['kind']): TimeEmbedding {
  if (kind === 'one_hot_linear') return { kind }
  return { kind, width: kind === 'log_sigma' ? noiseFeatures : sinusoidalWidth }
}

/** Number of sines and cosines of the noise level. */
const noiseFeatures = 16
