/** A run that goes on: its checkpoint, and the rows in its store. */
import { InputError, outOfRange } from '../core/errors.ts'
import { describeConfig } from '../model/description.ts'
import { parameterCount } from '../model/network.ts'
import { formerEngine, type RunConfig } from '../model/run-config.ts'
import { nameOfStore, type RunStore } from '../model/run-store.ts'
import { runConfigIn } from '../model/stored-run.ts'
import { readSafetensors } from '../model/weights.ts'
import type { Points } from '../numerics/points.ts'
import { makeDataset } from '../table/datasets/index.ts'
import { encodeCells } from '../table/encodings/encode.ts'
import { codedColumns, type Encoding } from '../table/encodings/encoding.ts'
import { CsvReader } from '../table/formats/csv.ts'
import { kindsOf, type NamedTable } from '../table/table.ts'
import type { TrainingData } from './batches.ts'
import type { EngineState } from './engine.ts'
import { requiredForResume } from './history.ts'
import type { ResumeRequest } from './options.ts'
import { configText, isRegenerated, type Run, trainingSeed } from './run.ts'
import type { TrainingRuntime } from './runtime.ts'

/**
 * A run from its checkpoint, extended if more steps are requested. Throws InputError if there is no run, a part is
 * missing, or fewer steps are requested than it has.
 */
export async function continuedRun(
  request: Omit<ResumeRequest, 'out'>,
  runtime: TrainingRuntime,
): Promise<Run> {
  const { threads, onWarning = console.warn } = request
  const { store } = runtime
  const recorded = await runConfigIn(store)
  const config = extended(recorded, request)
  const description = describeConfig(config)
  const state = await loadCheckpoint(store, parameterCount(description.network))
  // unchanged, in its own order
  const written = JSON.parse(new TextDecoder().decode(await requiredForResume(store, 'config')))
  const hasFormerEngine = written.engine === formerEngine
  if (hasFormerEngine)
    onWarning(
      `the engine ${formerEngine} no longer exists: the run continues on ${config.engine}, with other bits`,
    )
  if (config !== recorded || hasFormerEngine) {
    written.training.steps = config.training.steps
    written.engine = config.engine
    if (config !== recorded) for (const part of ['closeness', 'verdicts']) delete written[part]
    await store.writeTogether({ config: configText(written) })
  }
  const loadData = () => resumedData(store, config, description.encoding)
  const rowsIn = (file: 'train' | 'holdout') => tableIn(store, file, description.encoding)
  const loadRows = async () => ({ train: await rowsIn('train'), holdout: await rowsIn('holdout') })
  const seed = trainingSeed(config)
  const parts = { config, description, seed, state, threads, runtime, loadData, loadRows }
  return { ...parts, isNew: false, observers: request }
}

/** The config of a run extended to more steps. */
function extended(
  config: RunConfig,
  { steps = config.training.steps, onWarning = console.warn }: Omit<ResumeRequest, 'out'>,
): RunConfig {
  const { training } = config
  if (steps === training.steps) return config
  if (steps < training.steps)
    throw outOfRange('steps', steps, `give at least ${training.steps}: a resumed run can only grow`)
  if (training.lrDecay !== 'none')
    onWarning(
      `the learning rate now falls to 0 by step ${steps}, not ${training.steps}: the weights will differ from ` +
        `those of an unbroken run of ${steps} steps`,
    )
  // what was measured is of fewer steps
  const { closeness: _, verdicts: __, ...unmeasured } = config
  return { ...unmeasured, training: { ...training, steps } }
}

/** Loads the checkpoint. Throws InputError if there is none, or it is of another network. */
async function loadCheckpoint(store: RunStore, parameterCount: number): Promise<EngineState> {
  const name = `${nameOfStore(store)}, the checkpoint`
  const { tensors, metadata } = readSafetensors(await requiredForResume(store, 'checkpoint'), name)
  const flat = (part: string) => {
    const data = tensors.get(part)?.data
    if (data?.length !== parameterCount)
      throw new InputError(`${name}: ${part} is not of the network in config.json`, 'bad-model')
    return data
  }
  return {
    parameters: flat('parameters'),
    firstMoment: flat('firstMoment'),
    secondMoment: flat('secondMoment'),
    average: tensors.has('average') ? flat('average') : undefined,
    step: Number(metadata.step),
  }
}

/**
 * The training data of a resumed run. Throws InputError if the caller's points, or a student's pairs, are missing from
 * the checkpoint.
 */
async function resumedData(store: RunStore, config: RunConfig, encoding: Encoding): Promise<TrainingData> {
  const { dataset, seed, columns, teacher } = config
  if (isRegenerated(config) && dataset && 'name' in dataset) {
    if (seed === undefined)
      throw new InputError(
        `${nameOfStore(store)}: config.json has no seed: train it anew with \`force\``,
        'bad-model',
      )
    const table = { name: dataset.name, ...makeDataset(dataset, seed) }
    return { x_0: encodeCells(encoding, table) }
  }
  const { tensors } = readSafetensors(
    await requiredForResume(store, 'data'),
    `${nameOfStore(store)}, the data`,
  )
  // a built-in dataset's `rows` include held-out ones
  const rows = teacher?.pairs ?? (dataset && 'file' in dataset ? dataset.rows : undefined)
  const codes = teacher ? columns.length : codedColumns(encoding).length
  const pointsOf = (name: string): Points => {
    const tensor = tensors.get(name)
    const [count = 0, dim = 0] = tensor?.shape ?? []
    if (!tensor || count !== (rows ?? count) || dim !== codes)
      throw new InputError(
        `${nameOfStore(store)}: checkpoint/data.safetensors is not of the ${teacher ? 'pairs' : 'dataset'} in ` +
          'config.json: train it anew with `force`',
        'bad-model',
      )
    return { data: tensor.data, count, dim }
  }
  return { x_0: pointsOf('x_0'), ...(teacher && { x_T: pointsOf('x_T') }) }
}

/** Characters that a reader takes at once, since it keeps what it has not parsed. */
const readAtOnce = 2 ** 20

/** The training rows, or those that were kept aside, in a run's store, if it has them. Throws InputError as a CSV file does. */
export async function tableIn(
  store: RunStore,
  file: 'train' | 'holdout' | 'validation',
  encoding: Encoding,
): Promise<NamedTable | undefined> {
  const bytes = await store.read(file)
  if (!bytes) return undefined
  const name = `${file}.csv`
  const reader = new CsvReader(name, { choice: { types: kindsOf(encoding) }, minRows: 1 }, bytes.length)
  const text = new TextDecoder().decode(bytes)
  for (let at = 0; at < text.length; at += readAtOnce) reader.push(text.slice(at, at + readAtOnce))
  return { name, ...reader.end() }
}
