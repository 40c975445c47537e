import { InputError } from '../core/errors.ts'
import { humanCount } from '../core/format.ts'
import { chosenRows } from '../model/candidates.ts'
import { conditionBlocks } from '../model/network.ts'
import type { Requirement, Requirements } from '../model/requirements.ts'
import { allFinite, type FloatArray, gatherRows, type Points, sliceRows } from '../numerics/points.ts'
import { fillUniforms, type Stream, streams } from '../numerics/random.ts'
import { conditionOf, type Known, keepKnown, knownIn, withSources } from '../table/condition.ts'
import { decodeBlocks, type Encoding } from '../table/encodings/encoding.ts'
import { withoutBeside } from '../table/relations/beside.ts'
import { restoreCells } from '../table/relations/restore.ts'
import type { Table } from '../table/table.ts'
import { type Chunk, sampleChunk } from './chunk.ts'
import type { Draw } from './draw.ts'
import type { ModelInternals, SampledChunk } from './model.ts'
import { withTexts } from './texts.ts'

export type DrawnRows = Pick<SampledChunk, 'table' | 'x_0'>

/**
 * Draws the samples of several callers in one run, equal to those of `sample`; on the model's workers, if any. Each has a
 * promise of its own, since the rows of one may meet none of its requirements.
 */
export async function drawTogether(
  model: ModelInternals,
  draws: readonly Draw[],
): Promise<Promise<DrawnRows>[]> {
  const chunk = chunkOf(model, draws)
  const end = model.uses.begin()
  const states = await (model.workers?.run(chunk) ?? sampleChunk(model, chunk)).catch((error) => {
    end()
    throw error
  })
  const rows = rowsOf(model, draws, states.at(-1)!)
  void Promise.allSettled(rows).then(end)
  return rows
}

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
  return Array.from({ length: count }, (_, k) =>
    k === 0
      ? draws
      : draws.map((draw) => ({
          ...draw,
          ranges: draw.ranges.map((range) => ({ ...range, candidate: (range.candidate ?? 0) + k })),
        })),
  ).flat()
}

/** The condition of all draws' rows; a draw without known cells has no known block. */
function conditionOfAll(encoding: Encoding, draws: readonly ChunkPart[], blocks: number, dim: number) {
  const count = draws.reduce((sum, draw) => sum + draw.count, 0)
  const nothing = (width: number): Points => ({ data: new Float32Array(count * width), count, dim: width })
  const all = { known: nothing(blocks), values: nothing(dim) }
  let at = 0
  for (const draw of draws) {
    const { count, ranges } = draw
    const knownCells = knownOfDraw(encoding, draw)
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

/** The known cells of a draw's rows, with those that their indices give. */
function knownOfDraw(
  { columns }: Encoding,
  { knownCells, requirements, ranges, count }: ChunkPart,
): Known | undefined {
  const fixed = requirements?.fixed ?? []
  if (fixed.length === 0) return knownCells
  const dim = columns.length
  const given = knownCells?.cells
  const data = new Float64Array(count * dim).fill(Number.NaN)
  let row = 0
  for (const { seed, from, count, attempt = 0 } of ranges)
    for (let index = from; index < from + count; index++, row++) {
      if (given) {
        const at = given.count === 1 ? 0 : row * dim
        data.set(given.data.subarray(at, at + dim), row * dim)
      }
      for (const { columns, cells } of fixed) {
        const own = cells(seed, index, attempt)
        for (const [k, d] of columns.entries())
          if (Number.isNaN(data[row * dim + d]!) && !knownCells?.missing?.has(d))
            data[row * dim + d] = own[k]!
      }
    }
  return { ...knownCells, cells: { data, count, dim } }
}

/**
 * Each draw's rows of the samples of all: of several candidates one each, drawn again until they meet what they must, with
 * their texts. Throws InputError if a sample is not finite.
 */
export function rowsOf(
  model: Omit<ModelInternals, 'workers' | 'uses'>,
  draws: readonly Draw[],
  x_0: Points,
): Promise<DrawnRows>[] {
  return chosenOf(model, draws, x_0).map(async (rows, d) => {
    const draw = draws[d]!
    const settled = draw.requirements ? await settle(model, draw, draw.requirements, rows) : rows
    const { generator } = model
    return generator ? { ...settled, table: withTexts(settled.table, generator, draw.ranges) } : settled
  })
}

/** A row is drawn at most so often; fewer times if what is known of it may break a rule. */
export const mostDraws = 4096
const mostOfBroken = 64

/** The share of rows below which a warning says that few meet their requirements, and the rows that show it. */
const [fewShare, fewestRows] = [0.05, 100]

/** Draws those rows again that do not meet the requirements: row i stays a function of the seed and i. */
async function settle(
  model: Omit<ModelInternals, 'workers' | 'uses'>,
  draw: Draw,
  { tests }: Requirements,
  rows: DrawnRows,
): Promise<DrawnRows> {
  const { data, dim, count } = rows.table.points
  const { knownCells } = draw
  /** Whether all that a requirement is about is known, so that no attempt changes it. */
  const isHopeless = ({ columns }: Requirement, i: number) =>
    draw.mayBreak === true && knownCells !== undefined && columns.every((d) => knownIn(knownCells)(i, d))
  const isMet = (of: FloatArray, i: number) =>
    tests.every((test) => test.isMet(of, i * dim) || isHopeless(test, i))
  let failing = Array.from({ length: count }, (_, i) => i).filter((i) => !isMet(data, i))
  // given start points and noise are of one attempt
  if (failing.length === 0 || draw.x_T || draw.noise) return rows
  const share = 1 - failing.length / count
  const hardest = () =>
    tests.reduce((worst, test) =>
      failing.filter((i) => !test.isMet(data, i * dim)).length >
      failing.filter((i) => !worst.isMet(data, i * dim)).length
        ? test
        : worst,
    )
  if (share < fewShare && count >= fewestRows) draw.onFew?.(share, hardest().text)
  const candidates = model.file.description.candidates?.count ?? 1
  const attempts = Math.floor((draw.mayBreak ? mostOfBroken : mostDraws) / candidates)
  for (let attempt = 1; failing.length > 0; attempt++) {
    draw.signal?.throwIfAborted()
    if (attempt === attempts) {
      if (draw.mayBreak) break
      throw new InputError(
        `${draw.rowName ?? `sample ${humanCount(rangeOfRow(draw, failing[0]!).from)}`} does not meet ${hardest().text} in ${humanCount(attempts * candidates)} draws: give a wider condition, or correct the rule`,
        'out-of-range',
        { option: 'given' },
      )
    }
    draw.onAgain?.(failing.length)
    const again = drawAgain(draw, failing, { attempt, candidates })
    const states = await sampleChunk(model, chunkOf(model, [again]), { signal: draw.signal })
    const [drawn] = chosenOf(model, [again], states.at(-1)!)
    for (const [k, i] of failing.entries()) {
      data.set(sliceRows(drawn!.table.points, k, k + 1).data, i * dim)
      rows.x_0.data.set(sliceRows(drawn!.x_0, k, k + 1).data, i * rows.x_0.dim)
    }
    failing = failing.filter((i) => !isMet(data, i))
  }
  return rows
}

/** Some rows of a draw, with the noise of a further attempt. */
function drawAgain(
  draw: Draw,
  rows: readonly number[],
  { attempt, candidates }: { readonly attempt: number; readonly candidates: number },
): Draw {
  const { knownCells } = draw
  const isOfRows = knownCells !== undefined && knownCells.cells.count > 1
  return {
    ...draw,
    ranges: rows.map((i) => ({ ...rangeOfRow(draw, i), attempt, candidate: attempt * candidates })),
    count: rows.length,
    knownCells: isOfRows ? { ...knownCells, cells: gatherRows(knownCells.cells, rows) } : knownCells,
  }
}

/** The range of a single row of a draw. */
function rangeOfRow({ ranges }: Pick<Draw, 'ranges'>, row: number) {
  let left = row
  for (const { seed, from, count } of ranges) {
    if (left < count) return { seed, from: from + left, count: 1 }
    left -= count
  }
  throw new Error(`row ${row} is beyond the draw`)
}

/** Each draw's rows of the samples of all, of several candidates one each, among those that meet the requirements. */
function chosenOf(model: Pick<ModelInternals, 'file'>, draws: readonly Draw[], x_0: Points): DrawnRows[] {
  const { description } = model.file
  const all = candidatesOf(model.file, draws)
  const rows = decodedRows(model, all, x_0)
  if (all.length === draws.length) return rows
  return draws.map(({ ranges, requirements }, d) => {
    const each = rows.filter((_, k) => k % draws.length === d)
    const tables = each.map(({ table }) => table.points)
    const mayTake =
      requirements &&
      (({ data, dim }: Points<FloatArray>, i: number) =>
        requirements.tests.every((test) => test.isMet(data, i * dim)))
    const chosen = description.choose(tables, drawUniforms(ranges, 1, streams.candidates), mayTake)
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
  return draws.map((draw): DrawnRows => {
    const { count, ranges } = draw
    const knownCells = knownOfDraw(encoding, draw)
    const rows = sliceRows(points, at, at + count)
    if (!knownCells) restoreCells(encoding, rows)
    else {
      keepKnown(rows as Points<Float64Array>, knownCells, 0)
      const [isKnown, uniform] = [knownIn(knownCells), uniformsOf(encoding, ranges)]
      restoreCells(encoding, rows, { isKnown, mayLack: knownCells.mayLack !== false, uniform })
    }
    const table: Table = { columns, points: withoutBeside(encoding, rows) }
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
  for (const { seed, from: start, count, attempt = 0 } of ranges) {
    const request = { seed, stream, step: attempt, start, count, dim }
    fillUniforms(drawn.subarray(at, at + count * dim), request)
    at += count * dim
  }
  return drawn
}
