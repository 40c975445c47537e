import { InputError } from '../core/errors.ts'
import { unscaling } from '../data/scaler.ts'
import { createSampler } from '../diffusion/samplers/create.ts'
import type { SamplerConfig } from '../diffusion/samplers/sampler.ts'
import { createSchedule } from '../diffusion/schedule.ts'
import { checkTimesteps, spacedTimesteps } from '../diffusion/timesteps.ts'
import { cardFormat, cardKey, type ModelCard, parseCard } from '../model/card.ts'
import { digestOf } from '../model/digest.ts'
import { networkOf } from '../model/network.ts'
import type { ExportConfig } from '../model/run-config.ts'
import type { NamedWeights } from '../model/weights.ts'
import { checkModel } from '../onnx/check.ts'
import type { GraphBuilder } from '../onnx/graph-builder.ts'
import { encodeModel } from '../onnx/proto.ts'
import { makeGoldenCalls, makeGoldenSample } from './golden.ts'
import { noisePredictorGraph } from './noise-predictor-graph.ts'
import { samplerGraph } from './sampler-graph.ts'

/** What a trained run is exported from. */
export interface TrainedModel {
  readonly config: ExportConfig
  readonly weights: NamedWeights
}

export interface SamplerExport {
  readonly sampler?: SamplerConfig | undefined
  /** Steps out of T; all of them otherwise. */
  readonly numSteps?: number | undefined
  /** An explicit list instead. */
  readonly timesteps?: readonly number[] | undefined
  readonly trajectory?: boolean | undefined
}

/** model.onnx: the noise predictor. The same weights and config give the same bytes. */
export async function exportNoisePredictor({ config, weights }: TrainedModel): Promise<Uint8Array> {
  const { card, network } = await baseCard(config, weights)
  const graph = noisePredictorGraph(network, weights)
  return finish(
    graph,
    card,
    'noise_predictor',
    `Noise predictor of a diffusion model: x_t and t (1..${config.T}) to epsilon.`,
  )
}

/** sampler.onnx: the whole reverse process. Errors: steps that the schedule or the sampler refuses. */
export async function exportSampler(
  { config, weights }: TrainedModel,
  { sampler: samplerConfig = config.sampler, numSteps, timesteps, trajectory = false }: SamplerExport = {},
): Promise<Uint8Array> {
  if (timesteps && numSteps !== undefined)
    throw new InputError('give either the number of steps or the timesteps, not both')
  const { card, network, schedule } = await baseCard(config, weights)
  const steps = timesteps
    ? checkTimesteps(timesteps, config.T)
    : spacedTimesteps(config.T, numSteps ?? config.T)
  const sampler = createSampler(schedule, samplerConfig)
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
    { ...card, sampler: { ...samplerConfig, eta: null, timesteps: steps }, goldenSample },
    'sampler',
    `Reverse process of a diffusion model, ${samplerConfig.name} in ${steps.length} steps: x_T and noise to samples.`,
  )
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
    recommended: { sampler: config.sampler, timesteps: spacedTimesteps(T, T) },
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
