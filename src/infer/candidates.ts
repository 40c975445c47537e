/** One of several candidates for each row: all of them drawn at once, or one after the other until one is accepted. */
import { InputError } from '../core/errors.ts'
import type { ReverseState } from '../diffusion/process.ts'
import { chosenCandidates, chosenNumbers, refusal } from '../model/candidates.ts'
import { allFinite, type FloatArray, gatherRows, type Points, sliceRows } from '../numerics/points.ts'
import { streams } from '../numerics/random.ts'
import { keepKnown, knownIn } from '../table/condition.ts'
import { decodeColumns } from '../table/encodings/decode.ts'
import type { Known } from '../table/known.ts'
import { restoreCells } from '../table/relations/restore.ts'
import type { Chunk, ChunkStates, SeedRange } from './chunk.ts'
import type { Draw } from './draw.ts'
import type { ModelInternals } from './model.ts'
import { candidatesOf, chunkOf, drawUniforms, knownOfDraw, uniformsOf } from './shared-chunk.ts'

/** Drawn rows before they are a table's: the cells of its columns. */
export interface DecodedRows {
  readonly x_0: Points
  readonly cells: readonly Float64Array[]
}

type FileOf = Pick<ModelInternals, 'file'>

/** Computes the states of a chunk, on the model's workers or here. */
export type RunChunk = (chunk: Chunk) => Promise<ChunkStates>

/**
 * Each draw's rows, of several candidates one each, among those that meet the requirements. Throws InputError if a sample is not finite.
 *
 * @param first - The states of `chunkOf`'s chunk of the draws.
 * @param run - Draws further candidates.
 */
export async function chosenRows(
  model: FileOf,
  draws: readonly Draw[],
  first: ChunkStates,
  run: RunChunk,
): Promise<DecodedRows[]> {
  const { candidates } = model.file.description
  const isOfOne = draws.some(({ x_T, noise }) => x_T || noise)
  if (candidates?.shared === undefined || isOfOne) return chosenAtOnce(model, draws, first.states.at(-1)!)
  const all = draws.map((draw) => new Turns(model, draw))
  let [left, waiting, states] = [all, draws, first.states]
  for (let candidate = 1; ; candidate++) {
    for (const [d, rows] of decodedRows(model, waiting, states.at(-1)!).entries()) left[d]!.take(rows)
    left = all.filter(({ open }) => open.length > 0)
    if (left.length === 0 || candidate === candidates.count) return all.map((turns) => turns.end())
    waiting = left.map((turns) => turns.next(candidate))
    const from = first.shared && someOf(first.shared, openOf(all))
    states = (await run({ ...chunkOf(model, waiting), from })).states
  }
}

/** The open rows of all draws, among those of all. */
function openOf(all: readonly Turns[]): number[] {
  let before = 0
  return all.flatMap(({ open, count }) => {
    const rows = open.map((i) => before + i)
    before += count
    return rows
  })
}

/** The state of some rows. */
function someOf({ x, calls, ...at }: ReverseState, rows: readonly number[]): ReverseState {
  const some = (points: Points) => gatherRows(points, rows)
  return {
    ...at,
    x: some(x),
    calls: calls.map(({ x_t, output }) => ({ x_t: some(x_t), output: some(output) })),
  }
}

/** The rows of a draw, whose candidates are accepted in turn. */
class Turns {
  readonly #model: FileOf
  readonly #draw: Draw
  readonly #uniform: Float64Array
  /** By row, the probability that none of its candidates so far was accepted. */
  readonly #refused: Float64Array
  /** By candidate, the rows that it was drawn for, and their odds. */
  readonly #drawn: (DecodedRows & { readonly rows: readonly number[]; readonly odds: Float64Array })[] = []
  readonly count: number
  /** The rows without an accepted candidate. */
  open: readonly number[]

  constructor(model: FileOf, draw: Draw) {
    this.#model = model
    this.#draw = draw
    this.count = draw.count
    this.#uniform = drawUniforms(draw.ranges, 1, streams.candidates)
    this.#refused = new Float64Array(draw.count).fill(1)
    this.open = Array.from({ length: draw.count }, (_, i) => i)
  }

  /** Accepts some of the candidates of the open rows. */
  take(drawn: DecodedRows): void {
    const rows = this.open
    const odds = oddsOfRows(this.#model, this.#draw, drawn.cells)
    this.#drawn.push({ ...drawn, rows, odds })
    this.open = rows.filter((i, k) => {
      this.#refused[i]! *= refusal(odds[k]!)
      const isRefused = this.#uniform[i]! < this.#refused[i]!
      if (!isRefused) this.#put(drawn, k, i)
      return isRefused
    })
  }

  /** The draw of the open rows' next candidate. */
  next(number: number): Draw {
    return drawOfRows(this.#draw, this.open, ({ candidate = 0, first = candidate, ...range }) => ({
      ...range,
      candidate: candidate + number,
      first,
    }))
  }

  /** All rows, an open one from one of all its candidates. */
  end(): DecodedRows {
    const { open } = this
    const places = this.#drawn.map(({ rows }) => new Map(rows.map((i, k) => [i, k])))
    const odds = this.#drawn.map((each, c) => Float64Array.from(open, (i) => each.odds[places[c]!.get(i)!]!))
    const uniform = Float64Array.from(open, (i) => this.#uniform[i]!)
    for (const [k, c] of chosenCandidates(odds, uniform, true).entries())
      this.#put(this.#drawn[c]!, places[c]!.get(open[k]!)!, open[k]!)
    return this.#drawn[0]!
  }

  /** Writes the k-th row of a candidate into the i-th row of the first one, which becomes the result. */
  #put(from: DecodedRows, k: number, i: number): void {
    const to = this.#drawn[0]!
    if (from.cells !== to.cells) putRow(from, k, to, i)
  }
}

/** Writes a row into the place of another. */
export function putRow(from: DecodedRows, k: number, to: DecodedRows, i: number): void {
  for (const [d, column] of to.cells.entries()) column[i] = from.cells[d]![k]!
  to.x_0.data.set(sliceRows(from.x_0, k, k + 1).data, i * to.x_0.dim)
}

/** By row, the odds of a candidate; 0 if it does not meet the requirements. */
function oddsOfRows({ file }: FileOf, { requirements }: Draw, cells: readonly Float64Array[]): Float64Array {
  const odds = file.description.odds(cells)
  const tests = requirements?.tests ?? []
  return tests.length === 0
    ? odds
    : odds.map((each, i) => (tests.every(({ isMet }) => isMet(cells, i)) ? each : 0))
}

function chosenAtOnce(model: FileOf, draws: readonly Draw[], x_0: Points): DecodedRows[] {
  const all = candidatesOf(model.file, draws)
  const rows = decodedRows(model, all, x_0)
  if (all.length === draws.length) return rows
  return draws.map((draw, d) => {
    const each = rows.filter((_, k) => k % draws.length === d)
    const odds = each.map(({ cells }) => oddsOfRows(model, draw, cells))
    const chosen = chosenCandidates(odds, drawUniforms(draw.ranges, 1, streams.candidates))
    const chosenOf = <A extends FloatArray>(of: (row: DecodedRows) => A, width: number) =>
      chosenNumbers(each.map(of), chosen, width)
    const { count, dim } = each[0]!.x_0
    return {
      cells: each[0]!.cells.map((_, d) => chosenOf(({ cells }) => cells[d]!, 1)),
      x_0: { data: chosenOf(({ x_0 }) => x_0.data, dim), count, dim },
    }
  })
}

/** A draw of some of its rows, rising, each with a range of its own. */
export function drawOfRows(
  draw: Draw,
  rows: readonly number[],
  rangeOf: (range: SeedRange) => SeedRange,
): Draw {
  const { knownCells } = draw
  const ofRows = ({ count, cells, ...known }: Known): Known =>
    count === 1
      ? { ...known, count, cells }
      : {
          ...known,
          count: rows.length,
          cells: cells.map((column) => Float64Array.from(rows, (i) => column[i]!)),
        }
  return {
    ...draw,
    ranges: rangesOfRows(draw.ranges, rows).map(rangeOf),
    count: rows.length,
    knownCells: knownCells && ofRows(knownCells),
  }
}

/** By row, rising, the range of it alone. */
export function rangesOfRows(ranges: readonly SeedRange[], rows: readonly number[]): SeedRange[] {
  let [k, before] = [0, 0]
  return rows.map((row) => {
    while (row - before >= ranges[k]!.count) before += ranges[k++]!.count
    const range = ranges[k]!
    return { ...range, from: range.from + row - before, count: 1 }
  })
}

function decodedRows(
  { file }: Pick<ModelInternals, 'file'>,
  draws: readonly Draw[],
  x_0: Points,
): DecodedRows[] {
  if (!allFinite(x_0.data)) {
    const problem =
      'the samples overflow float32: the network removes too little noise; train it longer, or take fewer steps'
    throw new InputError(problem, 'out-of-range')
  }
  const { clip } = draws[0]!
  const { encoding } = file.description
  const columns = decodeColumns(encoding, x_0, { clip, indexOf: indexIn(draws) })
  let at = 0
  return draws.map((draw): DecodedRows => {
    const { count, ranges } = draw
    const knownCells = knownOfDraw(encoding, draw)
    const cells = columns.map((column) => column.subarray(at, at + count))
    if (!knownCells) restoreCells(encoding, cells)
    else {
      keepKnown(cells, knownCells)
      const [isKnown, uniform] = [knownIn(knownCells), uniformsOf(encoding, ranges)]
      restoreCells(encoding, cells, { isKnown, allowsMissing: knownCells.allowsMissing !== false, uniform })
    }
    const drawn = { cells: cells.slice(0, encoding.columns.length), x_0: sliceRows(x_0, at, at + count) }
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
