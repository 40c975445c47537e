import { combine } from '../numerics/kernels/combination.ts'
import type { FloatArray, Points } from '../numerics/points.ts'
import type { Conversion } from './prediction.ts'

/**
 * What happens to a predicted x_0: `clip` cuts it at -range and range; `threshold` cuts each row at s and divides it by s,
 * where s is the `ratio` quantile of its absolute values, at least 1 and at most `most`. Saharia et al., "Photorealistic
 * text-to-image diffusion models with deep language understanding" (2022), section 2.3.
 */
export type Limit =
  | { readonly kind: 'clip'; readonly range: number }
  | { readonly kind: 'threshold'; readonly ratio: number; readonly most: number }

/** The limited x_0 of a call. */
export function limited<A extends FloatArray>(
  limit: Limit,
  sample: Conversion,
  x_t: Points<A>,
  output: Points<A>,
): Points<A> {
  const x_0 = combine([
    { coefficient: sample.x_t, points: x_t },
    { coefficient: sample.output, points: output },
  ])
  const { data, count, dim } = x_0
  for (let i = 0; i < count; i++) {
    const row = data.subarray(i * dim, (i + 1) * dim)
    const range = limit.kind === 'clip' ? limit.range : thresholdOf(limit, row)
    const divisor = limit.kind === 'clip' ? 1 : range
    for (let d = 0; d < dim; d++) row[d] = Math.min(Math.max(row[d]!, -range), range) / divisor
  }
  return x_0
}

/** The quantile lies between two of the sorted values, as torch.quantile has it. */
function thresholdOf({ ratio, most }: Extract<Limit, { kind: 'threshold' }>, row: FloatArray): number {
  const sorted = row.map(Math.abs).sort()
  const at = ratio * (row.length - 1)
  const low = Math.floor(at)
  const quantile = sorted[low]! + (at - low) * ((sorted[low + 1] ?? sorted[low]!) - sorted[low]!)
  return Math.min(Math.max(quantile, 1), most)
}
