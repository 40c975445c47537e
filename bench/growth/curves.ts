import { alternate } from '../alternate.ts'
import type { Dimensions } from '../ours/untrained.ts'
import { type Setting, threadCounts } from '../rows/group.ts'
import { type Fit, fitPower } from './fit.ts'

export const axes = ['samples', 'T', 'width', 'D'] as const
export type Axis = (typeof axes)[number]

/** Time against one quantity, with the others as in `base`. */
export interface Curve {
  readonly axis: Axis
  readonly threads: number
  readonly points: readonly { readonly x: number; readonly seconds: number }[]
  readonly fit: Fit
}

export const base = { samples: 10_000, T: 10, width: 100, D: 2 } as const

const doubled = (from: number, to: number) =>
  Array.from({ length: Math.log2(to / from) + 1 }, (_, k) => from * 2 ** k)

const values: Readonly<Record<Axis, readonly number[]>> = {
  samples: [1, 10, 100, 1000, 10_000, 100_000, 1_000_000],
  T: doubled(10, 320),
  width: doubled(25, 800),
  D: doubled(2, 4096),
}

const mostRounds = 3
/** Shorter measurements are repeated more often, to suit the clock's resolution. */
const fewSamples = 1000

/** The median time of `sample` on a sampler.onnx against the number of samples, T, width and D. */
export async function growthCurves({ team, rounds, log }: Setting): Promise<Curve[]> {
  const curves: Curve[] = []
  for (const threads of threadCounts)
    for (const axis of axes) {
      log(`growth with ${axis}, threads: ${threads}`)
      const contestants = values[axis].map((x) => {
        const { samples: count, D: dim, ...rest } = { ...base, [axis]: x }
        const model: Dimensions = { ...rest, dim }
        return team.ours(String(x), threads, {
          task: 'sample',
          model,
          count,
          repeats: count <= fewSamples ? 20 : 1,
        })
      })
      const timings = await alternate(contestants, Math.min(mostRounds, rounds))
      const points = values[axis].map((x) => {
        const timing = timings[String(x)]!
        if ('missing' in timing) throw new Error(`growth with ${axis}, ${x}: ${timing.missing}`)
        return { x, seconds: timing.median }
      })
      curves.push({ axis, threads, points, fit: fitPower(points) })
    }
  return curves
}
