import type { Schedule } from '../diffusion/schedule.ts'
import { inputRows } from '../model/table-network.ts'
import type { Points } from '../numerics/points.ts'
import { fillStandardNormals, fillUniforms, shuffled, streams } from '../numerics/random.ts'
import { type Block, blocksOf, dimensionsOf, type Encoding, expandRow } from '../table/encodings/encoding.ts'
import type { Batch } from './engine.ts'

export interface TableBatchSource {
  readonly encoding: Encoding
  /** Codes of the training rows [rows, columns], NaN for missing cells. */
  readonly codes: Points
  readonly schedule: Schedule
  readonly batchSize: number
  readonly seed: number
}

/** Weight of a number's squared v error relative to a category's cross-entropy. */
const numberWeight = 3

/** Half of the rows know nothing; of the rest, a quarter know one block and a quarter all but one. */
const [maskedShare, oneShare] = [0.5, 0.25]

/**
 * Random numbers of a row beside one for each block: timestep, whether it knows anything, the kind of mask, and its
 * parameters.
 */
const fixedDraws = 5

/**
 * Draws batches of a table: each is a pure function of (seed, step), so that a resumed run draws the same batches. Rows
 * are reshuffled for each pass over the table; timesteps are spread evenly over a batch. `drawMask` draws the known
 * blocks of a row; a row's weight is sqrt(blocks / blocks to draw), and known or missing blocks have weight 0. A
 * missing value is noise and never known, because its mark would reveal the gap. A batch is overwritten when the one
 * after the next is drawn.
 *
 * `x_t` of a batch is the first layer's input beside the features of t.
 */
export function tableBatches(source: TableBatchSource): (step: number) => Batch {
  const { encoding, codes, schedule, batchSize: count, seed } = source
  const { T, alphaBars } = schedule
  const blocks = blocksOf(encoding)
  const dim = dimensionsOf(encoding)
  const inputs = inputRows({ blocks, alphaBars }, dim)
  const order = rowOrder(codes.count, seed)
  const signal = alphaBars.map(Math.sqrt)
  const noise = alphaBars.map((alphaBar) => Math.sqrt(1 - alphaBar))
  const draws = fixedDraws + blocks.length
  // memory is allocated once: a megabyte of garbage a step would take a tenth of its time
  const points = (width: number) => ({ data: new Float32Array(count * width), count, dim: width })
  const spare = [0, 1].map(() => ({
    x_t: points(inputs.width),
    t: new Int32Array(count),
    target: points(dim),
    weights: new Float32Array(count * dim),
  }))
  const [drawn, epsilon] = [new Float64Array(count * draws), new Float32Array(count * dim)]
  const [x_0, x_t] = [new Float32Array(dim), new Float32Array(dim)]
  const known = new Uint8Array(blocks.length)
  const row = { x_t, values: x_0, from: 0, isKnown: (block: number) => known[block] === 1 }
  return (step) => {
    fillUniforms(drawn, { seed, stream: streams.batches, step, start: 0, count, dim: draws })
    fillStandardNormals(epsilon, { seed, stream: streams.trainingNoise, step, start: 0, count, dim })
    const rows = order(step * count, count)
    spare.reverse()
    const { x_t: filled, t, target, weights } = spare[0]!
    filled.data.fill(0)
    for (let i = 0; i < count; i++) {
      t[i] = 1 + Math.min(T - 1, Math.floor(((i + drawn[i * draws]!) / count) * T))
      const [a, b] = [signal[t[i]!]!, noise[t[i]!]!]
      expandRow(blocks, codes.data, rows[i]! * codes.dim, x_0, 0)
      const rowWeight = drawMask(known, drawn, i * draws, blocks, x_0)
      for (let k = 0; k < blocks.length; k++) {
        const { size, start } = blocks[k]!
        const weight = known[k] === 1 ? 0 : size === 1 ? 2 * numberWeight * rowWeight : rowWeight
        const isMissing = Number.isNaN(x_0[start]!)
        for (let d = start; d < start + size; d++) {
          const e = epsilon[i * dim + d]!
          const clean = isMissing ? 0 : x_0[d]!
          // a missing value stays standard normal
          x_t[d] = isMissing ? e : a * clean + b * e
          target.data[i * dim + d] = isMissing ? 0 : size === 1 ? a * e - b * clean : clean > 0 ? 1 : 0
          weights[i * dim + d] = isMissing ? 0 : weight
        }
      }
      inputs.write(filled.data, i * inputs.width, row)
    }
    return spare[0]!
  }
}

/**
 * Draws the known blocks of a row into `known`, 1 or 0 by block. Returns its weight, sqrt(blocks / blocks to draw).
 * `drawn` has its random numbers from `at` on.
 */
function drawMask(
  known: Uint8Array,
  drawn: Float64Array,
  at: number,
  blocks: readonly Block[],
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
