import { InputError, nearest, outOfRange } from '../core/errors.ts'
import { printable } from '../core/format.ts'
import { abortSignal, anything, callback, checkOptions, flag, integer } from '../core/options.ts'
import type { ProcessChoice } from '../diffusion/process.ts'
import { samplerChecks } from '../diffusion/samplers/index.ts'
import { type FloatArray, gatherRows, type Points } from '../numerics/points.ts'
import { maxSeed } from '../numerics/random.ts'
import { textOf } from '../table/cell-text.ts'
import type { Encoding } from '../table/encodings/encoding.ts'
import type { TextIn } from '../table/generated/faker.ts'
import type { ReadingOptions } from '../table/inference/choice.ts'
import { readRows, tableFrom } from '../table/inference/rows.ts'
import {
  type Column,
  isGenerated,
  kindsOf,
  type NamedTable,
  namesOf,
  numberedNames,
  type Table,
  type TableSource,
} from '../table/table.ts'
import { describeMissing, matchOwnNames } from '../table/unknown-names.ts'
import { drawOf } from './draw.ts'
import { internalsOf, type Model, type ModelInternals, type SampleOptions } from './model.ts'
import { samplesOf } from './sample.ts'
import { leftOutWarnings, requireRoom } from './texts.ts'

export interface ImputeOptions
  extends ProcessChoice,
    Pick<SampleOptions, 'seed' | 'chunkSize' | 'signal' | 'onWarning' | 'onProgress'> {
  /** How many versions of each row to draw. Default: 1, or 5 with `best`. */
  readonly draws?: number | undefined
  /** Whether to return one row for each: the median of the drawn numbers, the most frequent of the drawn categories. */
  readonly best?: boolean | undefined
}

/**
 * Fills every missing cell of a table by sampling it given the rest of its row; other cells stay unchanged. A column that
 * the table lacks is filled in every row. A category that the model does not know counts as missing where the rest of its
 * row is filled, and a warning counts such cells. With `draws` but not `best`, each row is repeated that many times, and a
 * column `draw` counts the versions from 1.
 *
 * @param model - A model of a table.
 * @param source - The rows to complete, with columns of the model.
 * @param options - The seed, the number of draws and how to sample.
 * @returns The completed table.
 * @throws InputError if the model takes no conditions, it lacks a column or a cell is of another kind; the
 * signal's reason once it is aborted.
 * @example
 * const full = await impute(model, [{ sex: 'female', age: null }, { sex: null, age: 30 }])
 */
export async function impute(model: Model, source: TableSource, options: ImputeOptions = {}): Promise<Table> {
  const internals = internalsOf(model)
  checkOptions<ImputeOptions>('impute', options, { ...samplerChecks(), ...imputeChecks })
  const { best = false, draws = best ? 5 : 1, ...sampling } = options
  if (best && draws === 1)
    throw outOfRange('draws', 1, 'give 2 or more, of which `best` takes the median, or leave `best` out')
  const { encoding, network } = internals.file.description
  if (!network.takesCondition)
    throw new InputError('this model of points fills no gaps: train it with the recipe table', 'bad-model')
  const rows = Array.isArray(source)
    ? { name: 'the table', ...readRows(source, 'the table', readingOf(encoding)) }
    : tableFrom(source, 'the table')
  const table = withColumns(rows, lackingColumns(encoding, rows))
  const {
    columns: named,
    own: cells,
    known,
    missing,
  } = matchOwnNames(table, { name: 'the model', columns: encoding.columns })
  if (missing.length > 0)
    (options.onWarning ?? console.warn)(describeMissing(missing, table.name, 'the model'))
  const gaps = rowsWithGaps(cells)
  requireTexts(internals, sampling.onWarning, cells)
  const count = gaps.length * draws
  let filled: Points<FloatArray> = { ...cells, count }
  if (count > 0) {
    const knownCells = { cells: repeated(known, gaps, draws), mayLack: false }
    const draw = drawOf('sample', internals, { ...sampling, count }, knownCells)
    // the texts are made below, for the rows as they were given
    filled = (await samplesOf({ ...internals, generator: undefined }, draw)).table.points
  }
  const ownColumns = named.map((column) =>
    isGenerated(column) ? table.columns[namesOf(table).indexOf(column.name)]! : column,
  )
  const times = best ? 1 : draws
  const points = merged(cells, gaps, best ? bestOf(ownColumns, filled, draws) : filled, times)
  const texts = { columns: ownColumns, cells, points, times }
  const columns = ownColumns.map((column, d) =>
    // a key that the rows lack is already numbered
    encoding.columns[d]!.maker || (encoding.columns[d]!.kind === 'key' && column.categories)
      ? keepTexts(internals, options, texts, d)
      : column,
  )
  return times === 1 ? { columns, points } : withDraws({ columns, points }, draws)
}

/** Warns of texts that can't be made. Throws InputError if a column has room for fewer than the rows may need. */
function requireTexts(
  { generator, file }: ModelInternals,
  onWarning: SampleOptions['onWarning'] = console.warn,
  { data, count, dim }: Points<Float64Array>,
): void {
  const names = namesOf(file.description.encoding)
  const lacks = (name: string) => {
    const d = names.indexOf(name)
    return Array.from({ length: count }, (_, i) => data[i * dim + d]!).some(Number.isNaN)
  }
  requireRoom(generator, count, lacks)
  for (const line of leftOutWarnings(generator)) onWarning(line)
}

interface TextRows {
  /** The columns with the texts of the given rows. */
  readonly columns: readonly Column[]
  /** The rows as they were given. */
  readonly cells: Points<Float64Array>
  /** The completed rows: of each row so many versions. */
  readonly points: Points<Float64Array>
  readonly times: number
}

/** The d-th column, of texts, in which the given ones stay and missing ones are made. Writes its cells. */
function keepTexts(
  { generator, file }: ModelInternals,
  { seed = 0 }: ImputeOptions,
  { columns, cells, points, times }: TextRows,
  d: number,
): Column {
  const encoded = file.description.encoding.columns
  const { name, kind, maker, first = 0 } = encoded[d]!
  const given = new Set(columns[d]!.categories)
  const texts = [...given]
  let row = 0
  /** The text beside it, of a learned column or one that the row came with. */
  const beside: TextIn = (other) => {
    const at = encoded.findIndex((each) => each.name === other)
    if (at < 0) return undefined
    const cell = isGenerated(encoded[at]!)
      ? cells.data[Math.floor(row / times) * cells.dim + at]!
      : points.data[row * points.dim + at]!
    return Number.isNaN(cell) ? undefined : textOf(columns[at]!)(cell)
  }
  const canBeMade = !maker || !generator!.leftOut.has(name)
  const textOfIndex =
    maker && canBeMade ? generator!.texts(seed, name, beside) : (index: number) => String(first + index)
  const isUnique = !maker || (maker.by === 'form' ? maker.isUnique : maker.isNumbered)
  let further = cells.count
  const madeFor = (i: number) => {
    let text = textOfIndex(i)
    while (isUnique && given.has(text)) text = textOfIndex(further++)
    return text
  }
  const made = new Map<number, number>()
  for (; row < points.count; row++) {
    const i = Math.floor(row / times)
    const cell = cells.data[i * cells.dim + d]!
    const at = row * points.dim + d
    if (!Number.isNaN(cell) || !canBeMade) points.data[at] = cell
    else {
      // versions of a row share its key
      if (!made.has(i) || !isUnique) made.set(i, texts.push(madeFor(i)) - 1)
      points.data[at] = made.get(i)!
    }
  }
  return { name, kind: kind === 'key' ? 'category' : 'text', categories: texts }
}

/** How to read rows to complete: with the kinds of the model's columns, and keys and texts unchanged. */
export function readingOf({ columns }: Encoding): ReadingOptions {
  const types = Object.entries(kindsOf({ columns })).map(([name, kind]) => [
    name,
    kind === 'key' || kind === 'text' ? 'category' : kind,
  ])
  return { choice: { types: Object.fromEntries(types) }, keepsAll: true, minRows: 1 }
}

/**
 * The model's columns that a table lacks; none of one without names. Throws InputError if it has a column that the model
 * lacks, which may be a misspelt one.
 */
export function lackingColumns({ columns }: Encoding, table: NamedTable): readonly Column[] {
  const [names, ofModel] = [namesOf(table), namesOf({ columns })]
  if (names.join('\n') === numberedNames(columns.length).join('\n')) return []
  const stranger = names.find((name) => !ofModel.includes(name))
  if (stranger === undefined) return columns.filter(({ name }) => !names.includes(name))
  throw new InputError(
    `${table.name} has a column ${printable(stranger)}, which the model does not have${nearest(stranger, ofModel)}: correct its name, or \`drop\` it`,
    'bad-data',
  )
}

/** The table with further columns at its end, of gaps, and a key of the rows' numbers. */
function withColumns(table: NamedTable, added: readonly Column[]): NamedTable {
  if (added.length === 0) return table
  const { data, count, dim } = table.points
  const columns = [...table.columns, ...added]
  const cells = new Float64Array(count * columns.length).fill(Number.NaN)
  for (let i = 0; i < count; i++) {
    cells.set(data.subarray(i * dim, (i + 1) * dim), i * columns.length)
    for (const [d, { kind, first = 0 }] of added.entries())
      if (kind === 'key') cells[i * columns.length + dim + d] = first + i
  }
  return { ...table, columns, points: { data: cells, count, dim: columns.length } }
}

const imputeChecks = {
  numSteps: anything,
  timesteps: anything,
  seed: integer(0, maxSeed),
  chunkSize: integer(1, 1_000_000),
  signal: abortSignal,
  onWarning: callback,
  onProgress: callback,
  draws: integer(1, 1000),
  best: flag,
}

function rowsWithGaps({ data, count, dim }: Points<Float64Array>): number[] {
  return [...Array(count).keys()].filter((i) => data.subarray(i * dim, (i + 1) * dim).some(Number.isNaN))
}

function repeated(cells: Points<Float64Array>, rows: readonly number[], times: number): Points<Float64Array> {
  const indices = rows.flatMap((i) => new Array<number>(times).fill(i))
  return gatherRows(cells, indices)
}

/** The rows, each so many times, with filled cells where they are empty. */
function merged(cells: Points<Float64Array>, gaps: number[], filled: Points<FloatArray>, times: number) {
  const all = repeated(cells, [...Array(cells.count).keys()], times)
  const size = times * cells.dim
  for (const [k, i] of gaps.entries())
    for (let j = 0; j < size; j++)
      if (Number.isNaN(all.data[i * size + j]!)) all.data[i * size + j] = filled.data[k * size + j]!
  return all
}

/** One row for each `draws` rows: medians, and for categories the most frequent, on a tie the first drawn. */
function bestOf(columns: readonly Column[], { data, count, dim }: Points<FloatArray>, draws: number) {
  const rows = count / draws
  const result = new Float64Array(rows * dim)
  for (let i = 0; i < rows; i++)
    for (let d = 0; d < dim; d++) {
      const values = Float64Array.from({ length: draws }, (_, k) => data[(i * draws + k) * dim + d]!)
      // the lower middle value of an even number, so that it is a drawn value
      const median = values.toSorted()[Math.floor((draws - 1) / 2)]!
      result[i * dim + d] = columns[d]!.categories ? mostFrequent(values) : median
    }
  return { data: result, count: rows, dim }
}

function mostFrequent(values: Float64Array): number {
  const countOf = (value: number) => values.filter((each) => each === value).length
  return values.reduce((best, value) => (countOf(value) > countOf(best) ? value : best))
}

function withDraws({ columns, points }: Table, draws: number): Table {
  const name = namesOf({ columns }).includes('draw') ? 'draw_column' : 'draw'
  const { data, count, dim } = points
  const result = new Float64Array(count * (dim + 1))
  for (let i = 0; i < count; i++) {
    result.set(data.subarray(i * dim, (i + 1) * dim), i * (dim + 1))
    result[i * (dim + 1) + dim] = (i % draws) + 1
  }
  return { columns: [...columns, { name, kind: 'integer' }], points: { data: result, count, dim: dim + 1 } }
}
