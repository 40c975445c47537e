/** What a request leaves open, as its recipe has it: the training, the network and the schedule. */
import { InputError } from '../../core/errors.ts'
import { unusualTraits } from '../../model/description.ts'
import { headOf } from '../../model/heads/index.ts'
import { sinusoidalWidth, type TimeEmbedding } from '../../model/network.ts'
import type { RunConfig } from '../../model/run-config.ts'
import { type AmongTables, refuseOptions, type TrainRequest } from '../options.ts'
import { dataSizeOf, type Recipe, recipeOf } from '../recipes.ts'
import type { ResolvedColumns } from './columns.ts'

/**
 * How a request trains, and the recipe that fills in the rest: that for data of this size. That of a table among others is of the columns that are drawn, and of as many rows as there would be
 * if no two had a parent in common, or all had one, in their geometric mean: rows of few parents are learned by heart as few rows are.
 */
export function resolveRecipe(
  request: TrainRequest,
  { recipe: name, drawn }: ResolvedColumns,
  { parents }: AmongTables,
) {
  const { count } = drawn
  const rows = parents === undefined ? count : Math.round(Math.sqrt(count * parents))
  const recipe = recipeOf(name, { ...dataSizeOf(drawn), rows })
  const { candidates = recipe.candidates ?? 1 } = request
  const { ema = recipe.ema } = request
  const training: RunConfig['training'] = {
    recipe: name,
    steps: request.steps ?? recipe.steps,
    batchSize: Math.min(request.batchSize ?? recipe.batchSize ?? count, count),
    learningRate: request.learningRate ?? recipe.learningRate,
    lrDecay: request.lrDecay ?? recipe.lrDecay,
    ...(recipe.warmup !== undefined && { warmup: recipe.warmup }),
    ...(recipe.beta2 !== undefined && { beta2: recipe.beta2 }),
    lossWeighting: request.lossWeighting ?? recipe.lossWeighting,
    weightDecay: request.weightDecay ?? recipe.weightDecay,
    ...(candidates > 1 && { candidates }),
    ema,
  }
  return { recipe, training }
}

/** Minimum units of a layer for each column. */
const unitsPerColumn = 2

/** Widths of a table's network are raised up to this one, as wider ones take too long. */
const widestForTable = 512

/** Number of sines and cosines of the noise level. */
const noiseFeatures = 16

/**
 * The network of a request, and a warning if its widths are too narrow: a recipe's widths are raised for many columns, but up to ten of points, and 256 or 160 of a table, need no change.
 * Throws InputError on an option that the recipe's traits rule out.
 */
export function resolveNetwork(
  request: TrainRequest,
  { encoding: { columns } }: ResolvedColumns,
  { recipe }: { readonly recipe: Recipe },
) {
  const { traits } = recipe
  if (headOf(traits).toSample)
    refuseOptions(
      request,
      ['predictionType', 'timeEmbedding', 'lossWeighting'],
      'is for recipes of points, and this recipe predicts v for numbers and odds for categories',
    )
  const least =
    recipe.encoding === 'scaled' ? unitsPerColumn * columns.length : Math.min(columns.length, widestForTable)
  const defaultHidden = recipe.hidden.map((width) => Math.max(width, least))
  const { hidden = defaultHidden, predictionType = recipe.predictionType } = request
  if (traits.residual && (hidden.length === 0 || hidden.some((width) => width !== hidden[0])))
    throw new InputError(
      `hidden is ${hidden.join(',') || 'empty'}: a table's network has residual layers: give one width for all, such as 256,256,256`,
      'out-of-range',
      { option: 'hidden', value: hidden },
    )
  const kind = request.timeEmbedding ?? recipe.timeEmbedding
  const timeEmbedding: TimeEmbedding =
    kind === 'one_hot_linear'
      ? { kind }
      : { kind, width: kind === 'log_sigma' ? noiseFeatures : sinusoidalWidth }
  const network = unusualTraits({ ...traits, time: timeEmbedding })
  const narrowest = Math.min(...hidden)
  // samples of too narrow a network would be garbage; a recipe's widths are the user's no choice
  const warning =
    request.hidden && narrowest < columns.length
      ? `a layer of ${narrowest} gives an output of rank ${narrowest}, which can't follow ${columns.length} columns: give \`hidden\` ` +
        `layers of at least ${columns.length}, ideally ${unitsPerColumn * columns.length}`
      : undefined
  return { recorded: { predictionType, hidden, timeEmbedding, ...(network && { network }) }, warning }
}

/** The timesteps and noise levels, and how samples are drawn by default. `describeConfig` refuses a wrong schedule. */
export function resolveSchedule(
  request: TrainRequest,
  { recipe }: { readonly recipe: Recipe },
): Pick<RunConfig, 'T' | 'schedule' | 'sampler' | 'numSteps'> {
  const { T = recipe.T, schedule = recipe.schedule } = request
  return { T, schedule, sampler: recipe.sampler, numSteps: Math.min(recipe.numSteps, T) }
}
