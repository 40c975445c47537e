/** The chunk that the samples of all draws share, with what is known of each and the candidates of each. */
import { sharedSteps } from '../model/candidates.ts'
import { conditionBlocks } from '../model/network.ts'
import type { Points } from '../numerics/points.ts'
import { fillUniforms, type Stream, streams } from '../numerics/random.ts'
import { conditionOf, ofEach, withSources } from '../table/condition.ts'
import type { Encoding } from '../table/encodings/encoding.ts'
import type { Known } from '../table/known.ts'
import type { Chunk } from './chunk.ts'
import type { Draw } from './draw.ts'
import type { ModelInternals } from './model.ts'

type ChunkPart = Pick<Draw, 'process' | 'ranges' | 'count' | 'knownCells' | 'requirements'> &
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
    sharedSteps: sharedSteps(file.description.candidates ?? {}, process),
    x_T,
    noise,
    condition:
      blocks === undefined
        ? undefined
        : takesOneForAll(file) && draws.every((draw) => !isAnyKnown(draw))
          ? { known: nothing(1, blocks), values: nothing(1, dim) }
          : conditionOfAll(encoding, draws, blocks, dim),
    trajectory,
  }
}

/**
 * The draws of each candidate that is drawn at once, all of the first first: one if they are accepted in turn. Given start points are of a
 * single candidate.
 */
export function candidatesOf<D extends ChunkPart>(
  { description }: ModelInternals['file'],
  draws: readonly D[],
): D[] {
  const { count: all = 1, shared } = description.candidates ?? {}
  const count = shared !== undefined || draws.some(({ x_T, noise }) => x_T || noise) ? 1 : all
  return Array.from({ length: count }, (_, k) =>
    k === 0
      ? draws
      : draws.map((draw) => ({
          ...draw,
          ranges: draw.ranges.map((range) => ({ ...range, candidate: (range.candidate ?? 0) + k })),
        })),
  ).flat()
}

/** Whether a condition, and t, may be a single row for all rows of a chunk: not with earlier files, whose bits would change. */
export function takesOneForAll({
  description,
  isSampler,
}: Pick<ModelInternals['file'], 'description' | 'isSampler'>): boolean {
  return !isSampler && description.network.takesCondition && description.candidates?.shared !== undefined
}

function isAnyKnown({ knownCells, requirements }: ChunkPart): boolean {
  return knownCells !== undefined || (requirements?.fixed ?? []).length > 0
}

function nothing(count: number, dim: number): Points {
  return { data: new Float32Array(count * dim), count, dim }
}

/** The condition of all draws' rows; a draw without known cells has no known block. */
function conditionOfAll(encoding: Encoding, draws: readonly ChunkPart[], blocks: number, dim: number) {
  const count = draws.reduce((sum, draw) => sum + draw.count, 0)
  const all = { known: nothing(count, blocks), values: nothing(count, dim) }
  let at = 0
  for (const draw of draws) {
    const { count, ranges } = draw
    const knownCells = knownOfDraw(encoding, draw)
    if (knownCells) {
      const complete = withSources(encoding, knownCells, count, uniformsOf(encoding, ranges))
      const { known, values } = conditionOf(encoding, complete, count)
      all.known.data.set(known.data, at * blocks)
      all.values.data.set(values.data, at * dim)
    }
    at += count
  }
  return all
}

/** The known cells of a draw's rows, with those that their indices give. */
export function knownOfDraw(
  { columns }: Encoding,
  { knownCells, requirements, ranges, count }: ChunkPart,
): Known | undefined {
  const fixed = requirements?.fixed ?? []
  if (fixed.length === 0) return knownCells
  const given = knownCells ?? { count: 1, cells: columns.map(() => Float64Array.of(Number.NaN)) }
  const known = ofEach(given, count)
  let row = 0
  for (const { seed, from, count, attempt = 0 } of ranges)
    for (let index = from; index < from + count; index++, row++)
      for (const { columns, cells } of fixed) {
        const fixedCells = cells(seed, index, attempt)
        for (const [k, d] of columns.entries())
          if (Number.isNaN(known[d]![row]!) && !knownCells?.missing?.has(d)) known[d]![row] = fixedCells[k]!
      }
  return { ...knownCells, count, cells: known }
}

/** A uniform number of each row and relation of an encoding, to choose sources by. */
export function uniformsOf(
  { relations = [] }: Encoding,
  ranges: Draw['ranges'],
): (i: number, k: number) => number {
  const dim = relations.length
  let drawn: Float64Array | undefined
  return (i, k) => {
    drawn ??= drawUniforms(ranges, dim, streams.sources)
    return drawn[i * dim + k]!
  }
}

export function drawUniforms(ranges: Draw['ranges'], dim: number, stream: Stream): Float64Array {
  const drawn = new Float64Array(ranges.reduce((sum, { count }) => sum + count, 0) * dim)
  let at = 0
  for (const { seed, from: start, count, attempt = 0 } of ranges) {
    const request = { seed, stream, step: attempt, start, count, dim }
    fillUniforms(drawn.subarray(at, at + count * dim), request)
    at += count * dim
  }
  return drawn
}
