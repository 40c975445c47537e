import {
  describeSampler,
  isStochastic,
  type SamplerConfig,
  samplerVariants,
} from '../diffusion/samplers/index.ts'
import { spacedTimesteps } from '../diffusion/schedule.ts'
import { conditionFeeds, type Tensor, tensorOf } from '../infer/session.ts'
import { type GoldenSample, goldenCallCondition, goldenCondition, type ModelCard } from '../model/card.ts'
import { exampleCondition } from '../model/inputs.ts'
import { type Network, parameterCount } from '../model/network.ts'
import { type Condition, joinRows, type Points, pointsFromRows, sliceRows } from '../numerics/points.ts'
import { type DrawRequest, standardNormals, streams } from '../numerics/random.ts'
import type { ModelFile } from '../onnx/read.ts'

/** The test cases of every provider: network calls, and whole processes from shared noise. */

/** A network call: x_t [batch, dim] with a timestep a row. */
export interface Call {
  /** 'golden', or 'batch 7, t = 3'. */
  readonly name: string
  readonly x_t: Points
  readonly t: readonly number[]
  /** The rows' condition, if the network takes one. */
  readonly condition?: Condition | undefined
}

/** A reverse process for every provider, with shared noise. */
export interface ProcessCase {
  readonly config: SamplerConfig
  readonly name: string
  readonly timesteps: readonly number[]
  /** Whether it is the card's process, whose samples are compared. */
  readonly main: boolean
  readonly x_T: Points
  /** Noise of the j-th step taken; empty if deterministic. */
  readonly noise: readonly Points[]
  /** The samples' condition, if the network takes one. */
  readonly condition?: Condition | undefined
}

const seeds = { calls: 1, process: 2, second: 3, disturbances: 4 } as const

const batchSizes = [1, 2, 7, 1000] as const

/**
 * Maximum multiply-adds of the reference for a batch of 1000 at each timestep; beyond, one batch covers all timesteps.
 */
const largeBatchBudget = 1e9

/**
 * Calls at every timestep with batches of 1, 2, 7 and 1000 standard normals, the smaller being the first rows of the
 * largest, and one with the card's golden inputs. If the reference would take long (large T, wide networks), one batch
 * of 1000 cycles through the timesteps. None for a sampler.onnx.
 */
export function callCases({ card, isSampler, network: { network } }: ModelFile): Call[] {
  if (isSampler) return []
  const { dim, T } = card
  const rows = batchSizes.at(-1)!
  const draw = (step: number) => normals({ seed: seeds.calls, stream: streams.x_T, step, count: rows, dim })
  const conditions = network.takesCondition ? exampleCondition(network, rows) : undefined
  const timesteps = Array.from({ length: T }, (_, i) => T - i)
  const affordable = T * rows * parameterCount(network) <= largeBatchBudget
  const sizes = affordable ? batchSizes : batchSizes.slice(0, -1)
  const each = timesteps.flatMap((t) => {
    const x = draw(t)
    return sizes.map((size) => ({
      name: `batch ${size}, t = ${t}`,
      x_t: sliceRows(x, 0, size),
      t: new Array<number>(size).fill(t),
      condition: firstConditions(conditions, size),
    }))
  })
  if (affordable) return [goldenCall(card), ...each]
  const t = Array.from({ length: rows }, (_, i) => timesteps[i % T]!)
  const name = `batch ${rows}, t = ${T}..1 in turn`
  return [goldenCall(card), ...each, { name, x_t: draw(0), t, condition: conditions }]
}

function firstConditions(condition: Condition | undefined, count: number): Condition | undefined {
  if (!condition) return undefined
  const { known, values } = condition
  return { known: sliceRows(known, 0, count), values: sliceRows(values, 0, count) }
}

export function goldenCall(card: ModelCard): Call {
  const { golden } = card
  return {
    name: 'golden',
    x_t: pointsFromRows(golden.map(({ x_t }) => x_t)),
    t: golden.map(({ t }) => t),
    condition: goldenCallCondition(card),
  }
}

export function callFeeds({ x_t, t, condition }: Call): Record<string, Tensor> {
  return {
    x_t: tensorOf(x_t),
    t: { data: Float32Array.from(t), dims: [t.length, 1] },
    ...(condition && conditionFeeds(condition)),
  }
}

/** Numbers of samples of the main process and of the others, if the reference can afford them. */
const counts = { main: 1000, other: 200, min: 16 } as const

/** Maximum multiply-adds of the reference for the main process and for each other: a second, and less. */
const budgets = { main: 6e8, other: 1e8 } as const

/** Maximum steps of the other processes: runtimes load graphs of a thousand steps slowly. */
const maxOtherSteps = 50

/**
 * The processes to compare: the card's and, for a model.onnx, every other sampler. `samples` is the main one's number
 * of samples.
 */
export function processCases(
  { card, description, isSampler, network: { network } }: ModelFile,
  { samples, mainOnly = false }: { samples?: number | undefined; mainOnly?: boolean | undefined },
): ProcessCase[] {
  const { dim, T } = card
  const affordable = (steps: number, kind: keyof typeof budgets): number => {
    const count = Math.floor(budgets[kind] / (steps * parameterCount(network)))
    return Math.max(counts.min, Math.min(counts[kind], count))
  }
  const { sampler: mainSampler, timesteps } = description.process()
  const drawCase = (config: SamplerConfig, timesteps: readonly number[], main: boolean, count: number) =>
    drawn({ config, timesteps, main }, { dim, count, seed: seeds.process }, network)
  const main = drawCase(mainSampler, timesteps, true, samples ?? affordable(timesteps.length, 'main'))
  if (mainOnly || isSampler) return [main]
  const steps = timesteps.length <= maxOtherSteps ? timesteps : spacedTimesteps(T, Math.min(T, maxOtherSteps))
  const count = Math.min(samples ?? Number.POSITIVE_INFINITY, affordable(steps.length, 'other'))
  const others = samplerVariants().filter((config) => describeSampler(config) !== main.name)
  return [main, ...others.map((config) => drawCase(config, steps, false, count))]
}

/** The same process from other noise, to measure how much correct samples differ. */
export function fromOtherNoise(processCase: ProcessCase): ProcessCase {
  const { condition, x_T } = processCase
  const { dim, count } = x_T
  return { ...drawn(processCase, { dim, count, seed: seeds.second }), condition }
}

/** The disturbances of a network's input states: standard normals for each call. */
export function disturbances(call: number, count: number, dim: number): Float32Array {
  const stream = streams.reverseNoise
  return normals({ seed: seeds.disturbances, stream, step: call, count, dim }).data
}

export function firstRows(processCase: ProcessCase, count: number): ProcessCase {
  const rows = (points: Points) => sliceRows(points, 0, Math.min(count, points.count))
  const condition = firstConditions(processCase.condition, Math.min(count, processCase.x_T.count))
  return { ...processCase, x_T: rows(processCase.x_T), noise: processCase.noise.map(rows), condition }
}

export function goldenFeeds(sample: GoldenSample): Record<string, Tensor> {
  const [x_T, noise] = [pointsFromRows(sample.x_T), sample.noise.map(pointsFromRows)]
  return graphFeeds({ x_T, noise, condition: goldenCondition(sample) })
}

type ProcessInputs = Pick<ProcessCase, 'x_T' | 'noise' | 'condition'>

export function graphFeeds({ x_T, noise, condition }: ProcessInputs): Record<string, Tensor> {
  const feeds = { x_T: tensorOf(x_T), ...(condition && conditionFeeds(condition)) }
  if (noise.length === 0) return feeds
  const { data } = joinRows(noise)
  return { ...feeds, noise: { data, dims: [noise.length, x_T.count, x_T.dim] } }
}

function drawn(
  { config, timesteps, main }: Pick<ProcessCase, 'config' | 'timesteps' | 'main'>,
  size: { dim: number; count: number; seed: number },
  network?: Network,
): ProcessCase {
  return {
    config,
    name: describeSampler(config),
    timesteps,
    main,
    x_T: normals({ ...size, stream: streams.x_T, step: 0 }),
    noise: isStochastic(config)
      ? timesteps.map((_, step) => normals({ ...size, stream: streams.reverseNoise, step }))
      : [],
    condition: network?.takesCondition ? exampleCondition(network, size.count) : undefined,
  }
}

function normals(request: Omit<DrawRequest, 'start'>): Points {
  const { count, dim } = request
  return { data: standardNormals({ ...request, start: 0 }), count, dim }
}
