import { drawOf } from '../../infer/draw.ts'
import type { ModelInternals } from '../../infer/model.ts'
import { samplesOf } from '../../infer/sample.ts'
import { withTexts } from '../../infer/texts.ts'
import { requirementsOf } from '../../model/requirements.ts'
import { contextColumns, ofEach } from '../../table/condition.ts'
import { hashOf } from '../../table/inference/cells.ts'
import { type Given, knownOf } from '../../table/known.ts'
import { type Column, isGenerated, namesOf, type TableColumn } from '../../table/table.ts'

/** How rows of one table are drawn. */
export interface RowDraw {
  readonly seed: number
  readonly signal?: AbortSignal | undefined
  /** What is known of every row. */
  readonly given?: Given | undefined
}

/** The seed of a table's rows: those of another are no likelier to resemble them than any. */
export function seedOf(seed: number, table: string): number {
  return hashOf(`${seed}/${table}`)
}

/**
 * The number of a row among those of its table, which neither the number of parents nor that of other children changes; each
 * candidate of a group, from 0, has rows of its own.
 */
export function numberOfRow(parent: number, place: number, candidate = 0): number {
  return hashOf(candidate === 0 ? `${parent}/${place}` : `${parent}/${place}/${candidate}`)
}

/**
 * Draws rows under their context.
 *
 * @param model - The table's model.
 * @param context - What is known of each row: a cell of each column for each row. It may have more columns than the model, and others
 * than its context, such as a key.
 * @param numbers - The rows' numbers, of which their random numbers are a function, in addition to the seed.
 * @returns The model's columns but for generated ones.
 */
export async function drawRows(
  model: ModelInternals,
  context: readonly TableColumn[],
  numbers: Float64Array,
  { seed, signal, given = {} }: RowDraw,
): Promise<TableColumn[]> {
  const { encoding } = model.file.description
  const { columns } = encoding
  const count = numbers.length
  const { ranges, ...same } = knownOf(encoding, given)
  const ofContext = contextColumns(encoding)
  const cells = ofEach(same, count).map((cells, d) => {
    const given = context.find(({ name }) => name === columns[d]!.name)
    return given ? given.cells.map(translation(given, columns[d]!)) : cells
  })
  const knownCells = { count, cells, missing: same.missing, context: ofContext }
  const draw = drawOf('sample', model, { count, seed, signal, onWarning() {} }, knownCells)
  const requirements = requirementsOf(encoding, { ...knownCells, ranges })
  const ranged = Array.from(numbers, (from) => ({ seed, from, count: 1 }))
  const { table } = await samplesOf(
    { ...model, generator: undefined },
    // whoever draws them tests them, with all else that they must meet
    { ...draw, ranges: ranged, requirements, mayBreak: true, mostDraws: 1 },
  )
  return table.columns.filter((column) => !isGenerated(column))
}

/** A function from the cells of a column to those of another that has its names in another order; NaN for one that it lacks. */
export function translation(from: Column, to: Column): (cell: number) => number {
  const { categories: names } = from
  const { categories: others } = to
  if (!names || !others || names === others) return (cell) => cell
  const places = new Map(others.map((name, k) => [name, k]))
  return (cell) => (Number.isNaN(cell) ? cell : (places.get(names[cell]!) ?? Number.NaN))
}

/** A column with the names of another. */
export function translated<C extends Column>(from: TableColumn, to: C): C & TableColumn {
  return { ...to, cells: from.cells.map(translation(from, to)) }
}

/** The generated columns of a table's rows, which are numbered from 0. */
export function generateColumns(
  { file, generator }: ModelInternals,
  learned: readonly TableColumn[],
  count: number,
  seed: number,
): TableColumn[] {
  const { columns } = file.description.encoding
  const generated = columns.filter(isGenerated).map((column): TableColumn => {
    const { kind, first = 0 } = column
    return {
      ...column,
      cells: Float64Array.from({ length: count }, (_, i) => (kind === 'key' ? first + i : 0)),
    }
  })
  if (generated.length === 0 || count === 0) return generated
  const table = { count, columns: [...learned, ...generated] }
  const complete = generator ? withTexts(table, generator, [{ seed, from: 0, count }]) : table
  const names = new Set(namesOf({ columns: generated }))
  return complete.columns.filter(({ name }) => names.has(name))
}
