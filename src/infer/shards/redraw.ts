/** Draws some samples of parts again, and compares them with the parts' files. */
import { join } from 'node:path'
import { InputError } from '../../core/errors.ts'
import { counted, humanCount } from '../../core/format.ts'
import type { Work } from '../../core/work.ts'
import { columnNamed } from '../../table/columns.ts'
import { readTable } from '../../table/formats/read-table.ts'
import type { Generator } from '../../table/generated/index.ts'
import { matchColumns } from '../../table/match-columns.ts'
import { kindsOf, type NamedTable, type Table, type TableColumn } from '../../table/table.ts'
import { drawOf } from '../draw.ts'
import { internalsOf, type Model, type ModelInternals } from '../model.ts'
import { samplesOf } from '../sample.ts'
import { infoOf } from '../session.ts'
import { columnsOfSamples } from '../texts.ts'
import { type Difference, differencesFrom, rowIn } from './differences.ts'
import { type Manifest, processor } from './part.ts'
import type { DrawnRow } from './rounding.ts'
import { drawnRowIn, drawOfSome, eachAttempt, stretchesOf } from './some.ts'

export interface Redrawn {
  readonly samples: number
  /** The largest difference between numbers that did not flip, as a share of their column's range. */
  readonly worst: number
  /** The number of cells, and of those that flipped: to another name, from or to a missing value, or by a step of their column's grid. */
  readonly cells: number
  readonly flips: number
  /** The number of rows that are another of their candidates, with which they are then compared. */
  readonly otherCandidates: number
  readonly problems: readonly string[]
}

/** Rounding allowed on another processor: of numbers, in shares of their range, and the share of cells, and of rows, that flip. */
const tolerance = { numbers: 1e-4, flips: 1e-3 }
type Tolerance = typeof tolerance

/** Redraws some samples of each part and compares them, exactly if the same runtime and processor drew them. */
export async function redraw(
  folder: string,
  manifests: readonly Manifest[],
  model: Model,
  { signal, onProgress }: Work,
): Promise<Redrawn> {
  const internals = internalsOf(model)
  // a key is read as its row's number in the file, which begins anew in each part, and a text is none of the file's
  const { columns } = internals.file.description.encoding
  const kinds = Object.entries(kindsOf({ columns: columnsOfSamples(columns, internals.generator) }))
  const written = { key: 'integer', text: 'category' } as const
  const types = Object.fromEntries(
    kinds.map(([name, kind]) => [name, kind === 'key' || kind === 'text' ? written[kind] : kind]),
  )
  const here = runtimeOf(infoOf(model.info))
  const problems: string[] = []
  let [samples, worst, cells, flips, otherCandidates] = [0, 0, 0, 0, 0]
  for (const [done, manifest] of manifests.entries()) {
    onProgress?.({ stage: 'drawing again', unit: 'parts', done, count: manifests.length })
    requireSameMaking(internals.generator, manifest)
    const path = join(folder, manifest.file.name)
    const file = await readTable(undefined, path, { choice: { types }, keepsAll: true })
    const isSame =
      manifest.processor === processor() &&
      JSON.stringify(runtimeOf(manifest.runtime)) === JSON.stringify(here)
    const allowed = isSame ? { numbers: 0, flips: 0 } : tolerance
    const part = await redrawPart(internals, file, manifest, allowed, signal)
    problems.push(...problemsOf(manifest.file.name, part, allowed))
    samples += part.rows.length
    worst = Math.max(worst, part.worst)
    cells += part.cells
    flips += part.flips
    otherCandidates += part.otherCandidates
  }
  return { samples, worst, cells, flips, otherCandidates, problems }
}

/** Throws InputError unless the model's texts are generated as those of a part. */
function requireSameMaking(generator: Generator | undefined, { choice, file }: Manifest): void {
  const { withoutFaker = false } = choice
  if (generator?.isWithoutFaker === undefined || generator.isWithoutFaker === withoutFaker) return
  throw new InputError(
    `${file.name} was drawn ${withoutFaker ? 'with' : 'without'} \`withoutFaker\`: ${withoutFaker ? 'give it too' : 'leave it out'}`,
    'conflict',
    { option: 'withoutFaker' },
  )
}

const runtimeOf = ({ provider, adapter, onnxruntime, runtime }: Manifest['runtime']) => ({
  provider,
  adapter: adapter ?? null,
  onnxruntime: onnxruntime ?? null,
  runtime: runtime ?? null,
})

/** A row of a part, from 0, compared with the same sample drawn again. */
interface RedrawnRow extends Difference {
  readonly row: number
  /** Whether it is compared with another of its candidates than the one chosen here. */
  readonly isOther: boolean
}

interface RedrawnPart {
  readonly rows: readonly RedrawnRow[]
  /** What is wrong with texts that are generated for each row. */
  readonly texts: readonly string[]
  readonly worst: number
  readonly cells: number
  readonly flips: number
  readonly otherCandidates: number
  /** How often rows were drawn, each until it met what it must. */
  readonly draws: number
}

async function redrawPart(
  internals: ModelInternals,
  file: NamedTable,
  { seed, from, count, choice: { withoutFaker: _, ...choice } }: Manifest,
  allowed: Tolerance,
  signal: AbortSignal | undefined,
): Promise<RedrawnPart> {
  const draw = drawOf('sampleStream', internals, { ...choice, seed, from, count, signal, onWarning() {} })
  const some = stretchesOf(count)
  let again = 0
  const onAgain = (rows: number) => {
    again += rows
  }
  const drawn = await samplesOf(internals, { ...drawOfSome(draw, some), onAgain })
  const { table } = drawn
  const cells = matchColumns(file, { name: 'the table of samples', ...table })
  const { encoding } = internals.file.description
  const otherText = otherTextIn(file, table)
  const differenceFrom = differencesFrom(encoding, table, { choice, tolerance: allowed.numbers })
  const isRounding = ({ worst }: Difference) => worst <= allowed.numbers
  const chosen = some
    .flatMap(({ at, count }) => Array.from({ length: count }, (_, i) => at + i))
    .map((row, k): RedrawnRow => {
      const difference = differenceFrom(rowIn(cells, row), drawnRowIn(drawn, k))
      return { row, ...difference, isOther: false }
    })
  const differing = chosen.filter((each) => !isRounding(each) || each.flips > 0).map(({ row }) => row)
  const tests = draw.requirements?.tests ?? []
  const nearer = (nearest: RedrawnRow, candidate: DrawnRow): RedrawnRow => {
    const { row } = nearest
    const fileRow = rowIn(cells, row)
    const difference = differenceFrom(fileRow, candidate)
    // a cell may flip as well, and may be why another candidate was chosen
    const isNearer = isRounding(difference) && (!isRounding(nearest) || difference.flips < nearest.flips)
    const isAllowed = tests.every(({ isMet }) => isMet(cells, row))
    return isNearer && isAllowed ? { row, ...difference, isOther: true } : nearest
  }
  const byRow = new Map(chosen.map((each) => [each.row, each]))
  await eachAttempt(internals, draw, allowed.flips > 0 ? differing : [], (row, candidates) => {
    const nearest = candidates.reduce(nearer, byRow.get(row)!)
    byRow.set(row, nearest)
    return isRounding(nearest) && nearest.flips === 0
  })
  const rows = [...byRow.values()]
  // a text may agree with a name, so that another row has others
  const isSame = ({ worst, flips, isOther }: RedrawnRow) => worst === 0 && flips === 0 && !isOther
  const texts = rows.flatMap((each, k) => (isSame(each) ? (otherText(each.row, k) ?? []) : []))
  return {
    rows,
    texts,
    worst: rows.reduce((most, { worst }) => Math.max(most, worst), 0),
    cells: rows.length * table.columns.length,
    flips: rows.reduce((sum, { flips }) => sum + flips, 0),
    otherCandidates: rows.filter(({ isOther }) => isOther).length,
    draws: rows.length + again,
  }
}

/**
 * Returns a function from a row of a file, and its place among the drawn rows, to the first text that is another one; undefined
 * if none is.
 */
function otherTextIn(file: NamedTable, drawn: Table): (row: number, place: number) => string | undefined {
  const textsIn =
    ({ cells, categories }: TableColumn) =>
    (i: number) =>
      categories?.[cells[i]!] ?? ''
  const columns = drawn.columns.flatMap((column) => {
    const { name, kind } = column
    return kind === 'text'
      ? [{ name, own: textsIn(columnNamed(file.columns, name)), generated: textsIn(column) }]
      : []
  })
  return (row, place) => {
    const other = columns.find(({ own, generated }) => own(row) !== generated(place))
    return (
      other &&
      `row ${row + 1}, column ${other.name}: '${other.own(row)}' is not '${other.generated(place)}', which the model makes`
    )
  }
}

/** What is wrong with a part, beyond rounding, with the first row that shows it. */
function problemsOf(file: string, part: RedrawnPart, allowed: Tolerance): string[] {
  const { rows, texts, cells, flips, otherCandidates, draws } = part
  const problems = texts.slice(0, 1).map((text) => `${file} is not what the model draws: ${text}`)
  const isWrong = (row: RedrawnRow, problem: string) =>
    problems.push(`${file} is not what the model draws, as row ${row.row + 1} shows: ${problem}`)
  // one is allowed in any part: of few rows, a share of them is less than one
  const most = (all: number) => Math.ceil(allowed.flips * all)
  const wrong = rows.find(({ worst }) => worst > allowed.numbers)
  if (wrong) {
    const isNumber = Number.isFinite(wrong.worst)
    const numbers = `numbers differ by up to ${wrong.worst.toPrecision(2)} of their range`
    isWrong(wrong, isNumber ? numbers : 'it has a missing value or a name that rounding does not explain')
  } else if (flips > most(cells)) {
    const count = `${humanCount(flips)} of ${counted(cells, 'cell')} flipped`
    const limit =
      most(cells) > 0 ? `at most ${humanCount(most(cells))}` : 'none, as this processor drew the part'
    isWrong(rows.find(({ flips }) => flips > 0)!, `${count}, and rounding explains ${limit}`)
  }
  // each attempt at a row may end otherwise
  if (otherCandidates > most(draws)) {
    const count = `${otherCandidates} of ${rows.length} rows are another of their candidates`
    isWrong(rows.find(({ isOther }) => isOther)!, `${count}, and rounding explains at most ${most(draws)}`)
  }
  return problems
}
