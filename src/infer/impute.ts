import { InputError, nearest, outOfRange } from '../core/errors.ts'
import { printable } from '../core/format.ts'
import { abortSignal, anything, callback, checkOptions, flag, integer } from '../core/options.ts'
import type { ProcessChoice } from '../diffusion/process.ts'
import { samplerChecks } from '../diffusion/samplers/index.ts'
import { maxSeed } from '../numerics/random.ts'
import { textOf } from '../table/cell-text.ts'
import { columnNamed, placeOf } from '../table/columns.ts'
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
  rowsBetween,
  type Table,
  type TableColumn,
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
    throw new InputError(
      'this model of points fills in no missing values: train it with the recipe table',
      'bad-model',
    )
  const rows = Array.isArray(source)
    ? { name: 'the table', ...readRows(source, 'the table', readingOf(encoding)) }
    : tableFrom(source, 'the table')
  const table = withColumns(rows, lackingColumns(encoding, rows))
  const own = matchOwnNames(table, { name: 'the model', columns: encoding.columns })
  const { columns: named, known, missing } = own
  if (missing.length > 0)
    (options.onWarning ?? console.warn)(describeMissing(missing, table.name, 'the model'))
  const incomplete = rowsWithMissing(own)
  requireTexts(internals, sampling.onWarning, own)
  const count = incomplete.length * draws
  let filled: Table = rowsBetween(own, 0, 0)
  if (count > 0) {
    const each = Array.from({ length: count }, (_, k) => incomplete[Math.floor(k / draws)]!)
    const cells = known.map((column) => Float64Array.from(each, (i) => column[i]!))
    const knownCells = { count, cells, allowsMissing: false }
    const draw = drawOf('sample', internals, { ...sampling, count }, knownCells)
    // the texts are generated below, for the rows as they were given
    filled = (await samplesOf({ ...internals, generator: undefined }, draw)).table
  }
  const given = named.map((column) =>
    isGenerated(column) ? columnNamed(table.columns, column.name) : column,
  )
  const times = best ? 1 : draws
  const complete = given.map((column, d): TableColumn => {
    const { cells } = filled.columns[d]!
    return {
      ...column,
      cells: merged(column.cells, incomplete, best ? bestOf(column, cells, draws) : cells, times),
    }
  })
  const texts = { given, complete, times }
  const columns = complete.map((column, d) =>
    // a key that the rows lack is already numbered
    encoding.columns[d]!.maker || (encoding.columns[d]!.kind === 'key' && column.categories)
      ? keepTexts(internals, options, texts, d)
      : column,
  )
  const all = { count: own.count * times, columns }
  return times === 1 ? all : withDraws(all, draws)
}

/** Warns of texts that can't be generated. Throws InputError if a column has room for fewer than the rows may need. */
function requireTexts(
  { generator }: ModelInternals,
  onWarning: SampleOptions['onWarning'] = console.warn,
  { count, columns }: Table,
): void {
  const lacks = (name: string) => columnNamed(columns, name).cells.some(Number.isNaN)
  requireRoom(generator, count, lacks)
  for (const line of leftOutWarnings(generator)) onWarning(line)
}

interface TextRows {
  /** The rows as they were given, with their texts. */
  readonly given: readonly TableColumn[]
  /** The completed rows: of each row so many versions. */
  readonly complete: readonly TableColumn[]
  readonly times: number
}

/** The d-th column, of texts, in which the given ones stay and missing ones are generated. */
function keepTexts(
  { generator, file }: ModelInternals,
  { seed = 0 }: ImputeOptions,
  { given, complete, times }: TextRows,
  d: number,
): TableColumn {
  const encoded = file.description.encoding.columns
  const { name, kind, maker, first = 0 } = encoded[d]!
  const own = given[d]!
  const taken = new Set(own.categories)
  const texts = [...taken]
  const cells = new Float64Array(own.cells.length * times)
  let row = 0
  /** The text of another column of the row, a learned column or one that the row came with. */
  const textInRow: TextIn = (other) => {
    const at = placeOf(encoded, other)
    if (at < 0) return undefined
    const cell = isGenerated(encoded[at]!)
      ? given[at]!.cells[Math.floor(row / times)]!
      : complete[at]!.cells[row]!
    return Number.isNaN(cell) ? undefined : textOf(given[at]!)(cell)
  }
  const canBeGenerated = !maker || !generator!.leftOut.has(name)
  const textOfIndex =
    maker && canBeGenerated
      ? generator!.texts(seed, name, textInRow)
      : (index: number) => String(first + index)
  const isUnique = !maker || (maker.by === 'form' ? maker.isUnique : maker.isNumbered === true)
  let further = own.cells.length
  const textFor = (i: number) => {
    let text = textOfIndex(i)
    while (isUnique && taken.has(text)) text = textOfIndex(further++)
    return text
  }
  const generated = new Map<number, number>()
  for (; row < cells.length; row++) {
    const i = Math.floor(row / times)
    const cell = own.cells[i]!
    if (!Number.isNaN(cell) || !canBeGenerated) cells[row] = cell
    else {
      // versions of a row share its key
      if (!generated.has(i) || !isUnique) generated.set(i, texts.push(textFor(i)) - 1)
      cells[row] = generated.get(i)!
    }
  }
  return { name, kind: kind === 'key' ? 'category' : 'text', categories: texts, cells }
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

/** The table with further columns at its end, of missing values, and a key of the rows' numbers. */
function withColumns(table: NamedTable, added: readonly Column[]): NamedTable {
  if (added.length === 0) return table
  const columns = added.map((column): TableColumn => {
    const { kind, first = 0 } = column
    const cells = Float64Array.from({ length: table.count }, (_, i) =>
      kind === 'key' ? first + i : Number.NaN,
    )
    return { ...column, cells }
  })
  return { ...table, columns: [...table.columns, ...columns] }
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

function rowsWithMissing({ count, columns }: Table): number[] {
  return [...Array(count).keys()].filter((i) => columns.some(({ cells }) => Number.isNaN(cells[i]!)))
}

/** A column's cells, each so many times, with filled ones where they are empty. */
function merged(
  cells: Float64Array,
  incomplete: readonly number[],
  filled: Float64Array,
  times: number,
): Float64Array {
  const all = new Float64Array(cells.length * times)
  for (const [i, cell] of cells.entries()) all.fill(cell, i * times, (i + 1) * times)
  for (const [k, i] of incomplete.entries())
    if (Number.isNaN(cells[i]!)) all.set(filled.subarray(k * times, (k + 1) * times), i * times)
  return all
}

/** One cell for each `draws` cells: medians, and for categories the most frequent, on a tie the first drawn. */
function bestOf({ categories }: Column, cells: Float64Array, draws: number): Float64Array {
  return Float64Array.from({ length: cells.length / draws }, (_, i) => {
    const values = cells.subarray(i * draws, (i + 1) * draws)
    // the lower middle value of an even number, so that it is a drawn value
    return categories ? mostFrequent(values) : values.toSorted()[Math.floor((draws - 1) / 2)]!
  })
}

function mostFrequent(values: Float64Array): number {
  const countOf = (value: number) => values.filter((each) => each === value).length
  return values.reduce((best, value) => (countOf(value) > countOf(best) ? value : best))
}

function withDraws({ count, columns }: Table, draws: number): Table {
  const name = placeOf(columns, 'draw') < 0 ? 'draw' : 'draw_column'
  const cells = Float64Array.from({ length: count }, (_, i) => (i % draws) + 1)
  return { count, columns: [...columns, { name, kind: 'integer', cells }] }
}
