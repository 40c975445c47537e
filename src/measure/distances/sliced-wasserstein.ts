import { forEach, type Work } from '../../core/work.ts'
import { standardNormals, streams } from '../../numerics/random.ts'
import { below } from '../statistics.ts'
import { type Columns, draws, evaluationSeed, type Halving, parts } from './subsets.ts'

const quantileCount = 1000

/** Unit vectors: the axis for one column, 64 equal angles over half a turn for two, else 256 normalised normals. */
export function directions(dim: number): Float64Array[] {
  if (dim === 1) return [Float64Array.of(1)]
  if (dim === 2)
    return Array.from({ length: 64 }, (_, a) => {
      const angle = (Math.PI * a) / 64
      return Float64Array.of(Math.cos(angle), Math.sin(angle))
    })
  const request = { seed: evaluationSeed, stream: streams.evaluation, step: draws.directions, start: 0 }
  const normals = standardNormals({ ...request, count: 256, dim })
  return Array.from({ length: 256 }, (_, a) => {
    const direction = Float64Array.from(normals.subarray(a * dim, (a + 1) * dim))
    const length = Math.hypot(...direction)
    return direction.map((x) => x / length)
  })
}

/** Index of the quantile (i + 1/2) / 1000 among n sorted numbers: ceil((2i + 1) n / 2000) - 1, in integers. */
export function quantileIndex(i: number, n: number): number {
  return Math.floor(((2 * i + 1) * n - 1) / (2 * quantileCount))
}

/**
 * Sliced Wasserstein-2 distance: the root of the mean over directions of the mean over quantiles of (quantile of the
 * projected real points - of the samples)^2. Bonneel et al., "Sliced and Radon Wasserstein barycenters of measures"
 * (2015), with 1000 quantiles instead of the integral. Throws the signal's reason.
 */
export async function slicedWasserstein2(real: Columns, samples: Columns, work: Work = {}): Promise<number> {
  const all = directions(real.dim)
  let sum = 0
  const direction = (a: number) => {
    const [x, y] = [project(real, all[a]!).sort(), project(samples, all[a]!).sort()]
    sum += squaredDifference(x, x.length, y, y.length)
  }
  await forEach({ stage: 'sliced distance', unit: 'directions' }, all.length, direction, work)
  return Math.sqrt(sum / all.length)
}

/** The distance of every halving of real points, with one part as the samples. */
export async function halvingSlicedWasserstein2(
  data: Columns,
  halvings: readonly Halving[],
  work: Work = {},
): Promise<number[]> {
  const all = directions(data.dim)
  const sums = halvings.map(() => 0)
  const [x, y] = [new Float64Array(data.count), new Float64Array(data.count)]
  const direction = (a: number) => {
    // all points are sorted once: walking them in order puts each half in order
    const { sorted, order } = sortedOrder(project(data, all[a]!))
    halvings.forEach((halving, h) => {
      let [n, m] = [0, 0]
      for (let r = 0; r < order.length; r++) {
        const part = halving[order[r]!]!
        if (part === parts.real) x[n++] = sorted[r]!
        else if (part === parts.samples) y[m++] = sorted[r]!
      }
      sums[h]! += squaredDifference(x, n, y, m)
    })
  }
  await forEach({ stage: 'real against real', unit: 'directions' }, all.length, direction, work)
  return sums.map((sum) => Math.sqrt(sum / all.length))
}

function project({ columns, count, dim }: Columns, direction: Float64Array): Float64Array {
  const projected = new Float64Array(count)
  for (let d = 0; d < dim; d++) {
    const column = columns[d]!
    const factor = direction[d]!
    for (let i = 0; i < count; i++) projected[i]! += factor * column[i]!
  }
  return projected
}

function squaredDifference(x: Float64Array, n: number, y: Float64Array, m: number): number {
  let sum = 0
  for (let i = 0; i < quantileCount; i++) sum += (x[quantileIndex(i, n)]! - y[quantileIndex(i, m)]!) ** 2
  return sum / quantileCount
}

/** Values in order with the row of each: a plain sort, then each row looks up its position. */
function sortedOrder(values: Float64Array): { sorted: Float64Array; order: Int32Array } {
  const sorted = values.slice().sort()
  const order = new Int32Array(values.length)
  const placed = new Int32Array(values.length)
  for (let i = 0; i < values.length; i++) {
    const first = below(sorted, values[i]!, false)
    // equal values are next to each other
    order[first + placed[first]!++] = i
  }
  return { sorted, order }
}
