/** Draws some samples of parts again, and compares them with the parts' files. */
import { join } from 'node:path'
import type { Work } from '../../core/work.ts'
import type { FloatArray } from '../../numerics/points.ts'
import { readTable } from '../../table/formats/read-table.ts'
import { kindsOf, matchColumns, type NamedTable } from '../../table/table.ts'
import { type Draw, drawOf } from '../draw.ts'
import { internalsOf, type Model, type ModelInternals } from '../model.ts'
import { drawTogether } from '../rows.ts'
import { samplesOf } from '../sample.ts'
import { infoOf } from '../session.ts'
import { type Difference, differencesFrom, rowIn } from './differences.ts'
import { type Manifest, processor } from './part.ts'

export interface Redrawn {
  readonly samples: number
  /** The largest difference between numbers, as a share of their column's range. */
  readonly worst: number
  /** The share of names that differ. */
  readonly otherNames: number
  /** The number of rows that are another of their candidates, with which they are then compared. */
  readonly otherCandidates: number
  readonly problems: readonly string[]
}

/** The share of each part's samples to redraw, and the number of stretches they form. */
const share = 0.01
const stretches = 10

/** Rounding allowed on another processor: of numbers, in shares of their range, and the share of names, and of rows, that flip. */
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
  // a key is read as its row's number in the file, which begins anew in each part
  const kinds = Object.entries(kindsOf(internals.file.description.encoding))
  const types = Object.fromEntries(kinds.map(([name, kind]) => [name, kind === 'key' ? 'integer' : kind]))
  const here = runtimeOf(infoOf(model.info))
  const problems: string[] = []
  let [samples, worst, names, otherNames, otherCandidates] = [0, 0, 0, 0, 0]
  for (const [done, manifest] of manifests.entries()) {
    onProgress?.({ stage: 'drawing again', unit: 'parts', done, count: manifests.length })
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
    names += part.names
    otherNames += part.otherNames
    otherCandidates += part.otherCandidates
  }
  return { samples, worst, otherNames: names > 0 ? otherNames / names : 0, otherCandidates, problems }
}

const runtimeOf = ({ provider, adapter, onnxruntime, runtime }: Manifest['runtime']) => ({
  provider,
  adapter: adapter ?? null,
  onnxruntime: onnxruntime ?? null,
  runtime: runtime ?? null,
})

/** A row of a part, from 0, beside the same sample drawn again. */
interface RedrawnRow extends Difference {
  readonly row: number
  /** Whether it is compared with another of its candidates than the one chosen here. */
  readonly isOther: boolean
}

interface RedrawnPart {
  readonly rows: readonly RedrawnRow[]
  readonly worst: number
  readonly names: number
  readonly otherNames: number
  readonly otherCandidates: number
}

async function redrawPart(
  internals: ModelInternals,
  file: NamedTable,
  { seed, from, count, choice }: Manifest,
  allowed: Tolerance,
  signal: AbortSignal | undefined,
): Promise<RedrawnPart> {
  const draw = drawOf('sampleStream', internals, { ...choice, seed, from, count, signal, onWarning() {} })
  const some = stretchesOf(count)
  const { table } = await samplesOf(internals, drawOfSome(draw, some))
  const cells = matchColumns(file, { name: 'the samples', ...table })
  const differenceFrom = differencesFrom(table)
  const isRounding = ({ numbers }: Difference) => numbers <= allowed.numbers
  const chosen = some
    .flatMap(({ at, count }) => Array.from({ length: count }, (_, i) => at + i))
    .map((row, k): RedrawnRow => {
      const difference = differenceFrom(rowIn(cells, row), rowIn(table.points, k))
      return { row, ...difference, isOther: false }
    })
  const differing = chosen.filter((each) => !isRounding(each) || each.names > 0).map(({ row }) => row)
  const candidates = await candidatesOf(internals, draw, allowed.flips > 0 ? differing : [])
  const nearer = (nearest: RedrawnRow, candidate: FloatArray): RedrawnRow => {
    const { row } = nearest
    const difference = differenceFrom(rowIn(cells, row), candidate)
    // a name may flip as well, and may be why another candidate was chosen
    const isNearer = isRounding(difference) && (!isRounding(nearest) || difference.names < nearest.names)
    return isNearer ? { row, ...difference, isOther: true } : nearest
  }
  const rows = chosen.map((each) => (candidates.get(each.row) ?? []).reduce(nearer, each))
  return {
    rows,
    worst: rows.reduce((worst, { numbers }) => Math.max(worst, numbers), 0),
    names: rows.length * table.columns.filter(({ categories }) => categories).length,
    otherNames: rows.reduce((sum, { names }) => sum + names, 0),
    otherCandidates: rows.filter(({ isOther }) => isOther).length,
  }
}

/** What is wrong with a part, beyond rounding, with the first row that shows it. */
function problemsOf(file: string, part: RedrawnPart, allowed: Tolerance): string[] {
  const { rows, worst, names, otherNames, otherCandidates } = part
  const problems: string[] = []
  const isWrong = (row: RedrawnRow, problem: string) =>
    problems.push(`${file} is not what the model draws, as row ${row.row + 1} shows: ${problem}`)
  const shown =
    rows.find(({ numbers }) => !(numbers <= allowed.numbers)) ??
    (otherNames > allowed.flips * names ? rows.find(({ names }) => names > 0) : undefined)
  if (shown) {
    const range = `numbers differ by up to ${worst.toPrecision(2)} of their range`
    isWrong(shown, `${range}, ${otherNames} of ${names} names`)
  }
  // one is allowed in any part: of few rows, a share of them is less than one
  const most = Math.ceil(allowed.flips * rows.length)
  if (otherCandidates > most) {
    const count = `${otherCandidates} of ${rows.length} rows are another of their candidates`
    isWrong(rows.find(({ isOther }) => isOther)!, `${count}, and rounding explains at most ${most}`)
  }
  return problems
}

interface Stretch {
  readonly at: number
  readonly count: number
}

/** Returns evenly spaced stretches of samples: a hundredth of all, with at least one sample each. */
function stretchesOf(count: number): Stretch[] {
  const some = Math.min(stretches, count)
  const each = Math.max(1, Math.ceil((share * count) / some))
  return Array.from({ length: some }, (_, k) => {
    const at = Math.floor((k * count) / some)
    return { at, count: Math.min(each, count - at) }
  })
}

/** The draw of some of a draw's samples, of one of several candidates. */
function drawOfSome(draw: Draw, some: readonly Stretch[], candidate?: number): Draw {
  const { seed, from } = draw.ranges[0]!
  return {
    ...draw,
    ranges: some.map(({ at, count }) => ({ seed, from: from + at, count, candidate })),
    count: some.reduce((sum, { count }) => sum + count, 0),
  }
}

/** By row of a draw, all its candidates; empty if the model draws single rows. */
async function candidatesOf(
  internals: ModelInternals,
  draw: Draw,
  rows: readonly number[],
): Promise<Map<number, FloatArray[]>> {
  const { file } = internals
  const { candidates, ...description } = file.description
  const found = new Map<number, FloatArray[]>()
  if (!candidates) return found
  // a model without candidates draws the one that each range names; threads would take longer to start than these rows take
  const single = { ...internals, workers: undefined, file: { ...file, description } }
  for (let k = 0; k < rows.length; k += draw.chunkSize) {
    draw.signal?.throwIfAborted()
    const some = rows.slice(k, k + draw.chunkSize)
    const each = some.map((at) => ({ at, count: 1 }))
    const draws = Array.from({ length: candidates.count }, (_, k) => drawOfSome(draw, each, k))
    const tables = (await drawTogether(single, draws)).map(({ table }) => table.points)
    for (const [i, row] of some.entries()) {
      const ofRow = tables.map((points) => rowIn(points, i))
      found.set(row, ofRow)
    }
  }
  return found
}
