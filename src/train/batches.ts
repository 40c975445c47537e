import { type LossWeighting, lossWeight, type PredictionType } from '../diffusion/prediction.ts'
import { headOf } from '../model/heads/index.ts'
import { inputRows } from '../model/inputs.ts'
import { headBlocks, type Network } from '../model/network.ts'
import { columnOf, gatherRows, type Points } from '../numerics/points.ts'
import { fillStandardNormals, fillUniforms, shuffled, streams } from '../numerics/random.ts'
import { expandRow, isUnknown, writeBlock, writeNoValue } from '../table/encodings/encode.ts'
import type { Block } from '../table/encodings/encoding.ts'
import type { Batch } from './engine.ts'

interface RowSource {
  readonly network: Network
  /** Codes of the training rows [rows, columns], NaN for missing cells and `unknownCode` for names that are not learned. */
  readonly codes: Points
  readonly batchSize: number
  readonly seed: number
}

export interface BatchSource extends RowSource {
  /** The blocks of the model's dimensions, by column. */
  readonly blocks: readonly Block[]
  readonly predictionType: PredictionType
  readonly lossWeighting: LossWeighting
}

/**
 * Draws batches: each is a pure function of (seed, step), so that a resumed run draws the same ones. With a timestep t and
 * noise epsilon for each row, x_t = sqrt(alphaBar_t) x_0 + sqrt(1 - alphaBar_t) epsilon (Ho et al. 2020, equation 4); the
 * network's head gives the target. A row's loss counts sqrt(blocks / blocks to draw) times its weight by timestep;
 * known blocks count nothing. A missing cell has the value of a random row that has one, new in every batch: so a value says
 * nothing about the missing value next to it, in training as in sampling. It is never known, because its mark would reveal the missing value.
 * A name that is not learned has no value either, so that other columns do not depend on a wrong one, and counts nothing in the loss.
 * Columns of the context are known in every row, whether they are missing too: a missing one has no value, as in sampling.
 * A batch is overwritten when the one after the next is drawn.
 *
 * @returns A function from a step (from 0) to its batch; `x_t` is the first layer's input besides the features of t.
 */
export function batchesOf(source: BatchSource): (step: number) => Batch {
  const { network, blocks, codes, predictionType, lossWeighting, batchSize: count, seed } = source
  const { dim, alphaBars } = network
  const inputs = inputRows(network)
  const head = headOf(network)
  /** By timestep: the shares of x_t and of a number's target, and the weight in the loss. */
  const levels = alphaBars.map((alphaBar) => ({
    signal: Math.sqrt(alphaBar),
    noise: Math.sqrt(1 - alphaBar),
    target: head.target(alphaBar, predictionType),
    weight: lossWeight(lossWeighting, predictionType, alphaBar),
  }))
  const drawRows = network.takesCondition ? shuffledRows(source) : drawnRows(source)
  // memory is allocated once: a megabyte of garbage a step would take a tenth of its time
  const points = (width: number) => ({ data: new Float32Array(count * width), count, dim: width })
  const spare = [0, 1].map(() => ({
    x_t: points(inputs.width),
    t: new Int32Array(count),
    target: points(dim),
    factors: new Float32Array(count * dim),
  }))
  const epsilon = new Float32Array(count * dim)
  const [x_0, x_t] = [new Float32Array(dim), new Float32Array(dim)]
  const known = new Uint8Array(network.blocks.length)
  const row = { x_t, values: x_0, from: 0, isKnown: (block: number) => known[block] === 1 }
  const factor = factorsOf(network, count)
  /** 1 for each dimension whose output is a logit. */
  const isLogits = new Uint8Array(dim)
  for (const { size, start } of headBlocks(network)) if (size > 1) isLogits.fill(1, start, start + size)
  const isUnlearned = unknownIn(source)
  const fillMissing = missingFiller(source)
  return (step) => {
    const drawn = drawRows(step)
    fillStandardNormals(epsilon, { seed, stream: streams.trainingNoise, step, start: 0, count, dim })
    spare.reverse()
    const batch = spare[0]!
    const { x_t: filled, t, target, factors } = batch
    filled.data.fill(0)
    for (let i = 0; i < count; i++) {
      t[i] = drawn.timestep(i)
      const level = levels[t[i]!]!
      const place = drawn.row(i)
      expandRow(blocks, codes.data, place * codes.dim, x_0, 0)
      const weight = level.weight * drawn.markKnown(known, i, x_0)
      fillMissing?.(step, i, x_0, (b) => isUnlearned(b, place))
      const [ofNumber, ofLogit] = [factor(weight, false), factor(weight, true)]
      const { signal, noise, target: ofTarget } = level
      for (let b = 0, at = i * dim; b < network.blocks.length; b++) {
        const { size, start } = network.blocks[b]!
        const isLogit = isLogits[start] === 1
        const end = start + size
        const ofBlock = known[b] === 1 || isUnlearned(b, place) ? 0 : isLogit ? ofLogit : ofNumber
        // plain numbers: an array for each would be collected with tens of megabytes a step
        for (let d = start; d < end; d++) {
          const clean = x_0[d]!
          const e = epsilon[at + d]!
          x_t[d] = signal * clean + noise * e
          factors[at + d] = ofBlock
          target.data[at + d] = isLogit ? Number(clean > 0) : ofTarget.noise * e + ofTarget.clean * clean
        }
      }
      inputs.write(filled.data, i * inputs.width, row)
    }
    return batch
  }
}

/** Returns a function to whether the value of a block, in a training row, is a name that is not learned. */
function unknownIn({ blocks, codes }: Pick<BatchSource, 'blocks' | 'codes'>) {
  const own = blocks.map((block) => (code: number) => isUnknown(block, block.split(code)))
  const someAre = blocks.map(({ column }, b) => columnOf(codes, column).some(own[b]!))
  return (b: number, row: number): boolean =>
    someAre[b]! && own[b]!(codes.data[row * codes.dim + blocks[b]!.column]!)
}

/**
 * Returns a function that writes what stands in for the missing blocks of row i of a step's batch: the value of a random row that has one,
 * and no value in the context's and where a name is not learned. Undefined if no block lacks a value.
 */
function missingFiller(source: BatchSource) {
  const { blocks, codes, batchSize: count, seed } = source
  const lacks = blocks.map(
    (block) => (code: number) => Number.isNaN(code) || isUnknown(block, block.split(code)),
  )
  if (!blocks.some(({ column }, b) => columnOf(codes, column).some(lacks[b]!))) return undefined
  const present = blocks.map(({ column }, b) => columnOf(codes, column).filter((code) => !lacks[b]!(code)))
  const dim = blocks.length
  // the blocks of one cell take their digits from one row
  const firsts = firstBlocks(blocks)
  const drawn = new Float64Array(count * dim)
  let drawnStep: number | undefined
  return (step: number, i: number, x_0: Float32Array, isUnlearned: (block: number) => boolean): void => {
    if (step !== drawnStep) fillUniforms(drawn, { seed, stream: streams.missing, step, start: 0, count, dim })
    drawnStep = step
    for (const [b, block] of blocks.entries()) {
      if (!Number.isNaN(x_0[block.start]!)) continue
      if (block.isContext || isUnlearned(b)) {
        writeNoValue(block, x_0, 0)
        continue
      }
      const values = present[b]!
      const code = values[Math.floor(drawn[i * dim + firsts[b]!]! * values.length)]!
      writeBlock(block, block.split(code), x_0, 0)
    }
  }
}

/**
 * Returns the factor of (output - target), or of (softmax - target), in the gradient of a batch's mean loss: for a number
 * of the weight w it is 2 w, divided by the dimensions if the head takes their mean.
 */
function factorsOf(network: Network, count: number): (weight: number, isLogit: boolean) => number {
  const { numberWeight, isMean } = headOf(network)
  const size = isMean ? count * network.dim : count
  return (weight, isLogit) => Math.fround(isLogit ? weight : 2 * numberWeight * weight) / size
}

/** Training data: codes of the rows, or a student's pairs of start and end points in scaled space. */
export interface TrainingData {
  readonly x_0: Points
  readonly x_T?: Points | undefined
}

/**
 * Draws a student's batches: rows of the pairs, as in `batchesOf`. At its only timestep, 1, x_t is pure noise and the
 * target is x_0.
 */
export function pairsOf(x_T: Points, source: RowSource): (step: number) => Batch {
  const { network, codes: x_0, batchSize: count } = source
  const drawRows = drawnRows(source)
  const t = new Int32Array(count).fill(1)
  const factors = new Float32Array(count * network.dim).fill(factorsOf(network, count)(1, false))
  return (step) => {
    const drawn = drawRows(step)
    const rows = Int32Array.from({ length: count }, (_, i) => drawn.row(i))
    return { x_t: gatherRows(x_T, rows), t, target: gatherRows(x_0, rows), factors }
  }
}

/** The rows of a batch, their timesteps and their known blocks. */
interface DrawnRows {
  /** The training row that row i of the batch is. */
  row(i: number): number
  /** Its timestep, 1..T. */
  timestep(i: number): number
  /**
   * Writes its known blocks to `known`, 1 or 0 by block; a block whose value in `x_0` is missing is never known, unless it is the
   * context's. Returns the row's weight.
   */
  markKnown(known: Uint8Array, i: number, x_0: Float32Array): number
}

/** Draws the rows of a step (from 0). The result is valid until the next one is drawn. */
type DrawRows = (step: number) => DrawnRows

/**
 * Uniform timesteps; all rows in order if the batch has them all, otherwise rows drawn with replacement. No block is known.
 * Row i of step k: words 0 and 1 of counter (i, k, 0, 3).
 */
function drawnRows({ network: { T }, codes: { count: rows }, batchSize: count, seed }: RowSource): DrawRows {
  const all = count >= rows
  const dim = all ? 1 : 2
  const drawn = new Float64Array(count * dim)
  return (step) => {
    fillUniforms(drawn, { seed, stream: streams.batches, step, start: 0, count, dim })
    return {
      row: (i) => (all ? i : Math.floor(drawn[dim * i + 1]! * rows)),
      timestep: (i) => 1 + Math.floor(drawn[dim * i]! * T),
      markKnown: () => 1,
    }
  }
}

/** Half of the rows have no known block besides the context; of the rest, a quarter have one, and a quarter have all but one. */
const [maskedShare, singleShare] = [0.5, 0.25]

/**
 * Random numbers of a row besides one for each block: timestep, whether any block is known, the kind of mask, and its
 * parameters.
 */
const fixedDraws = 5

/** Rows reshuffled for each pass over the table, timesteps spread evenly over a batch, and masks of known blocks. */
function shuffledRows({ network: { T }, blocks, codes, batchSize: count, seed }: BatchSource): DrawRows {
  const firsts = firstBlocks(blocks)
  const order = rowOrder(codes.count, seed)
  const dim = fixedDraws + blocks.length
  const drawn = new Float64Array(count * dim)
  return (step) => {
    fillUniforms(drawn, { seed, stream: streams.batches, step, start: 0, count, dim })
    const rows = order(step * count, count)
    return {
      row: (i) => rows[i]!,
      timestep: (i) => 1 + Math.min(T - 1, Math.floor(((i + drawn[i * dim]!) / count) * T)),
      markKnown: (known, i, x_0) => drawMask(known, drawn, i * dim, { blocks, firsts }, x_0),
    }
  }
}

/** Of each block, the first of those that are known together with it: all blocks of a value are. */
function firstBlocks(blocks: readonly Block[]): readonly number[] {
  return blocks.map(({ column, part }) =>
    blocks.findIndex((block) => block.column === column && block.part === part),
  )
}

/**
 * Draws the known blocks of a row into `known`. Returns its weight, sqrt(blocks / blocks to draw), of those that are not the
 * context's. `drawn` has its random numbers from `at` on.
 */
function drawMask(
  known: Uint8Array,
  drawn: Float64Array,
  at: number,
  { blocks, firsts }: { readonly blocks: readonly Block[]; readonly firsts: readonly number[] },
  x_0: Float32Array,
): number {
  const count = blocks.length
  const [any, way, share, which] = [drawn[at + 1]!, drawn[at + 2]!, drawn[at + 3]!, drawn[at + 4]!]
  const chosenBlock = firsts[Math.floor(which * count)]!
  let [free, toDraw] = [0, 0]
  for (let b = 0; b < count; b++) {
    const first = firsts[b]!
    const { start, isContext } = blocks[b]!
    if (isContext) {
      known[b] = 1
      continue
    }
    const isMissing = Number.isNaN(x_0[start]!)
    free++
    const byChance = drawn[at + fixedDraws + first]! < share
    const isDrawn =
      way < singleShare ? first === chosenBlock : way > 1 - singleShare ? first !== chosenBlock : byChance
    const isKnown = any < maskedShare && isDrawn && !isMissing
    known[b] = isKnown ? 1 : 0
    if (!isKnown) toDraw++
  }
  return Math.sqrt(free / Math.max(1, toDraw))
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
