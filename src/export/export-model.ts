/** Export: the files of a trained run, model.onnx, sampler.onnx and seeded.onnx, with their cards. */
import { digestOf } from '../core/bytes.ts'
import { InputError } from '../core/errors.ts'
import { counted, shortFloat32 } from '../core/format.ts'
import { anything, callback, checkOptions, flag } from '../core/options.ts'
import {
  chooseProcess,
  describeProcess,
  type Process,
  type ProcessChoice,
  processChoiceOf,
  processWarning,
  reverseProcess,
} from '../diffusion/process.ts'
import { samplerChecks } from '../diffusion/samplers/index.ts'
import { createSchedule, spacedTimesteps } from '../diffusion/schedule.ts'
import { cardFormat, type GoldenCall, type GoldenSample, type ModelCard, parseCard } from '../model/card.ts'
import { referencePredictor } from '../model/compute/reference.ts'
import { type Description, describeCard, describeConfig, unusualTraits } from '../model/description.ts'
import { callTimesteps, foldNetwork } from '../model/folded.ts'
import { exampleCondition } from '../model/inputs.ts'
import { checkWeights, initialWeights, type Network, networkOf, postNetwork } from '../model/network.ts'
import { parseAs } from '../model/parse.ts'
import { type ExportConfig, exportSchema } from '../model/run-config.ts'
import type { NamedWeights } from '../model/weights.ts'
import { type Condition, type Points, sliceRows, toFloat64 } from '../numerics/points.ts'
import { standardNormals, streams } from '../numerics/random.ts'
import { encodeModelFile, graphOfModel } from '../onnx/card-graph.ts'
import type { Graph } from '../onnx/graph.ts'
import { dataUnitsOf } from '../table/encodings/decode.ts'
import { encodingOf } from '../table/encodings/encoding.ts'
import { describeRule } from '../table/rules/index.ts'
import { numberedNames } from '../table/table.ts'

/** What an export needs of a trained run. */
export interface TrainedModel {
  readonly config: ExportConfig
  readonly weights: NamedWeights
}

/** Process of sampler.onnx and seeded.onnx; the run's recommendation fills in the rest. */
export type SamplerExport = ProcessChoice & {
  /** Whether sampler.onnx also outputs every state, x_T to x_0. */
  readonly trajectory?: boolean | undefined
  /** Receives warnings; defaults to `console.warn`. */
  readonly onWarning?: ((message: string) => void) | undefined
}

/** The files' bytes, for `loadModel` or to write. */
export interface Exported {
  readonly model: Uint8Array
  readonly sampler?: Uint8Array
  readonly seeded?: Uint8Array
}

export function samplerExportCheck(option: string, value: unknown): void {
  checkOptions<SamplerExport>(option, value, {
    ...samplerChecks(),
    numSteps: anything,
    timesteps: anything,
    trajectory: flag,
    onWarning: callback,
  })
}

/** Makes model.onnx and, given a process, sampler.onnx. Throws as `exportSampler` does. */
export async function exportModelOf(
  trained: TrainedModel,
  sampler: SamplerExport | undefined,
): Promise<Exported> {
  const model = await exportNoisePredictor(trained)
  return { model, ...(sampler && { sampler: await exportSampler(trained, sampler) }) }
}

/** Makes model.onnx, the noise predictor. The same weights and config give the same bytes. */
export async function exportNoisePredictor({ config, weights }: TrainedModel): Promise<Uint8Array> {
  const { card, network } = await baseCard(config, weights)
  return finish(card, (description) => graphOfModel(description, { kind: 'whole', network, weights }, false))
}

/** Makes sampler.onnx, the whole reverse process. Throws if the schedule or the sampler refuses the steps. */
export async function exportSampler(trained: TrainedModel, options: SamplerExport = {}): Promise<Uint8Array> {
  const { trajectory = false, onWarning = console.warn } = options
  const { card, folded } = await wholeProcess(trained, options)
  const { candidates } = trained.config
  if (candidates)
    onWarning(
      `sampler.onnx alone draws a single candidate of each row: loaded by moonstep it has ${candidates.count}, and so has seeded.onnx`,
    )
  const outputs = trajectory ? ['x_0', 'trajectory'] : ['x_0']
  const ofTable = card.encoding && ({ format: cardFormat, outputs } as const)
  return finish({ ...card, ...ofTable }, (description) => graphOfModel(description, folded, trajectory))
}

/** Prepares a file of the whole reverse process. Throws as `exportSampler` does. */
export async function wholeProcess({ config, weights }: TrainedModel, options: SamplerExport) {
  const { onWarning = console.warn } = options
  const { card: base, network, schedule } = await baseCard(config, weights)
  const { predictionType, recommended } = base
  const process = chooseProcess({ schedule, predictionType, recommended }, processChoiceOf(options))
  for (const warning of [processWarning(process), lackWarning(config)]) if (warning) onWarning(warning)
  const goldenSample = await makeGoldenSample(network, weights, process)
  const folded = foldNetwork(network, weights, callTimesteps(process))
  const { sampler, timesteps } = process
  // they are of samples of the recommended process
  const { verdicts, ...others } = base
  const isRecommended = describeProcess(process) === describeProcess(recommended)
  const card = isRecommended ? base : others
  // a card of format 1 lists the parameters of all its samplers: null marks those that this sampler lacks
  const all: object = { variance: null, eta: null, order: null, ...sampler, timesteps }
  return { card: { ...card, sampler: all as ModelCard['sampler'], goldenSample }, folded }
}

/** What a graph of the whole process can't do, which our own code does with it. */
function lackWarning({ encoding }: ExportConfig): string | undefined {
  const { columns = [], rules = [] } = encoding ?? {}
  const texts = columns.filter(({ as }) => as === 'generated').map(({ name }) => name)
  const lacks = [
    ...(texts.length > 0 ? [`make no texts of ${texts.join(', ')}`] : []),
    ...(rules.length > 0 ? [`keep no rules (${rules.map(describeRule).join('; ')})`] : []),
  ]
  return lacks.length === 0
    ? undefined
    : `sampler.onnx and seeded.onnx by themselves ${lacks.join(' and ')}: moonstep does, with model.onnx or sampler.onnx`
}

async function baseCard(exportConfig: ExportConfig, weights: NamedWeights) {
  // as in config.json, so that a run in memory makes the same bytes as its folder
  const config = parseAs(exportSchema, exportConfig, 'the run')
  const { T } = config
  const schedule = createSchedule(config.schedule, T)
  const network = networkIn(config, weights, schedule.alphaBars)
  checkWeights(network, weights)
  const traits = unusualTraits(network)
  const card: Omit<ModelCard, 'digests'> = {
    format: config.encoding?.relations?.length ? cardFormat : traits ? 3 : config.encoding ? 2 : 1,
    dim: network.dim,
    ...columnsOf(config, network.dim),
    T,
    schedule: { ...config.schedule, betas: schedule.betas },
    predictionType: config.predictionType,
    network: { hidden: network.hidden, timeEmbedding: network.time, ...traits },
    ...(config.encoding ? { encoding: config.encoding } : { scaler: config.scaler }),
    ...(config.leftOut && { leftOut: config.leftOut }),
    ...(config.rareNames && { rareNames: config.rareNames }),
    ...(config.candidates && { candidates: config.candidates }),
    ...(config.verdicts && { verdicts: config.verdicts }),
    dataset: config.dataset ?? null,
    seed: config.seed ?? null,
    ...(config.teacher && { teacher: config.teacher }),
    // a run with fewer timesteps than recommended steps takes all of them
    recommended: {
      sampler: config.sampler,
      timesteps: spacedTimesteps(T, Math.min(config.numSteps ?? T, T)),
    },
    golden: await makeGoldenCalls(network, weights),
  }
  return { card, network, schedule }
}

/** The network of the config; without traits, the post's, whose sizes follow from the weights' names and shapes. */
function networkIn(
  { encoding, network, hidden = [], timeEmbedding = { kind: 'one_hot_linear' }, ...config }: ExportConfig,
  weights: NamedWeights,
  alphaBars: readonly number[],
): Network {
  if (!encoding && !network) return networkOf(weights, alphaBars)
  const columns = config.columns ?? []
  return describeConfig({ ...config, columns, encoding, network, hidden, timeEmbedding }).network
}

/** The card's columns. Throws if the config's columns don't fit the weights. */
function columnsOf(
  config: ExportConfig,
  dim: number,
): Pick<ModelCard, 'columns' | 'integerColumns' | 'numberForms'> {
  const { scaler, encoding, integerColumns = [], numberForms } = config
  if (encoding) return { columns: encoding.columns.map(({ name }) => name) }
  if (scaler?.min.length !== dim)
    throw new InputError(
      `the scaler has ${counted(scaler?.min.length ?? 0, 'column')}, the network's weights are for ${dim}`,
      'bad-model',
    )
  const columns = config.columns ?? numberedNames(dim)
  const names = `there are ${columns.length} column names for ${counted(dim, 'column')}`
  if (columns.length !== dim) throw new InputError(names, 'bad-model')
  const { factors, shifts } = dataUnitsOf(encodingOf({ ...config, columns }))
  if (![...factors, ...shifts].every((x) => Number.isFinite(Math.fround(x))))
    throw new InputError('the scaler has a range beyond float32: give the columns another unit', 'bad-model')
  return { columns, integerColumns, ...(numberForms && { numberForms }) }
}

export function finish(
  card: Omit<ModelCard, 'digests'>,
  graphOf: (description: Description) => Graph,
  encode = encodeModelFile,
): Uint8Array {
  // a config from code may hold what no card can, such as rho = Infinity
  const parsed = parseCard(JSON.stringify({ ...card, digests: {} }), 'this model cannot be exported')
  const description = describeCard(parsed)
  const graph = graphOf(description)
  const digests = [...graph.constants].map(([name, { bytes }]) => [name, digestOf(bytes)] as const)
  const json = JSON.stringify({ ...card, digests: Object.fromEntries(digests) })
  return encode({ graph, description, json })
}

/** The smallest model.onnx that uses every part of an ordinary one, to test whether a provider runs. */
export function smallModel(): Promise<Uint8Array> {
  const config = {
    T: 2,
    schedule: { kind: 'linear', betaStart: 0.9, betaEnd: 0.99 },
    scaler: { min: [0], max: [1] },
    integerColumns: [],
    predictionType: 'epsilon',
    sampler: { name: 'ddpm', variance: 'fixed_small' },
  } as const
  const { alphaBars } = createSchedule(config.schedule, config.T)
  const network = postNetwork({ dim: 1, hidden: [4] }, alphaBars)
  return exportNoisePredictor({ config, weights: initialWeights(network, 0) })
}

const goldenCalls = 4
const goldenSamples = 2

function inputs(dim: number, count: number, stream: 0 | 1, step = 0): Points<Float64Array> {
  const data = standardNormals({ seed: 0, stream, step, start: 0, count, dim })
  return { data: Float64Array.from(data, shortFloat32), count, dim }
}

/** A few network calls at timesteps from T to 1, with the reference's outputs. Throws if one overflows float32. */
async function makeGoldenCalls(network: Network, weights: NamedWeights): Promise<GoldenCall[]> {
  const { T, dim } = network
  const x_t = inputs(dim, goldenCalls, streams.x_T)
  const t = Array.from({ length: goldenCalls }, (_, i) => Math.round(T - (i * (T - 1)) / (goldenCalls - 1)))
  const condition = goldenCondition(network, goldenCalls)
  const output = await referencePredictor(network, weights).predict(x_t, t, condition)
  if (!fitsFloat32(output))
    throw new InputError(
      "the network's output is not finite in float32: train it again, for example with a lower learning rate",
      'bad-model',
    )
  return t.map((timestep, i) => ({
    x_t: row(x_t, i),
    t: timestep,
    output: row(output, i),
    ...(condition && { known: row(condition.known, i), values: row(condition.values, i) }),
  }))
}

function goldenCondition(network: Network, count: number): Condition<Float64Array> | undefined {
  if (!network.takesCondition) return undefined
  const { known, values } = exampleCondition(network, count)
  return { known: toFloat64(known), values: toFloat64(values) }
}

/** A few whole reverse processes, with the reference's samples. Throws if a state overflows float32. */
async function makeGoldenSample(
  network: Network,
  weights: NamedWeights,
  process: Process,
): Promise<GoldenSample> {
  const x_T = inputs(network.dim, goldenSamples, streams.x_T)
  const noise = process.isStochastic
    ? process.timesteps.map((_, j) => inputs(network.dim, goldenSamples, streams.reverseNoise, j))
    : []
  const predictor = referencePredictor(network, weights)
  const condition = goldenCondition(network, goldenSamples)
  let x_0 = x_T
  const states = reverseProcess(process, predictor, { x_T, noise: (j) => noise[j]!, condition })
  for await (const { step, t, x } of states) {
    if (!fitsFloat32(x))
      throw new InputError(
        `the reverse process overflows float32 by step ${step}, at t = ${t}: the network does not undo ` +
          'the noise of its schedule: train it longer, or use a less steep schedule',
        'bad-model',
      )
    x_0 = x
  }
  return {
    x_T: rows(x_T),
    noise: noise.map(rows),
    x_0: rows(x_0),
    ...(condition && { known: rows(condition.known), values: rows(condition.values) }),
  }
}

function fitsFloat32({ data }: Points<Float64Array>): boolean {
  return data.every((x) => Number.isFinite(Math.fround(x)))
}

function row(points: Points<Float64Array>, i: number): number[] {
  return Array.from(sliceRows(points, i, i + 1).data, shortFloat32)
}

function rows(points: Points<Float64Array>): number[][] {
  return Array.from({ length: points.count }, (_, i) => row(points, i))
}
