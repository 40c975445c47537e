import { InputError } from '../core/errors.ts'
import { humanCount } from '../core/format.ts'
import { chosenNumbers } from '../model/candidates.ts'
import type { Requirement, Requirements } from '../model/requirements.ts'
import { allFinite, type FloatArray, type Points, sliceRows } from '../numerics/points.ts'
import { streams } from '../numerics/random.ts'
import { keepKnown, knownIn } from '../table/condition.ts'
import { decodeColumns, decodedTable } from '../table/encodings/decode.ts'
import type { Known } from '../table/known.ts'
import { restoreCells } from '../table/relations/restore.ts'
import { drawUntilAccepted } from './accept.ts'
import { sampleChunk } from './chunk.ts'
import type { Draw } from './draw.ts'
import type { ModelInternals, SampledChunk } from './model.ts'
import { candidatesOf, chunkOf, drawUniforms, knownOfDraw, uniformsOf } from './shared-chunk.ts'
import { withTexts } from './texts.ts'

/** A model whose rows are drawn again, by its workers if it has some. */
type RowsModel = Omit<ModelInternals, 'workers' | 'uses'> & Pick<Partial<ModelInternals>, 'workers'>

export type DrawnRows = Pick<SampledChunk, 'table' | 'x_0'>

/** Drawn rows before they are a table's: the cells of its columns. */
interface DecodedRows extends Pick<DrawnRows, 'x_0'> {
  readonly cells: readonly Float64Array[]
}

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

/**
 * Each draw's rows of the samples of all: of several candidates one each, drawn again until they meet what they must, with
 * their texts. Throws InputError if a sample is not finite.
 */
export function rowsOf(model: RowsModel, draws: readonly Draw[], x_0: Points): Promise<DrawnRows>[] {
  return chosenOf(model, draws, x_0).map(async (rows, d) => {
    const draw = draws[d]!
    const settled = draw.requirements ? await settle(model, draw, draw.requirements, rows) : rows
    const { generator, file } = model
    const table = decodedTable(file.description.encoding, settled.x_0, settled.cells)
    return { table: generator ? withTexts(table, generator, draw.ranges) : table, x_0: settled.x_0 }
  })
}

/** A row is drawn at most so often, unless its draw says otherwise; fewer times if what is known of it may break a rule. */
export const mostDraws = 4096
const mostOfBroken = 64

/** The share of rows below which a warning says that few meet their requirements, and the rows that show it. */
const [fewShare, fewestRows] = [0.05, 100]

/** Draws those rows again that do not meet the requirements: row i stays a function of the seed and i. */
async function settle(
  model: RowsModel,
  draw: Draw,
  { tests }: Requirements,
  rows: DecodedRows,
): Promise<DecodedRows> {
  const { cells, x_0 } = rows
  const { count } = draw
  const { knownCells } = draw
  /** Whether all that a requirement is about is known, so that no attempt changes it. */
  const isUnsatisfiable = ({ columns }: Requirement, i: number) =>
    draw.mayBreak === true && knownCells !== undefined && columns.every((d) => knownIn(knownCells)(i, d))
  const isMet = (i: number) => tests.every((test) => test.isMet(cells, i) || isUnsatisfiable(test, i))
  let failing: readonly number[] = Array.from({ length: count }, (_, i) => i).filter((i) => !isMet(i))
  // given start points and noise are of one attempt
  if (failing.length === 0 || draw.x_T || draw.noise) return rows
  const share = 1 - failing.length / count
  const hardest = () =>
    tests.reduce((worst, test) =>
      failing.filter((i) => !test.isMet(cells, i)).length >
      failing.filter((i) => !worst.isMet(cells, i)).length
        ? test
        : worst,
    )
  if (share < fewShare && count >= fewestRows) draw.onFew?.(share, hardest().text)
  const candidates = model.file.description.candidates?.count ?? 1
  const most = draw.mostDraws ?? (draw.mayBreak ? mostOfBroken : mostDraws)
  const attempts = Math.max(1, Math.floor(most / candidates))
  const { signal, inTurn = (attempt) => attempt() } = draw
  failing = await drawUntilAccepted(failing, {
    most: attempts,
    signal,
    async draw(some, [attempt]) {
      draw.onAgain?.(some.length)
      const again = drawAgain(draw, some, { attempt: attempt!, candidates })
      const states = await inTurn(async () => {
        signal?.throwIfAborted()
        const chunk = chunkOf(model, [again])
        // where others are served, their thread stays free
        return (draw.inTurn && model.workers?.run(chunk)) ?? sampleChunk(model, chunk, { signal })
      })
      const [drawn] = chosenOf(model, [again], states.at(-1)!)
      return (k, i) => {
        for (const [d, column] of cells.entries()) column[i] = drawn!.cells[d]![k]!
        x_0.data.set(sliceRows(drawn!.x_0, k, k + 1).data, i * x_0.dim)
      }
    },
    accepts: isMet,
  })
  if (failing.length === 0 || draw.mayBreak) return rows
  throw new InputError(
    `sample ${humanCount(rangeOfRow(draw, failing[0]!).from)} does not meet ${hardest().text} in ${humanCount(attempts * candidates)} draws: give a wider condition, or correct the rule`,
    'out-of-range',
    { option: 'given' },
  )
}

/** Some rows of a draw, with the noise of a further attempt. */
function drawAgain(
  draw: Draw,
  rows: readonly number[],
  { attempt, candidates }: { readonly attempt: number; readonly candidates: number },
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
    ranges: rows.map((i) => ({ ...rangeOfRow(draw, i), attempt, candidate: attempt * candidates })),
    count: rows.length,
    knownCells: knownCells && ofRows(knownCells),
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
function chosenOf(model: Pick<ModelInternals, 'file'>, draws: readonly Draw[], x_0: Points): DecodedRows[] {
  const { description } = model.file
  const all = candidatesOf(model.file, draws)
  const rows = decodedRows(model, all, x_0)
  if (all.length === draws.length) return rows
  return draws.map(({ ranges, requirements }, d) => {
    const each = rows.filter((_, k) => k % draws.length === d)
    const candidates = each.map(({ cells }) => cells)
    const mayTake =
      requirements &&
      ((cells: readonly Float64Array[], i: number) =>
        requirements.tests.every((test) => test.isMet(cells, i)))
    const chosen = description.choose(candidates, drawUniforms(ranges, 1, streams.candidates), mayTake)
    const chosenOf = <A extends FloatArray>(of: (row: DecodedRows) => A, width: number) =>
      chosenNumbers(each.map(of), chosen, width)
    const { count, dim } = each[0]!.x_0
    return {
      cells: each[0]!.cells.map((_, d) => chosenOf(({ cells }) => cells[d]!, 1)),
      x_0: { data: chosenOf(({ x_0 }) => x_0.data, dim), count, dim },
    }
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
