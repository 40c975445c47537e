/** Export: the files of a trained run, model.onnx, sampler.onnx and seeded.onnx, with their cards. */
import { digestOf } from '../core/bytes.ts'
import { InputError } from '../core/errors.ts'
import { counted } from '../core/format.ts'
import { anything, callback, checkOptions, flag } from '../core/options.ts'
import {
  chooseProcess,
  type Process,
  type ProcessChoice,
  processChoiceOf,
  processWarning,
} from '../diffusion/process.ts'
import { samplerChecks } from '../diffusion/samplers/index.ts'
import { createSchedule, spacedTimesteps } from '../diffusion/schedule.ts'
import { cardFormat, type ModelCard, parseCard } from '../model/card.ts'
import { type Description, describeCard, describeConfig, unusualTraits } from '../model/description.ts'
import { callTimesteps, type FoldedNetwork, foldNetwork } from '../model/folded.ts'
import { checkWeights, initialWeights, type Network, networkOf, postNetwork } from '../model/network.ts'
import { type ExportConfig, exportSchema } from '../model/run-config.ts'
import { parseAs } from '../model/schemas.ts'
import type { NamedWeights } from '../model/weights.ts'
import { encodeModelFile, graphOfModel } from '../onnx/card-graph.ts'
import type { Graph } from '../onnx/graph.ts'
import { dataUnitsOf, encodingOf } from '../table/encodings/encoding.ts'
import { numberedNames } from '../table/table.ts'
import { makeGoldenCalls, makeGoldenSample } from './golden.ts'

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

/** Checks the option `sampler` of an export. */
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
  const { trajectory = false } = options
  const { card, folded } = await wholeProcess(trained, options)
  return finish(card, (description) => graphOfModel(description, folded, trajectory))
}

/** A model with the process in its files. */
interface WholeProcess {
  readonly card: Omit<ModelCard, 'digests'>
  readonly folded: FoldedNetwork
}

/** Prepares a file of the whole reverse process. Throws as `exportSampler` does. */
export async function wholeProcess(
  { config, weights }: TrainedModel,
  options: SamplerExport,
): Promise<WholeProcess> {
  const { onWarning = console.warn } = options
  const { card, network, schedule } = await baseCard(config, weights)
  const { predictionType, recommended } = card
  const process = chooseProcess({ schedule, predictionType, recommended }, processChoiceOf(options))
  const warning = processWarning(process)
  if (warning) onWarning(warning)
  const goldenSample = await makeGoldenSample(network, weights, process)
  const folded = foldNetwork(network, weights, callTimesteps(process))
  return { card: { ...card, sampler: samplerOnCard(process), goldenSample }, folded }
}

/** A card of format 1 lists the parameters of all its samplers; null marks parameters that this sampler lacks. */
function samplerOnCard({ sampler, timesteps }: Process): ModelCard['sampler'] {
  const all: object = { variance: null, eta: null, order: null, ...sampler, timesteps }
  return all as ModelCard['sampler']
}

/** A run with fewer timesteps than recommended steps takes all of them. */
function recommendedSteps({ T, numSteps = T }: ExportConfig): number {
  return Math.min(numSteps, T)
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
    format: traits ? cardFormat : config.encoding ? 2 : 1,
    dim: network.dim,
    ...columnsOf(config, network.dim),
    T,
    schedule: { ...config.schedule, betas: schedule.betas },
    predictionType: config.predictionType,
    network: { hidden: network.hidden, timeEmbedding: network.time, ...traits },
    ...(config.encoding ? { encoding: config.encoding } : { scaler: config.scaler }),
    dataset: config.dataset ?? null,
    seed: config.seed ?? null,
    ...(config.teacher && { teacher: config.teacher }),
    recommended: { sampler: config.sampler, timesteps: spacedTimesteps(T, recommendedSteps(config)) },
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
function columnsOf(config: ExportConfig, dim: number): Pick<ModelCard, 'columns' | 'integerColumns'> {
  const { scaler, encoding, integerColumns = [] } = config
  if (encoding) return { columns: encoding.columns.map(({ name }) => name) }
  if (scaler?.min.length !== dim)
    throw new InputError(
      `the scaler has ${counted(scaler?.min.length ?? 0, 'column')}, the network's weights are for ${dim}`,
      'bad-model',
    )
  const columns = config.columns ?? numberedNames(dim)
  if (columns.length !== dim)
    throw new InputError(
      `there are ${columns.length} column names for ${counted(dim, 'column')}`,
      'bad-model',
    )
  const { factors, shifts } = dataUnitsOf(encodingOf({ ...config, columns }))
  if (![...factors, ...shifts].every((x) => Number.isFinite(Math.fround(x))))
    throw new InputError('the scaler has a range beyond float32: give the columns another unit', 'bad-model')
  return { columns, integerColumns }
}

/** Makes the file of a card and its graph. */
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
  return encode(graph, description, json)
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
