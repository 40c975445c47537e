import { createProcess } from '../../src/diffusion/process.ts'
import type { SamplerConfig } from '../../src/diffusion/samplers/index.ts'
import { createSchedule, type ScheduleConfig, spacedTimesteps } from '../../src/diffusion/schedule.ts'
import { idealSamples } from '../../src/measure/distances/evaluate-scaled.ts'
import { encode } from '../../src/table/encodings/encoding.ts'
import { parseCsv } from '../../src/table/formats/csv.ts'
import { recipeOf } from '../../src/train/recipes.ts'
import type { Workbench } from './measure.ts'
import { trainingCsv } from './moons.ts'
import { reportedDraws } from './targets.ts'

/** One cell of the ablation: a network trained by the default recipe except for the schedule. */
export interface Cell {
  readonly schedule: string
  readonly sampler: string
  readonly numSteps: number
  /** The distance of the network's samples. */
  readonly distance: number
  /** The distance of the ideal denoiser's samples, which leaves only the errors of the sampler and the training set. */
  readonly ideal: number
}

const { schedule: recipeSchedule, T } = recipeOf('points')

const schedules: readonly (readonly [string, ScheduleConfig])[] = [
  ['default', recipeSchedule],
  ['karras, rho 7', { kind: 'karras', sigmaMin: 0.05, sigmaMax: 6, rho: 7 }],
  ['squaredcos_cap_v2', { kind: 'squaredcos_cap_v2' }],
  ['polynomial, power 3', recipeOf('post').schedule],
]

const samplers: readonly (readonly [string, SamplerConfig, string[]])[] = [
  [
    'ddpm fixed_small',
    { name: 'ddpm', variance: 'fixed_small' },
    ['--sampler', 'ddpm', '--variance', 'fixed_small'],
  ],
  [
    'ddpm fixed_large',
    { name: 'ddpm', variance: 'fixed_large' },
    ['--sampler', 'ddpm', '--variance', 'fixed_large'],
  ],
  ['ddim', { name: 'ddim', eta: 0 }, ['--sampler', 'ddim', '--eta', '0']],
  ['dpmsolver++', { name: 'dpmsolver++', order: 2 }, ['--sampler', 'dpmsolver++', '--order', '2']],
  ['heun', { name: 'heun' }, ['--sampler', 'heun']],
]

const stepCounts = [2, 3, 5, 10].filter((numSteps) => numSteps <= T)

/** The number of the ideal denoiser's samples, which cost a thousand times as much as the network's. */
export const idealCount = 20_000

/** Every combination of schedule, sampler and number of steps, on one draw and one training seed. */
export async function ablation(bench: Workbench, log: (line: string) => void): Promise<Cell[]> {
  const draw = reportedDraws[0]
  const cells: Cell[] = []
  for (const [name, config] of schedules) {
    const run = bench.train(
      `ablation-${name.replace(/\W+/g, '-')}`,
      draw,
      '--schedule',
      JSON.stringify(config),
    )
    const encoding = await bench.encoding(run)
    const training = encode(encoding, parseCsv(trainingCsv(draw), 'moons.csv'))
    for (const [sampler, samplerConfig, options] of samplers)
      for (const numSteps of stepCounts) {
        const distance = await bench.distance(run, draw, ...options, '--num-steps', String(numSteps))
        const schedule = createSchedule(config, T)
        const process = createProcess(schedule, 'epsilon', samplerConfig, spacedTimesteps(T, numSteps))
        const ideal = await bench.scaledDistance(
          await idealSamples({ process }, training, idealCount),
          draw,
          encoding,
        )
        cells.push({ schedule: name, sampler, numSteps, distance, ideal })
        log(`${name}, ${sampler}, ${numSteps} steps: ${distance.toFixed(4)}, ideal ${ideal.toFixed(4)}`)
      }
  }
  return cells
}
