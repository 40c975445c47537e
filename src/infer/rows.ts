import { InputError } from '../core/errors.ts'
import { humanCount } from '../core/format.ts'
import type { Requirement } from '../model/requirements.ts'
import { knownIn } from '../table/condition.ts'
import { decodedTable } from '../table/encodings/decode.ts'
import { drawUntilAccepted } from './accept.ts'
import {
  chosenRows,
  type DecodedRows,
  drawOfRows,
  putRow,
  type RunChunk,
  rangesOfRows,
} from './candidates.ts'
import { type ChunkStates, sampleChunk } from './chunk.ts'
import type { Draw } from './draw.ts'
import type { ModelInternals, SampledChunk } from './model.ts'
import { chunkOf } from './shared-chunk.ts'
import { withTexts } from './texts.ts'

type RowsModel = Pick<ModelInternals, 'file' | 'generator'>

export type DrawnRows = Pick<SampledChunk, 'table' | 'x_0'>

/**
 * Draws the samples of several callers in one run, equal to those of `sample`; on the model's workers, if any. Each has a
 * promise of its own, since the rows of one may meet none of its requirements.
 */
export async function drawTogether(
  model: ModelInternals,
  draws: readonly Draw[],
): Promise<Promise<DrawnRows>[]> {
  const run: RunChunk = (chunk) => model.workers?.run(chunk) ?? sampleChunk(model, chunk)
  const end = model.uses.begin()
  const rows = await run(chunkOf(model, draws))
    .then((states) => rowsOf(model, draws, states, run))
    .catch((error) => {
      end()
      throw error
    })
  void Promise.allSettled(rows).then(end)
  return rows
}

/**
 * Each draw's rows of the samples of all: of several candidates one each, drawn again until they meet what they must, with
 * their texts. Throws InputError if a sample is not finite.
 */
export async function rowsOf(
  model: RowsModel,
  draws: readonly Draw[],
  first: ChunkStates,
  run: RunChunk,
): Promise<Promise<DrawnRows>[]> {
  const chosen = await chosenRows(model, draws, first, run)
  return chosen.map(async (rows, d) => {
    const draw = draws[d]!
    const settled = draw.requirements ? await settle(model, draw, rows, run) : rows
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
async function settle(model: RowsModel, draw: Draw, rows: DecodedRows, run: RunChunk): Promise<DecodedRows> {
  const { tests } = draw.requirements!
  const { cells } = rows
  const { count, knownCells } = draw
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
      const again = drawOfRows(draw, some, ({ seed, from, count }) => ({
        ...{ seed, from, count },
        attempt: attempt!,
        candidate: attempt! * candidates,
      }))
      const drawn = await inTurn(async () => {
        signal?.throwIfAborted()
        const states = await run(chunkOf(model, [again]))
        const [chosen] = await chosenRows(model, [again], states, run)
        return chosen!
      })
      return (k, i) => putRow(drawn, k, rows, i)
    },
    accepts: isMet,
  })
  if (failing.length === 0 || draw.mayBreak) return rows
  throw new InputError(
    `sample ${humanCount(rangesOfRows(draw.ranges, failing)[0]!.from)} does not meet ${hardest().text} in ${humanCount(attempts * candidates)} draws: give a wider condition, or correct the rule`,
    'out-of-range',
    { option: 'given' },
  )
}
