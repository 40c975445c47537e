import { scheduleWarning } from '../diffusion/schedule.ts'
import { type Description, describeConfig } from '../model/description.ts'
import type { RunConfig } from '../model/run-config.ts'
import { describeLeftOut } from '../table/describe.ts'
import { isScaled } from '../table/encodings/encoding.ts'
import { float32Losses } from '../table/encodings/float32-losses.ts'
import { fewRowsWarning } from './few-rows.ts'
import type { AmongTables, TrainRequest } from './options.ts'
import { recipeOf } from './recipes.ts'
import { type ResolvedColumns, resolveColumns } from './resolve/columns.ts'
import { type ResolvedData, resolveData } from './resolve/data.ts'
import { resolveNetwork, resolveRecipe, resolveSchedule } from './resolve/recipe.ts'
import type { FindFile } from './runtime.ts'

export type { AmongTables } from './options.ts'

/** A resolved request. */
export interface ResolvedRun
  extends Pick<ResolvedData, 'table' | 'holdout' | 'validation' | 'dropped'>,
    Pick<ResolvedColumns, 'notes' | 'warnings'> {
  readonly config: Omit<RunConfig, 'engine'>
  readonly description: Description
}

/**
 * Resolves a checked request, from top to bottom: each resolver takes what those before it found, and no other code reads the request's
 * options for the data, the model or the steps. The engine is chosen later. Throws InputError if the recipe is unknown, or the data, the
 * network or the schedule is wrong.
 */
export async function resolveConfig(
  request: TrainRequest,
  findFile: FindFile | undefined,
  among: AmongTables = { context: [] },
): Promise<ResolvedRun> {
  // refused before a large file is read
  if (request.recipe !== undefined) recipeOf(request.recipe)
  const data = await resolveData(request, findFile, among)
  const columns = await resolveColumns(request, data, among)
  const recipe = resolveRecipe(request, columns, among)
  const network = resolveNetwork(request, columns, recipe)
  const { T, schedule, ...drawing } = resolveSchedule(request, recipe)
  // in the order of config.json
  const config = among.config ?? {
    ...{ T, schedule },
    ...columns.encoding,
    ...network.recorded,
    ...data.recorded,
    ...columns.recorded,
    seed: data.seed,
    ...drawing,
    training: recipe.training,
  }
  const description = describeConfig(config)
  const { table, holdout, validation, dropped } = data
  // without a listener, the caller should still learn of what is missing
  const unsaid = request.onNote ? [] : (dropped ?? []).map(describeLeftOut)
  const doubts = [
    ...columns.warnings,
    ...(isScaled(description.encoding) ? float32Losses(table) : [fewRowsWarning(table)]),
    scheduleWarning(description.schedule),
    network.warning,
    ...unsaid,
  ]
  const warnings = doubts.filter((doubt) => doubt !== undefined)
  return { config, description, table, holdout, validation, notes: columns.notes, warnings, dropped }
}
