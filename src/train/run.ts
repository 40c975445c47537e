import { joined } from '../core/bytes.ts'
import { InputError } from '../core/errors.ts'
import { pause } from '../core/work.ts'
import type { Description } from '../model/description.ts'
import { initialWeights, weightShapes } from '../model/network.ts'
import type { RunConfig } from '../model/run-config.ts'
import { nameOfStore, type RunFile, type RunStore, runFilePaths } from '../model/run-store.ts'
import { type NamedWeights, type WeightTensor, writeSafetensors } from '../model/weights.ts'
import { encodeCells } from '../table/encodings/encode.ts'
import { csvParts } from '../table/formats/csv-write.ts'
import type { LeftOut } from '../table/inference/decision.ts'
import type { NamedTable } from '../table/table.ts'
import type { TrainingData } from './batches.ts'
import { type ResolvedRun, resolveConfig } from './config.ts'
import { type EngineState, flatten, initialState, resultWeights } from './engine.ts'
import type { AmongTables, TrainRequest } from './options.ts'
import type { TrainingRuntime } from './runtime.ts'

type Observers = Pick<TrainRequest, 'onNote' | 'onWarning' | 'onProgress' | 'onWork' | 'onSamples' | 'signal'>

/** Rows that a run measures its samples by. */
export interface RowsOfRun {
  readonly train: NamedTable | undefined
  readonly holdout: NamedTable | undefined
}

/** A run before its next step, with everything its steps need. */
export interface Run {
  readonly config: RunConfig
  readonly description: Description
  /** Of the initial weights and the batches. */
  readonly seed: number
  readonly state: EngineState
  readonly runtime: TrainingRuntime
  /** The callbacks and the signal of the run's caller. */
  readonly observers: Observers
  /** Whether its files have not been written yet. */
  readonly isNew: boolean
  /** Threads of the engine, which chooses by default. */
  readonly threads: number | undefined
  /** Contents of train.csv, holdout.csv and validation.csv, if rows are kept aside; null for a file that there is not. */
  readonly tables?: Readonly<Record<'train' | 'holdout' | 'validation', Uint8Array | null>> | undefined
  /** Notes to give once the run exists. */
  readonly notes?: readonly string[] | undefined
  /** The columns of the dataset that were left out, and why. */
  readonly dropped?: readonly LeftOut[] | undefined
  /** The training rows as they were, if they are kept, and the rows that judge the samples, if any. */
  loadRows?(): Promise<RowsOfRun>
  /** Called once the engine is created. */
  loadData(): Promise<TrainingData>
}

/** Throws InputError if the store already holds a run. */
export async function requireFree(store: RunStore, force = false): Promise<void> {
  if (force) return
  for (const file of Object.keys(runFilePaths) as RunFile[])
    if (await store.read(file))
      throw new InputError(
        `${nameOfStore(store)} already has a run: give another \`out\`, \`resume\` to continue it, or \`force\` to overwrite it`,
        'exists',
      )
}

/**
 * A run of `train` before its first step. Throws InputError if its folder is taken, or an option or the data is wrong.
 */
export async function newRun(
  request: TrainRequest,
  runtime: TrainingRuntime,
  among?: AmongTables,
): Promise<Run> {
  await requireFree(runtime.store, request.force)
  const resolved = await resolveConfig(request, runtime.findFile, among)
  const { table, holdout, validation, notes, dropped } = resolved
  await pause(request.signal)
  const data = { x_0: encodeCells(resolved.description.encoding, table, 'kept') }
  const run = await startRun(request, resolved, async () => data, runtime)
  for (const warning of resolved.warnings) (request.onWarning ?? console.warn)(warning)
  const encoder = new TextEncoder()
  const textOf = async (rows: NamedTable | undefined) => {
    if (!rows) return null
    // as bytes: a large table's text takes a gigabyte as strings
    const parts: Uint8Array[] = []
    for (const part of csvParts(rows)) {
      parts.push(encoder.encode(part))
      await pause(request.signal)
    }
    return joined(parts)
  }
  const parts = {
    train: await textOf(table),
    holdout: await textOf(holdout),
    validation: await textOf(validation),
  }
  const tables = holdout || validation ? parts : undefined
  return { ...run, notes, dropped, tables, loadRows: async () => ({ train: tables && table, holdout }) }
}

/** A run before its first step, with the engine chosen and initial weights. */
export async function startRun(
  request: Pick<TrainRequest, 'engine' | 'threads' | 'onWarning'> & Observers,
  { config, description }: Pick<ResolvedRun, 'config' | 'description'>,
  loadData: () => Promise<TrainingData>,
  runtime: TrainingRuntime,
): Promise<Run> {
  const { network } = description
  const engine = await runtime.engines.choose(request)
  const seed = trainingSeed(config)
  const parameters = flatten(initialWeights(network, seed), weightShapes(network))
  const state = initialState(parameters, config.training.ema)
  const { threads } = request
  const parts = { description, seed, state, threads, runtime, loadData }
  return { ...parts, config: { ...config, engine }, isNew: true, observers: request }
}

/** Writes the run's files before the first step; an overwritten run is removed only once all of them are written. */
export async function writeNewRun(run: Run, { x_0, x_T }: TrainingData): Promise<void> {
  const { config, description, state, tables } = run
  const tensors = Object.entries({ ...(x_T && { x_T }), x_0 }).map(
    ([name, { data, count, dim }]) => [name, { shape: [count, dim], data }] as const,
  )
  await run.runtime.store.writeTogether({
    config: configText(config),
    ...checkpointFiles(state, resultWeights(state, description.network)),
    // a built-in dataset is regenerated
    data: isRegenerated(config) ? null : writeSafetensors(new Map(tensors)),
    ...(tables ?? { train: null, holdout: null, validation: null }),
  })
}

export function configText(config: RunConfig): string {
  return `${JSON.stringify(config, null, 2)}\n`
}

/** Seed of the initial weights and the batches. A student's `seed` is its teacher's, which regenerates its dataset. */
export function trainingSeed({ teacher, seed = 0 }: Omit<RunConfig, 'engine'>): number {
  return teacher?.seed ?? seed
}

/** The checkpoint's files, and the weights to sample with. */
export function checkpointFiles(state: EngineState, result: NamedWeights) {
  const { parameters, firstMoment, secondMoment, average } = state
  const tensors = new Map<string, WeightTensor>()
  for (const [name, data] of Object.entries({ parameters, firstMoment, secondMoment, average }))
    if (data) tensors.set(name, { shape: [data.length], data })
  return {
    checkpoint: writeSafetensors(tensors, { step: String(state.step) }),
    weights: writeSafetensors(result),
  }
}

/** Whether a run's data is a whole built-in dataset, which is regenerated. */
export function isRegenerated({ dataset, teacher, holdout, validation }: RunConfig): boolean {
  const isWhole = holdout === undefined && validation === undefined
  return !teacher && isWhole && dataset !== undefined && 'name' in dataset
}
