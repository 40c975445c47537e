import { readFileSync } from 'node:fs'
import { createProcess } from '../../src/diffusion/process.ts'
import type { SamplerConfig } from '../../src/diffusion/samplers/index.ts'
import { createSchedule, type ScheduleConfig, spacedTimesteps } from '../../src/diffusion/schedule.ts'
import { idealSamples } from '../../src/measure/distances/evaluate-scaled.ts'
import { encode } from '../../src/table/encodings/encode.ts'
import { recipeOf } from '../../src/train/recipes.ts'
import { curvesFigure } from '../curves-figure.ts'
import type { Setting } from '../group.ts'
import { tables } from '../markdown.ts'
import { firstDraw, trainingMoons } from '../moons.ts'
import { withBlock } from '../report.ts'
import { figure, type Row } from '../row.ts'
import { distanceOf, distanceOfRun, encodingOfRun, trainedRun } from './distance.ts'

const { schedule: recipeSchedule, T } = recipeOf('points')

const configs: Readonly<Record<string, ScheduleConfig>> = {
  default: recipeSchedule,
  'karras, rho 7': { kind: 'karras', sigmaMin: 0.05, sigmaMax: 6, rho: 7 },
  squaredcos_cap_v2: { kind: 'squaredcos_cap_v2' },
  'polynomial, power 3': recipeOf('post').schedule,
}

const samplers: Readonly<Record<string, SamplerConfig>> = {
  'ddpm fixed_small': { name: 'ddpm', variance: 'fixed_small' },
  'ddpm fixed_large': { name: 'ddpm', variance: 'fixed_large' },
  ddim: { name: 'ddim', eta: 0 },
  'dpmsolver++': { name: 'dpmsolver++', order: 2 },
  heun: { name: 'heun' },
}

/** The number of the ideal denoiser's samples, which cost a thousand times as much as the network's. */
const idealCount = 20_000

/** Every schedule, sampler and number of steps: the network's distance, and the ideal denoiser's. */
export async function schedules(setting: Setting): Promise<Row[]> {
  const rows: Row[] = []
  for (const [schedule, config] of Object.entries(configs)) {
    const run = trainedRun(setting, firstDraw, 0, ['--schedule', JSON.stringify(config)])
    const encoding = await encodingOfRun(run)
    const training = encode(encoding, trainingMoons(firstDraw))
    for (const [name, sampler] of Object.entries(samplers))
      for (const numSteps of [2, 3, 5, 10]) {
        setting.log(`${schedule}, ${name}, ${numSteps} steps`)
        const { name: kind, ...options } = sampler
        const words = Object.entries({ sampler: kind, ...options, 'num-steps': numSteps })
        const flags = words.flatMap(([word, value]) => [`--${word}`, String(value)])
        const timesteps = spacedTimesteps(T, numSteps)
        const process = createProcess(createSchedule(config, T), 'epsilon', sampler, timesteps)
        const x_0 = await idealSamples({ process }, training, idealCount)
        const ideal = await distanceOf(x_0, firstDraw, encoding)
        const distance = await distanceOfRun(run, firstDraw, flags)
        rows.push({ ...figure(`${numSteps} steps`, distance), line: `${schedule}, ${name}`, ideal })
      }
  }
  return rows
}

/** The samplers with the default schedule, for docs/samplers.md; and a figure of all. */
export function scheduleFiles(rows: readonly Row[]): [path: string, content: string][] {
  const own = rows.flatMap(({ what, line, value }) => {
    const sampler = /^default, (.*)/.exec(line!)?.[1]
    return sampler ? [{ what, line: `\`${sampler}\``, value }] : []
  })
  const text = readFileSync('docs/samplers.md', 'utf8')
  return [
    ['docs/samplers.md', withBlock(text, 'samplers', tables(own, { decimals: 4 }))],
    ['docs/images/quality.svg', scheduleFigure(rows)],
  ]
}

/** A panel for each schedule, with a curve for each sampler; the ideal denoiser's is dashed. */
function scheduleFigure(rows: readonly Row[]): string {
  const curves = (schedule: string) =>
    Object.keys(samplers).flatMap((name) => {
      const line = rows.filter((row) => row.line === `${schedule}, ${name}`)
      const points = (y: 'value' | 'ideal') =>
        line.map((row) => [Number.parseInt(row.what, 10), row[y]!] as const)
      return line.length > 0 ? [{ name, points: points('value'), dashed: points('ideal') }] : []
    })
  const title = 'Distance by schedule, sampler and number of steps; dashed: the ideal denoiser'
  const panels = Object.fromEntries(Object.keys(configs).map((schedule) => [schedule, curves(schedule)]))
  return curvesFigure({ title, x: 'network evaluations', y: 'sliced Wasserstein-2', panels })
}
