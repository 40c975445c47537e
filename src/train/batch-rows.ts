import type { Network } from '../model/network.ts'
import type { Points } from '../numerics/points.ts'
import { fillUniforms, shuffled, streams } from '../numerics/random.ts'

/** The rows of a batch, their timesteps and what is known of them. */
export interface DrawnRows {
  /** The training row that row i of the batch is. */
  row(i: number): number
  /** Its timestep, 1..T. */
  timestep(i: number): number
  /**
   * Writes its known blocks to `known`, 1 or 0 by block; a block whose value in `x_0` is missing is never known. Returns
   * the row's weight.
   */
  know(known: Uint8Array, i: number, x_0: Float32Array): number
}

/** Draws the rows of a step (from 0). The result is valid until the next one is drawn. */
export type DrawRows = (step: number) => DrawnRows

interface RowSource {
  readonly network: Network
  readonly codes: Points
  readonly batchSize: number
  readonly seed: number
}

/**
 * Uniform timesteps; all rows in order if the batch has them all, otherwise rows drawn with replacement. Nothing is known.
 * Row i of step k: words 0 and 1 of counter (i, k, 0, 3).
 */
export function drawnRows({
  network: { T },
  codes: { count: rows },
  batchSize: count,
  seed,
}: RowSource): DrawRows {
  const all = count >= rows
  const dim = all ? 1 : 2
  const drawn = new Float64Array(count * dim)
  return (step) => {
    fillUniforms(drawn, { seed, stream: streams.batches, step, start: 0, count, dim })
    return {
      row: (i) => (all ? i : Math.floor(drawn[dim * i + 1]! * rows)),
      timestep: (i) => 1 + Math.floor(drawn[dim * i]! * T),
      know: () => 1,
    }
  }
}

/** Half of the rows know nothing; of the rest, a quarter know one block and a quarter all but one. */
const [maskedShare, oneShare] = [0.5, 0.25]

/**
 * Random numbers of a row beside one for each block: timestep, whether it knows anything, the kind of mask, and its
 * parameters.
 */
const fixedDraws = 5

/** Rows reshuffled for each pass over the table, timesteps spread evenly over a batch, and masks of known blocks. */
export function shuffledRows({ network, codes, batchSize: count, seed }: RowSource): DrawRows {
  const { T, blocks } = network
  const order = rowOrder(codes.count, seed)
  const dim = fixedDraws + blocks.length
  const drawn = new Float64Array(count * dim)
  return (step) => {
    fillUniforms(drawn, { seed, stream: streams.batches, step, start: 0, count, dim })
    const rows = order(step * count, count)
    return {
      row: (i) => rows[i]!,
      timestep: (i) => 1 + Math.min(T - 1, Math.floor(((i + drawn[i * dim]!) / count) * T)),
      know: (known, i, x_0) => drawMask(known, drawn, i * dim, blocks, x_0),
    }
  }
}

/**
 * Draws the known blocks of a row into `known`. Returns its weight, sqrt(blocks / blocks to draw). `drawn` has its random
 * numbers from `at` on.
 */
function drawMask(
  known: Uint8Array,
  drawn: Float64Array,
  at: number,
  blocks: Network['blocks'],
  x_0: Float32Array,
): number {
  const count = blocks.length
  const [any, way, share, which] = [drawn[at + 1]!, drawn[at + 2]!, drawn[at + 3]!, drawn[at + 4]!]
  const one = Math.floor(which * count)
  let toDraw = 0
  for (let b = 0; b < count; b++) {
    const byChance = drawn[at + fixedDraws + b]! < share
    const isDrawn = way < oneShare ? b === one : way > 1 - oneShare ? b !== one : byChance
    const isMissing = Number.isNaN(x_0[blocks[b]!.start]!)
    const isKnown = any < maskedShare && isDrawn && !isMissing
    known[b] = isKnown ? 1 : 0
    if (!isKnown && !isMissing) toDraw++
  }
  return Math.sqrt(count / Math.max(1, toDraw))
}

/** Rows reshuffled for each pass; the last order is kept for the next batch. */
function rowOrder(rows: number, seed: number): (first: number, count: number) => Int32Array {
  let pass = -1
  let order: ArrayLike<number> = []
  const orderOf = (of: number) => {
    if (of !== pass) order = shuffled(rows, seed, of)
    pass = of
    return order
  }
  return (first, count) =>
    Int32Array.from({ length: count }, (_, i) => orderOf(Math.floor((first + i) / rows))[(first + i) % rows]!)
}
