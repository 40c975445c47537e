/** Draws some rows of a draw again, and all their candidates. */
import type { Draw } from '../draw.ts'
import type { ModelInternals } from '../model.ts'
import { type DrawnRows, drawTogether } from '../rows.ts'
import { rowIn } from './differences.ts'
import type { DrawnRow } from './rounding.ts'

/** The share of each part's samples to redraw, and the number of stretches they form. */
const share = 0.01
const stretches = 10

export interface Stretch {
  readonly at: number
  readonly count: number
}

/** Returns evenly spaced stretches of samples: a hundredth of all, with at least one sample each. */
export function stretchesOf(count: number): Stretch[] {
  const some = Math.min(stretches, count)
  const each = Math.max(1, Math.ceil((share * count) / some))
  return Array.from({ length: some }, (_, k) => {
    const at = Math.floor((k * count) / some)
    return { at, count: Math.min(each, count - at) }
  })
}

/** The draw of some of a draw's samples, of one of several candidates. */
export function drawOfSome(draw: Draw, some: readonly Stretch[], candidate?: number): Draw {
  const { seed, from } = draw.ranges[0]!
  return {
    ...draw,
    ranges: some.map(({ at, count }) => ({ seed, from: from + at, count, candidate })),
    count: some.reduce((sum, { count }) => sum + count, 0),
  }
}

/** By row of a draw, all its candidates; empty if the model draws single rows. */
export async function candidatesOf(
  internals: ModelInternals,
  draw: Draw,
  rows: readonly number[],
): Promise<Map<number, DrawnRow[]>> {
  const { file } = internals
  const { candidates, ...description } = file.description
  const found = new Map<number, DrawnRow[]>()
  if (!candidates) return found
  // a model without candidates draws the one that each range names; threads would take longer to start than these rows take
  const single = { ...internals, workers: undefined, file: { ...file, description } }
  for (let k = 0; k < rows.length; k += draw.chunkSize) {
    draw.signal?.throwIfAborted()
    const some = rows.slice(k, k + draw.chunkSize)
    const each = some.map((at) => ({ at, count: 1 }))
    const draws = Array.from({ length: candidates.count }, (_, k) => drawOfSome(draw, each, k))
    const drawn = await Promise.all(await drawTogether(single, draws))
    for (const [i, row] of some.entries()) {
      const ofRow = drawn.map((each) => drawnRowIn(each, i))
      found.set(row, ofRow)
    }
  }
  return found
}

/** A row of those drawn. */
export function drawnRowIn({ table, x_0 }: DrawnRows, row: number): DrawnRow {
  return { cells: rowIn(table.points, row), x_0: rowIn(x_0, row) }
}
