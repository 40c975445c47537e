import { InputError } from '../core/errors.ts'
import { chosenRows } from '../model/candidates.ts'
import { conditionBlocks } from '../model/network.ts'
import { allFinite, type Points, sliceRows } from '../numerics/points.ts'
import { fillUniforms, type Stream, streams } from '../numerics/random.ts'
import { conditionOf, keepKnown, knownIn, withSources } from '../table/condition.ts'
import { decodeBlocks, type Encoding } from '../table/encodings/encoding.ts'
import { withoutBeside } from '../table/relations/beside.ts'
import { restoreCells } from '../table/relations/restore.ts'
import { type Chunk, sampleChunk } from './chunk.ts'
import type { Draw } from './draw.ts'
import type { ModelInternals, SampledChunk } from './model.ts'

export type DrawnRows = Pick<SampledChunk, 'table' | 'x_0'>

/** Draws the samples of several callers in one run, equal to those of `sample`; on the model's workers, if any. */
export async function drawTogether(model: ModelInternals, draws: readonly Draw[]): Promise<DrawnRows[]> {
  const chunk = chunkOf(model, draws)
  const end = model.uses.begin()
  try {
    const states = await (model.workers?.run(chunk) ?? sampleChunk(model, chunk))
    return rowsOf(model, draws, states.at(-1)!)
  } finally {
    end()
  }
}

type ChunkPart = Pick<Draw, 'process' | 'ranges' | 'count' | 'knownCells'> &
  Partial<Pick<Draw, 'x_T' | 'noise' | 'trajectory'>>

/**
 * One chunk of all samples of the draws, which have one process, or of all their candidates, one after another. Only a single
 * draw has start points and noise, of its only candidates.
 */
export function chunkOf({ file }: Pick<ModelInternals, 'file'>, samples: readonly ChunkPart[]): Chunk {
  const draws = candidatesOf(file, samples)
  const { process, x_T, noise, trajectory } = draws[0]!
  const { encoding, network } = file.description
  const { dim } = network
  const blocks = conditionBlocks(network)
  return {
    process,
    ranges: draws.flatMap(({ ranges }) => ranges),
    count: draws.reduce((sum, { count }) => sum + count, 0),
    dim,
    x_T,
    noise,
    condition: blocks === undefined ? undefined : conditionOfAll(encoding, draws, blocks, dim),
    trajectory,
  }
}

/** The draws of each candidate, all of the first first. Given start points are of a single candidate. */
function candidatesOf<D extends ChunkPart>(
  { description }: ModelInternals['file'],
  draws: readonly D[],
): D[] {
  const count = draws.some(({ x_T, noise }) => x_T || noise) ? 1 : (description.candidates?.count ?? 1)
  return Array.from({ length: count }, (_, candidate) =>
    candidate === 0
      ? draws
      : draws.map((draw) => ({ ...draw, ranges: draw.ranges.map((range) => ({ ...range, candidate })) })),
  ).flat()
}

/** The condition of all draws' rows; a draw without known cells has no known block. */
function conditionOfAll(encoding: Encoding, draws: readonly ChunkPart[], blocks: number, dim: number) {
  const count = draws.reduce((sum, draw) => sum + draw.count, 0)
  const nothing = (width: number): Points => ({ data: new Float32Array(count * width), count, dim: width })
  const all = { known: nothing(blocks), values: nothing(dim) }
  let at = 0
  for (const { count, knownCells, ranges } of draws) {
    if (knownCells) {
      const complete = withSources(encoding, knownCells, count, uniformsOf(encoding, ranges))
      const { known, values } = conditionOf(encoding, complete, 0, count)
      all.known.data.set(known.data, at * blocks)
      all.values.data.set(values.data, at * dim)
    }
    at += count
  }
  return all
}

/** Each draw's rows of the samples of all, of several candidates one each. Throws InputError if a sample is not finite. */
export function rowsOf(
  model: Pick<ModelInternals, 'file'>,
  draws: readonly Draw[],
  x_0: Points,
): DrawnRows[] {
  const { description } = model.file
  const all = candidatesOf(model.file, draws)
  const rows = decodedRows(model, all, x_0)
  if (all.length === draws.length) return rows
  return draws.map(({ ranges }, d) => {
    const each = rows.filter((_, k) => k % draws.length === d)
    const tables = each.map(({ table }) => table.points)
    const chosen = description.choose(tables, drawUniforms(ranges, 1, streams.candidates))
    const { columns } = each[0]!.table
    const points = chosenRows(tables, chosen)
    const x_0 = chosenRows(
      each.map((row) => row.x_0),
      chosen,
    )
    return { table: { columns, points }, x_0 }
  })
}

function decodedRows(
  { file }: Pick<ModelInternals, 'file'>,
  draws: readonly Draw[],
  x_0: Points,
): DrawnRows[] {
  if (!allFinite(x_0.data)) {
    const problem =
      'the samples overflow float32: the network removes too little noise; train it longer, or take fewer steps'
    throw new InputError(problem, 'out-of-range')
  }
  const { clip } = draws[0]!
  const { encoding } = file.description
  const { columns } = encoding
  const points = decodeBlocks(encoding, x_0, { clip, indexOf: indexIn(draws) })
  let at = 0
  return draws.map(({ count, knownCells, ranges }) => {
    const rows = sliceRows(points, at, at + count)
    if (!knownCells) restoreCells(encoding, rows)
    else {
      keepKnown(rows as Points<Float64Array>, knownCells, 0)
      const [isKnown, uniform] = [knownIn(knownCells), uniformsOf(encoding, ranges)]
      restoreCells(encoding, rows, { isKnown, mayLack: knownCells.mayLack !== false, uniform })
    }
    const table = { columns, points: withoutBeside(encoding, rows) }
    const drawn = { table, x_0: sliceRows(x_0, at, at + count) }
    at += count
    return drawn
  })
}

function indexIn(draws: readonly Draw[]): (row: number) => number {
  const indices = draws.flatMap(({ ranges }) =>
    ranges.flatMap(({ from, count }) => Array.from({ length: count }, (_, i) => from + i)),
  )
  return (row) => indices[row]!
}

/** A uniform number of each row and relation of an encoding, to choose sources by. */
function uniformsOf({ relations = [] }: Encoding, ranges: Draw['ranges']): (i: number, k: number) => number {
  const dim = relations.length
  let drawn: Float64Array | undefined
  return (i, k) => {
    drawn ??= drawUniforms(ranges, dim, streams.sources)
    return drawn[i * dim + k]!
  }
}

function drawUniforms(ranges: Draw['ranges'], dim: number, stream: Stream): Float64Array {
  const drawn = new Float64Array(ranges.reduce((sum, { count }) => sum + count, 0) * dim)
  let at = 0
  for (const { seed, from: start, count } of ranges) {
    const request = { seed, stream, step: 0, start, count, dim }
    fillUniforms(drawn.subarray(at, at + count * dim), request)
    at += count * dim
  }
  return drawn
}
