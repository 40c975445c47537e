/** Draws some rows of a draw again, and all that could have been taken for them. */
import { sliceRows } from '../../numerics/points.ts'
import type { SeedRange } from '../chunk.ts'
import type { Draw } from '../draw.ts'
import type { ModelInternals } from '../model.ts'
import { type DrawnRows, drawTogether, mostDraws } from '../rows.ts'
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

/** The draw of some of a draw's samples, of one of several candidates and attempts. */
export function drawOfSome(
  draw: Draw,
  some: readonly Stretch[],
  which: Pick<SeedRange, 'candidate' | 'first' | 'attempt'> = {},
): Draw {
  const { seed, from } = draw.ranges[0]!
  return {
    ...draw,
    ranges: some.map(({ at, count }) => ({ seed, from: from + at, count, ...which })),
    count: some.reduce((sum, { count }) => sum + count, 0),
  }
}

/** A processor on which one acceptable attempt fails by rounding takes the next: two such are not seen. */
const mostAccepted = 2

/**
 * What another processor may have taken for rows in place of what this one takes: their candidates and, where rows must meet
 * something, those of further attempts.
 *
 * @param draw - The draw of all rows.
 * @param rows - The rows' places in it.
 * @param isFound - Receives a row's candidates of each attempt in turn, until it returns true.
 */
export async function eachAttempt(
  internals: ModelInternals,
  draw: Draw,
  rows: readonly number[],
  isFound: (row: number, candidates: readonly DrawnRow[]) => boolean,
): Promise<void> {
  const { file } = internals
  const { candidates } = file.description
  const { tests = [], fixed = [] } = draw.requirements ?? {}
  const count = candidates?.count ?? 1
  if (count === 1 && tests.length === 0) return
  // with a single candidate, each range's is drawn; threads would take longer to start than these rows take
  const description = { ...file.description, candidates: candidates && { ...candidates, count: 1 } }
  const single = { ...internals, workers: undefined, file: { ...file, description } }
  const each = { ...draw, requirements: { tests: [], fixed } }
  const accepted = new Map<number, number>()
  const attempts = tests.length > 0 ? Math.floor(mostDraws / count) : 1
  for (let [attempt, left] = [0, rows]; attempt < attempts && left.length > 0; attempt++) {
    const next: number[] = []
    for (let k = 0; k < left.length; k += draw.chunkSize) {
      draw.signal?.throwIfAborted()
      const some = left.slice(k, k + draw.chunkSize)
      const places = some.map((at) => ({ at, count: 1 }))
      const draws = Array.from({ length: count }, (_, c) =>
        drawOfSome(each, places, { candidate: attempt * count + c, first: attempt * count, attempt }),
      )
      const drawn = await Promise.all(await drawTogether(single, draws))
      const cellsOf = drawn.map(({ table }) => table.columns.map(({ cells }) => cells))
      for (const [i, row] of some.entries()) {
        const ofRow = drawn.map((of) => drawnRowIn(of, i))
        if (isFound(row, ofRow)) continue
        if (cellsOf.some((cells) => tests.every(({ isMet }) => isMet(cells, i))))
          accepted.set(row, (accepted.get(row) ?? 0) + 1)
        if ((accepted.get(row) ?? 0) < mostAccepted) next.push(row)
      }
    }
    left = next
  }
}

/** A row of those drawn. */
export function drawnRowIn({ table, x_0 }: DrawnRows, row: number): DrawnRow {
  return {
    cells: Float64Array.from(table.columns, ({ cells }) => cells[row]!),
    x_0: sliceRows(x_0, row, row + 1).data,
  }
}
