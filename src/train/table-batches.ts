import { gatherRows, type Points } from '../core/points.ts'
import { shuffled, standardNormals, streams, uniforms } from '../core/random.ts'
import type { Schedule } from '../diffusion/schedule.ts'
import type { TableShape } from '../model/network.ts'
import { tableInputs } from '../model/table-network.ts'
import { blocksOf, type Encoding, expandCodes } from '../table/encoding.ts'
import type { Batch } from './engine.ts'

export interface TableBatchSource {
  readonly encoding: Encoding
  /** Of the training rows: [rows, columns], NaN where a cell is missing. */
  readonly codes: Points
  readonly schedule: Schedule
  readonly batchSize: number
  readonly seed: number
}

/** The squared error of a number's v counts so often as the cross-entropy of a category. */
const numberWeight = 3

/** Of all rows half know nothing; of the rest a quarter one block alone, a quarter all but one. */
const [maskedShare, oneShare] = [0.5, 0.25]

/** Random numbers of a row beside one for each block: its timestep, whether it knows anything, which way, and what of it. */
const fixedDraws = 5

/**
 * Draws batches of a table: each is a pure function of (seed, step), so that a resumed run draws what an unbroken one
 * would. Rows come in an order that is drawn anew for each pass over the table; timesteps are spread evenly over a batch.
 * What is known of a row is drawn by `drawMasks`; a row counts sqrt(blocks / blocks to be drawn) times, and a block that is
 * known or missing not at all. A missing value is noise, and never known: else its mark would give its gap away.
 *
 * `x_t` of a batch is all that the first layer takes beside the features of t.
 */
export function tableBatches(source: TableBatchSource): (step: number) => Batch {
  const { encoding, codes, schedule, batchSize: count, seed } = source
  const { T, alphaBars } = schedule
  const shape: TableShape = { blocks: blocksOf(encoding), alphaBars }
  const blocks = blocksOf(encoding)
  const order = rowOrder(codes.count, seed)
  const signal = alphaBars.map(Math.sqrt)
  const noise = alphaBars.map((alphaBar) => Math.sqrt(1 - alphaBar))
  return (step) => {
    const x_0 = expandCodes(encoding, gatherRows(codes, order(step * count, count)))
    const { dim } = x_0
    const width = fixedDraws + blocks.length
    const drawn = uniforms({ seed, stream: streams.batches, step, start: 0, count, dim: width })
    const known = drawMasks(drawn, count, blocks.length)
    const epsilon = standardNormals({ seed, stream: streams.trainingNoise, step, start: 0, count, dim })
    const t = new Int32Array(count)
    const x_t = new Float32Array(count * dim)
    const target = new Float32Array(count * dim)
    const weights = new Float32Array(count * dim)
    for (let i = 0; i < count; i++) {
      t[i] = 1 + Math.min(T - 1, Math.floor(((i + drawn[i * width]!) / count) * T))
      const [a, b] = [signal[t[i]!]!, noise[t[i]!]!]
      let toDraw = 0
      for (const [k, { start }] of blocks.entries()) {
        const isMissing = Number.isNaN(x_0.data[i * dim + start]!)
        if (isMissing) known[i * blocks.length + k] = 0
        else if (known[i * blocks.length + k] === 0) toDraw++
      }
      const rowWeight = Math.sqrt(blocks.length / Math.max(1, toDraw))
      for (const [k, { size, start }] of blocks.entries()) {
        const isKnown = known[i * blocks.length + k] === 1
        const weight = size === 1 ? 2 * numberWeight * rowWeight : rowWeight
        for (let at = i * dim + start; at < i * dim + start + size; at++) {
          const clean = x_0.data[at]!
          if (Number.isNaN(clean)) {
            // noise of a standard normal is one again
            x_t[at] = epsilon[at]!
            continue
          }
          x_t[at] = a * clean + b * epsilon[at]!
          target[at] = size === 1 ? a * epsilon[at]! - b * clean : clean > 0 ? 1 : 0
          if (!isKnown) weights[at] = weight
        }
      }
    }
    const noised = { data: x_t, count, dim }
    const condition = { known: { data: known, count, dim: blocks.length }, values: x_0 }
    return { x_t: tableInputs(shape, noised, condition), t, target: { data: target, count, dim }, weights }
  }
}

/** What each row of a batch knows: [count, blocks] of 1 and 0. */
function drawMasks(drawn: Float64Array, count: number, blocks: number): Float32Array {
  const known = new Float32Array(count * blocks)
  const width = fixedDraws + blocks
  for (let i = 0; i < count; i++) {
    const [, any, way, share, which] = drawn.subarray(i * width, i * width + fixedDraws)
    if (any! >= maskedShare) continue
    const one = Math.floor(which! * blocks)
    for (let b = 0; b < blocks; b++) {
      const byChance = drawn[i * width + fixedDraws + b]! < share!
      const isKnown = way! < oneShare ? b === one : way! > 1 - oneShare ? b !== one : byChance
      if (isKnown) known[i * blocks + b] = 1
    }
  }
  return known
}

/** Rows in an order that is drawn anew for each pass over all of them; the last order is kept, for the next batch needs it. */
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
