import { mean } from '../../src/measure/statistics.ts'
import { curvesFigure } from '../curves-figure.ts'
import type { Setting } from '../group.ts'
import type { Dimensions } from '../ours/sampling.ts'
import { race } from '../race.ts'
import { figure, type Row } from '../row.ts'

type Points = NonNullable<Row['points']>

const base = { samples: 10_000, T: 10, width: 100, D: 2 } as const
const doubled = (from: number, times: number) => Array.from({ length: times + 1 }, (_, k) => from * 2 ** k)
const axes = {
  samples: { label: 'samples', values: [1, 10, 100, 1000, 10_000, 100_000, 1_000_000] },
  T: { label: 'T, steps of the sampler', values: doubled(10, 5) },
  width: { label: 'width of the hidden layers', values: doubled(25, 5) },
  D: { label: 'D, columns of the data', values: doubled(2, 11) },
} as const

/** The time of `sample` on a sampler.onnx against the number of samples, T, width and D, the others as in `base`. */
export async function growth({ pool, rounds, log }: Setting): Promise<Row[]> {
  const rows: Row[] = []
  for (const threads of [2, 1])
    for (const [axis, { values }] of Object.entries(axes)) {
      log(`growth with ${axis}, threads: ${threads}`)
      const contestant = (x: number) => {
        const { samples: count, D: dim, ...rest } = { ...base, [axis]: x }
        const model: Dimensions = { ...rest, dim }
        // short measurements are repeated, to suit the clock's resolution
        return pool.ours(threads, { task: 'sample', model, count, repeats: count <= 1000 ? 20 : 1 })
      }
      const contestants = Object.fromEntries(values.map((x) => [x, contestant(x)]))
      const times = await race(contestants, Math.min(3, rounds))
      const points = Object.entries(times).map(([x, time]) => {
        if ('missing' in time) throw new Error(`growth with ${axis}, ${x}: ${time.missing}`)
        return [Number(x), time.median] as const
      })
      rows.push(...growthRows(`${axis}, ${threads} thread${threads === 1 ? '' : 's'}`, points))
    }
  return rows
}

export function growthRows(line: string, points: Points): Row[] {
  const { slope, from, farthest } = fitPower(points)
  return [
    { ...figure('slope', slope), line, points },
    { ...figure('from', from), line },
    { ...figure('to', points.at(-1)![0]), line },
    { ...figure('max distance from the line', 100 * farthest, '%'), line },
  ]
}

/** A figure for each quantity, with a curve for each number of threads; the fitted powers are dashed. */
export const growthFiles = (rows: readonly Row[]): [path: string, content: string][] =>
  Object.entries(axes).map(([axis, { label }]) => {
    const curves = rows.flatMap(({ line, value, points }) => {
      if (!points || !line!.startsWith(`${axis},`)) return []
      const { slope, factor, from } = fitPower(points)
      const dashed = [from, points.at(-1)![0]].map((x) => [x, factor * x ** slope] as const)
      return [{ name: `${line!.split(', ')[1]}: slope ${value!.toFixed(2)}`, points, dashed }]
    })
    const drawn = curvesFigure({
      title: `Time against ${label}`,
      x: label,
      y: 'seconds',
      panels: { '': curves },
    })
    return [`docs/images/growth-${axis.toLowerCase()}.svg`, drawn]
  })

/** y = factor x^slope: a straight line on logarithmic axes. */
export interface Fit {
  readonly slope: number
  readonly factor: number
  /** The minimum x in the fit. */
  readonly from: number
  /** The maximum deviation of a point from the line: 0.1 is a tenth of its time. */
  readonly farthest: number
}

/** The least-squares line through the logarithms of the upper half of the points; fixed costs weigh on the lower. */
export function fitPower(points: Points): Fit {
  const upper = points.slice(Math.floor(points.length / 2))
  const [xs, ys] = [upper.map(([x]) => Math.log(x)), upper.map(([, y]) => Math.log(y))]
  const [mx, my] = [mean(xs), mean(ys)]
  const slope = mean(xs.map((x, i) => (x - mx) * (ys[i]! - my))) / mean(xs.map((x) => (x - mx) ** 2))
  const factor = Math.exp(my - slope * mx)
  const farthest = Math.max(...upper.map(([x, y]) => Math.abs(y / (factor * x ** slope) - 1)))
  return { slope, factor, from: upper[0]![0], farthest }
}
