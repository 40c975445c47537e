import { InputError } from '../core/errors.ts'
import {
  chooseSampler,
  createSampler,
  describeSampler,
  type SamplerChoice,
  samplerWarning,
} from '../diffusion/samplers/index.ts'
import type { SamplerConfig } from '../diffusion/samplers/sampler.ts'
import { checkTimesteps, createSchedule, spacedTimesteps } from '../diffusion/schedule.ts'
import { cardFormat, cardKey, type ModelCard, parseCard } from '../model/card.ts'
import { networkOf } from '../model/network.ts'
import type { ExportConfig } from '../model/run-config.ts'
import { digestOf, type NamedWeights } from '../model/weights.ts'
import { checkModel } from '../onnx/check.ts'
import type { GraphBuilder } from '../onnx/graph-builder.ts'
import { encodeModel } from '../onnx/proto.ts'
import { unscaling } from '../table/encoding.ts'
import { makeGoldenCalls, makeGoldenSample } from './golden.ts'
import { noisePredictorGraph } from './noise-predictor-graph.ts'
import { samplerGraph } from './sampler-graph.ts'

/** What a trained run is exported from. */
export interface TrainedModel {
  readonly config: ExportConfig
  readonly weights: NamedWeights
}

/** The sampler and its steps; what is left open is as the run recommends. */
export interface SamplerExport extends SamplerChoice {
  /** Steps out of T. */
  readonly numSteps?: number | undefined
  /** An explicit list instead. */
  readonly timesteps?: readonly number[] | undefined
  readonly trajectory?: boolean | undefined
  /** Told of what is odd but legal; console.warn otherwise. */
  readonly onWarning?: ((message: string) => void) | undefined
}

/** model.onnx: the noise predictor. The same weights and config give the same bytes. */
export async function exportNoisePredictor({ config, weights }: TrainedModel): Promise<Uint8Array> {
  const { card, network } = await baseCard(config, weights)
  const { predictionType } = config
  const graph = noisePredictorGraph(network, weights, predictionType)
  return finish(
    graph,
    card,
    'noise_predictor',
    `Noise predictor of a diffusion model: x_t and t (1..${config.T}) to ${predictionType}.`,
  )
}

/** sampler.onnx: the whole reverse process. Errors: steps that the schedule or the sampler refuses. */
export async function exportSampler(
  { config, weights }: TrainedModel,
  { numSteps, timesteps, trajectory = false, onWarning = console.warn, ...choice }: SamplerExport = {},
): Promise<Uint8Array> {
  if (timesteps && numSteps !== undefined)
    throw new InputError('give either the number of steps or the timesteps, not both')
  const { card, network, schedule } = await baseCard(config, weights)
  const steps = timesteps
    ? checkTimesteps(timesteps, config.T)
    : spacedTimesteps(config.T, numSteps ?? recommendedSteps(config))
  const samplerConfig = chooseSampler(choice, config.sampler)
  const sampler = createSampler(schedule, samplerConfig, config.predictionType)
  const warning = samplerWarning(samplerConfig, steps.length)
  if (warning) onWarning(warning)
  const graph = samplerGraph({
    network,
    weights,
    sampler,
    timesteps: steps,
    scaler: config.scaler,
    trajectory,
  })
  const goldenSample = await makeGoldenSample(network, weights, sampler, steps)
  return finish(
    graph,
    { ...card, sampler: samplerOnCard(samplerConfig, steps), goldenSample },
    'sampler',
    `Reverse process of a diffusion model, ${describeSampler(samplerConfig)}, in ${steps.length} steps: x_T${sampler.stochastic ? ' and noise' : ''} to samples.`,
  )
}

/** The contract names what samplers have; null is for what this one lacks. */
function samplerOnCard(config: SamplerConfig, timesteps: readonly number[]): ModelCard['sampler'] {
  const all: object = { variance: null, eta: null, order: null, ...config, timesteps }
  return all as ModelCard['sampler']
}

/** A run with fewer timesteps than its recipe recommends steps takes all of them. */
function recommendedSteps({ T, numSteps = T }: ExportConfig): number {
  return Math.min(numSteps, T)
}

async function baseCard(config: ExportConfig, weights: NamedWeights) {
  const { T, scaler } = config
  const network = networkOf(weights, T)
  const { dim } = network
  if (scaler.min.length !== dim)
    throw new InputError(`the scaler has ${scaler.min.length} columns, the network's weights are for ${dim}`)
  const columns = config.columns ?? Array.from({ length: dim }, (_, d) => `x${d}`)
  if (columns.length !== dim)
    throw new InputError(`there are ${columns.length} column names for ${dim} columns`)
  const { factors, shifts } = unscaling(scaler)
  if (![...factors, ...shifts].every((x) => Number.isFinite(Math.fround(x))))
    throw new InputError('the scaler has a range beyond float32: give the columns another unit')
  const schedule = createSchedule(config.schedule, T)
  const card: Omit<ModelCard, 'digests'> = {
    format: cardFormat,
    dim,
    columns,
    integerColumns: config.integerColumns,
    T,
    schedule: { ...config.schedule, betas: schedule.betas },
    predictionType: config.predictionType,
    network: { hidden: network.hidden, timeEmbedding: network.timeEmbedding },
    scaler,
    dataset: config.dataset ?? null,
    seed: config.seed ?? null,
    ...(config.teacher && { teacher: config.teacher }),
    recommended: { sampler: config.sampler, timesteps: spacedTimesteps(T, recommendedSteps(config)) },
    golden: await makeGoldenCalls(network, weights),
  }
  return { card, network, schedule }
}

function finish(
  graph: GraphBuilder,
  card: Omit<ModelCard, 'digests'>,
  name: string,
  doc: string,
): Uint8Array {
  const digests = Object.fromEntries(
    [...graph.initializerBytes()].map(([key, bytes]) => [key, digestOf(bytes)]),
  )
  const complete: ModelCard = { ...card, digests }
  const json = JSON.stringify(complete)
  // a config that came from code, not from config.json, may hold what no card can (rho = Infinity, say)
  parseCard(json, 'this model cannot be exported')
  const model = graph.build({ name, doc, metadata: { [cardKey]: json } })
  checkModel(model)
  return encodeModel(model)
}
