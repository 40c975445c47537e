import type { Points } from '../core/points.ts'
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
import { parameterCount } from '../model/network.ts'
import type { Subject } from './subject.ts'

/** A reverse process that every provider goes through, and the noise that all share. */
export interface Plan {
  readonly config: SamplerConfig
  readonly name: string
  readonly timesteps: readonly number[]
  /** Throws InputError where the schedule refuses its steps. */
  readonly process: () => Process
  /** Whether the model's card recommends or holds it: the two sets of samples are of this one. */
  readonly main: boolean
  readonly x_T: Points
  /** Of the j-th step taken; none where the process is deterministic. */
  readonly noise: readonly Points[]
}

/** Samples of the main process and of the others, where the float64 judge can afford them. */
const counts = { main: 1000, other: 200, least: 16 } as const

/** Multiply-adds that the judge spends on the main process and on each of the others: a second, and less. */
const budgets = { main: 6e8, other: 1e8 } as const

/** Steps of the processes beside the main one: a graph of a thousand steps takes a runtime long to load. */
const maxOtherSteps = 50

/** Seeds of what a comparison draws. */
export const seeds = { calls: 1, process: 2, second: 3 } as const

/**
 * The processes to compare: the card's, with the seed `seeds.process`, and, of a model.onnx, every other sampler.
 * `samples` sets the number of samples of the main one.
 */
export function plansOf(
  subject: Subject,
  { samples: count, mainOnly = false }: { samples?: number | undefined; mainOnly?: boolean | undefined },
): Plan[] {
  const { card } = subject.file
  const { sampler: own, timesteps } = processOf(card)
  const main = plan(
    subject,
    own,
    timesteps,
    true,
    count ?? affordable(subject, timesteps.length, 'main'),
    seeds.process,
  )
  if (mainOnly || card.sampler) return [main]
  const steps =
    timesteps.length <= maxOtherSteps ? timesteps : spacedTimesteps(card.T, Math.min(card.T, maxOtherSteps))
  const others = samplerVariants().filter((config) => describeSampler(config) !== describeSampler(own))
  const otherCount = Math.min(count ?? Number.POSITIVE_INFINITY, affordable(subject, steps.length, 'other'))
  return [main, ...others.map((config) => plan(subject, config, steps, false, otherCount, seeds.process))]
}

/** The same process from other noise: what two sets of right samples differ by. */
export function withSeed(subject: Subject, { config, timesteps, main, x_T }: Plan, seed: number): Plan {
  return plan(subject, config, timesteps, main, x_T.count, seed)
}

function plan(
  { network: { dim }, file: { card } }: Subject,
  config: SamplerConfig,
  timesteps: readonly number[],
  main: boolean,
  count: number,
  seed: number,
): Plan {
  const draw = (stream: 0 | 1, step: number): Points => ({
    data: standardNormals({ seed, stream, step, start: 0, count, dim }),
    count,
    dim,
  })
  return {
    config,
    name: describeSampler(config),
    timesteps,
    process: () => processOf(card, { ...choiceOf(config), timesteps }),
    main,
    x_T: draw(streams.x_T, 0),
    noise: isStochastic(config) ? timesteps.map((_, j) => draw(streams.reverseNoise, j)) : [],
  }
}

function affordable({ network }: Subject, steps: number, kind: keyof typeof budgets): number {
  const count = Math.floor(budgets[kind] / (steps * parameterCount(network)))
  return Math.max(counts.least, Math.min(counts[kind], count))
}
