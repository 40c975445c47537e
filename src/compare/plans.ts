import type { Points } from '../core/points.ts'
import { standardNormals, streams } from '../core/random.ts'
import { describeSampler } from '../diffusion/samplers/index.ts'
import { isStochastic, type SamplerConfig } from '../diffusion/samplers/sampler.ts'
import { spacedTimesteps } from '../diffusion/schedule.ts'
import { parameterCount } from '../model/network.ts'
import type { Subject } from './subject.ts'

/** A reverse process that every provider goes through, and the noise that all share. */
export interface Plan {
  readonly config: SamplerConfig
  readonly name: string
  readonly timesteps: readonly number[]
  /** Whether the model's card recommends or holds it: the two sets of samples are of this one. */
  readonly main: boolean
  readonly x_T: Points
  /** Of the j-th step taken; none where the process is deterministic. */
  readonly noise: readonly Points[]
}

/** Each sampler, and what it leaves open in each of its ways. */
const everySampler: readonly SamplerConfig[] = [
  { name: 'ddpm', variance: 'fixed_small' },
  { name: 'ddpm', variance: 'fixed_large' },
  { name: 'ddim', eta: 0 },
  { name: 'ddim', eta: 0.5 },
  { name: 'dpmsolver++', order: 1 },
  { name: 'dpmsolver++', order: 2 },
]

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
  const { timesteps, ...held } = card.sampler ?? {
    ...card.recommended.sampler,
    timesteps: card.recommended.timesteps,
  }
  const own: SamplerConfig = held
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
  const others = everySampler.filter((config) => describeSampler(config) !== describeSampler(own))
  const otherCount = Math.min(count ?? Number.POSITIVE_INFINITY, affordable(subject, steps.length, 'other'))
  return [main, ...others.map((config) => plan(subject, config, steps, false, otherCount, seeds.process))]
}

/** The same process from other noise: what two sets of right samples differ by. */
export function withSeed(subject: Subject, { config, timesteps, main, x_T }: Plan, seed: number): Plan {
  return plan(subject, config, timesteps, main, x_T.count, seed)
}

function plan(
  { network: { dim } }: Subject,
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
    main,
    x_T: draw(streams.x_T, 0),
    noise: isStochastic(config) ? timesteps.map((_, j) => draw(streams.reverseNoise, j)) : [],
  }
}

function affordable({ network }: Subject, steps: number, kind: keyof typeof budgets): number {
  const count = Math.floor(budgets[kind] / (steps * parameterCount(network)))
  return Math.max(counts.least, Math.min(counts[kind], count))
}
