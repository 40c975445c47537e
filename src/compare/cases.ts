import { type Points, pointsFromRows, sliceRows } from '../core/points.ts'
import { standardNormals, streams } from '../core/random.ts'
import { type Process, processOf } from '../diffusion/process.ts'
import {
  choiceOf,
  describeSampler,
  isStochastic,
  type SamplerConfig,
  samplerVariants,
} from '../diffusion/samplers/index.ts'
import { spacedTimesteps } from '../diffusion/schedule.ts'
import type { ModelCard } from '../model/card.ts'
import { parameterCount } from '../model/network.ts'
import type { ModelFile } from '../onnx/read.ts'

/** What every provider is asked for: network calls, and whole processes from shared noise. */

/** A network call: x_t [batch, dim] with a timestep a row. */
export interface Call {
  /** 'golden', or 'batch 7, t = 3'. */
  readonly name: string
  readonly x_t: Points
  readonly t: readonly number[]
}

/** A reverse process that every provider goes through, and the noise that all share. */
export interface ProcessCase {
  readonly config: SamplerConfig
  readonly name: string
  readonly timesteps: readonly number[]
  /** Whether the model's card recommends or holds it: the two sets of samples are of this one. */
  readonly main: boolean
  readonly x_T: Points
  /** Of the j-th step taken; none where the process is deterministic. */
  readonly noise: readonly Points[]
}

/** Seeds of what a comparison draws. */
export const seeds = { calls: 1, process: 2, second: 3 } as const

export const batchSizes = [1, 2, 7, 1000] as const

/** Multiply-adds that the reference spends on a batch of 1000 at each timestep: beyond, one such batch has them all. */
const largeBatchBudget = 1e9

/**
 * Calls at every timestep of batches of 1, 2, 7 and 1000 standard normals, the smaller ones the first rows of the
 * largest, and one of the card's golden inputs. Where the reference would take long (large T, wide networks), one
 * batch of 1000 holds every timestep in turn. None of a sampler.onnx.
 */
export function callCases({ card, isSampler, network: { network } }: ModelFile): Call[] {
  if (isSampler) return []
  const { dim, T } = card
  const rows = batchSizes.at(-1)!
  const draw = (step: number): Points => ({
    data: standardNormals({ seed: seeds.calls, stream: streams.x_T, step, start: 0, count: rows, dim }),
    count: rows,
    dim,
  })
  const timesteps = Array.from({ length: T }, (_, i) => T - i)
  const golden: Call = {
    name: 'golden',
    x_t: pointsFromRows(card.golden.map(({ x_t }) => x_t)),
    t: card.golden.map(({ t }) => t),
  }
  const affordable = T * rows * parameterCount(network) <= largeBatchBudget
  const sizes = affordable ? batchSizes : batchSizes.slice(0, -1)
  const each = timesteps.flatMap((t) => {
    const x = draw(t)
    return sizes.map((size) => ({
      name: `batch ${size}, t = ${t}`,
      x_t: sliceRows(x, 0, size),
      t: new Array<number>(size).fill(t),
    }))
  })
  if (affordable) return [golden, ...each]
  const inTurn = Array.from({ length: rows }, (_, i) => timesteps[i % T]!)
  return [golden, ...each, { name: `batch ${rows}, t = ${T}..1 in turn`, x_t: draw(0), t: inTurn }]
}

/** Samples of the main process and of the others, where the reference can afford them. */
const counts = { main: 1000, other: 200, min: 16 } as const

/** Multiply-adds that the reference spends on the main process and on each of the others: a second, and less. */
const budgets = { main: 6e8, other: 1e8 } as const

/** Steps of the processes beside the main one: a graph of a thousand steps takes a runtime long to load. */
const maxOtherSteps = 50

/**
 * The processes to compare: the card's, with the seed `seeds.process`, and, of a model.onnx, every other sampler.
 * `samples` sets the number of samples of the main one.
 */
export function processCases(
  file: ModelFile,
  { samples, mainOnly = false }: { samples?: number | undefined; mainOnly?: boolean | undefined },
): ProcessCase[] {
  const { card } = file
  const { sampler: own, timesteps } = processOf(card)
  const mainCount = samples ?? affordable(file, timesteps.length, 'main')
  const main = drawn(file, { config: own, timesteps, main: true }, mainCount, seeds.process)
  if (mainOnly || file.isSampler) return [main]
  const steps =
    timesteps.length <= maxOtherSteps ? timesteps : spacedTimesteps(card.T, Math.min(card.T, maxOtherSteps))
  const count = Math.min(samples ?? Number.POSITIVE_INFINITY, affordable(file, steps.length, 'other'))
  return [
    main,
    ...samplerVariants()
      .filter((config) => describeSampler(config) !== describeSampler(own))
      .map((config) => drawn(file, { config, timesteps: steps, main: false }, count, seeds.process)),
  ]
}

/** Throws an InputError where the schedule refuses its steps. */
export function processOfCase(card: ModelCard, { config, timesteps }: ProcessCase): Process {
  return processOf(card, { ...choiceOf(config), timesteps })
}

/** The same process from other noise: what two sets of right samples differ by. */
export function withSeed(file: ModelFile, one: ProcessCase, seed: number): ProcessCase {
  return drawn(file, one, one.x_T.count, seed)
}

/** A process of the first `count` samples alone. */
export function firstRows(one: ProcessCase, count: number): ProcessCase {
  const rows = (points: Points) => sliceRows(points, 0, Math.min(count, points.count))
  return { ...one, x_T: rows(one.x_T), noise: one.noise.map(rows) }
}

function drawn(
  { card: { dim } }: ModelFile,
  { config, timesteps, main }: Pick<ProcessCase, 'config' | 'timesteps' | 'main'>,
  count: number,
  seed: number,
): ProcessCase {
  const draw = (stream: 0 | 1, step: number): Points => ({
    data: standardNormals({ seed, stream, step, start: 0, count, dim }),
    count,
    dim,
  })
  return {
    config,
    name: describeSampler(config),
    timesteps,
    main,
    x_T: draw(streams.x_T, 0),
    noise: isStochastic(config) ? timesteps.map((_, j) => draw(streams.reverseNoise, j)) : [],
  }
}

function affordable({ network: { network } }: ModelFile, steps: number, kind: keyof typeof budgets): number {
  const count = Math.floor(budgets[kind] / (steps * parameterCount(network)))
  return Math.max(counts.min, Math.min(counts[kind], count))
}
