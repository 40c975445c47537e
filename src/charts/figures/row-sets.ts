import { InputError } from '../../core/errors.ts'
import { counted } from '../../core/format.ts'
import { descriptionOf, type Model } from '../../infer/model.ts'
import { indicesWhere } from '../../measure/statistics.ts'
import type { Points } from '../../numerics/points.ts'
import { columnNamed } from '../../table/columns.ts'
import { maxWholeCategories } from '../../table/encodings/fit-numbers.ts'
import type { EncodedColumn } from '../../table/encodings/index.ts'
import { type Given, givenTest } from '../../table/known.ts'
import { describeRange } from '../../table/rules/column-range.ts'
import {
  type Column,
  columnsAt,
  isGenerated,
  namesOf,
  pointsOf,
  rowsAt,
  type Table,
  type TableColumn,
} from '../../table/table.ts'
import { axisOf, writtenIn } from '../marks/column-axes.ts'
import type { AxisNames, Plane, Theme } from '../marks/layout.ts'
import type { FigureRequest } from './figure.ts'
import { columnIndices, drawSamples, figureData, hasData, planeColumns, visibleColumns } from './inputs.ts'

/** Rows to compare with others of the same columns; `before` marks samples without the condition. */
export interface RowSet {
  readonly label: string
  readonly of: 'data' | 'samples' | 'before'
  readonly table: Table
}

export interface RowSets {
  readonly columns: readonly Column[]
  readonly sets: readonly RowSet[]
}

/** A set's colour: of the two easiest to tell apart, since one set overlaps the other. */
export function colorOf(theme: Theme, { of }: RowSet): string {
  return of === 'data' ? theme.real : of === 'samples' ? theme.samples : theme.data
}

/** The chosen columns, otherwise all that are learned. Throws InputError as `columnIndices` does, and on one that is generated for each row. */
export function chosenColumns(
  { columns: chosen }: FigureRequest,
  all: readonly Column[],
  model: Model | undefined,
): readonly Column[] {
  const learned = all.filter((column) => !isGenerated(column))
  if (!chosen) return learned
  const columns = model ? [...all, ...descriptionOf(model).encoding.columns] : all
  const generated = columns.find((column) => isGenerated(column) && chosen.includes(column.name))
  if (generated) {
    const what = generated.kind === 'key' ? 'a key, the number of a row' : 'a text, made for each row'
    const problem = `column ${generated.name} is ${what}: choose others`
    throw new InputError(problem, 'out-of-range', { option: 'columns', value: chosen })
  }
  return columnIndices(namesOf({ columns: learned }), chosen).map((d) => learned[d]!)
}

/** A table's columns with the names of `columns`, in their order. */
function columnsOf(table: Table, columns: readonly Column[]): readonly TableColumn[] {
  return columnsAt(table, columnIndices(namesOf(table), namesOf({ columns }))).columns
}

/** The columns of each set, and their axes. */
export function columnsAndAxes({ columns, sets }: RowSets) {
  const drawnColumns = sets.map(({ table }) => columnsOf(table, columns))
  const axisAt = (column: Column, d: number) =>
    axisOf(
      column,
      drawnColumns.map((of) => of[d]!.cells),
    )
  return { drawnColumns, axes: columns.map(axisAt) }
}

/** A figure's title, which names all columns and sets, and its legend. */
export function titleAndLegend(what: string, { columns, sets }: RowSets, theme: Theme) {
  const labels = sets.map(({ label }) => label).join('; ')
  return {
    title: `${what}${columns.map(({ name }) => name).join(', ')}: ${labels}`,
    legend: sets.map((set) => ({ label: set.label, color: colorOf(theme, set), symbol: 'dot' as const })),
  }
}

/** Fewer rows of data that meet the condition are not drawn: their distribution would show little. */
const minGivenRows = 20

const defaultCount = 10_000

/** Data, if there is any, and samples; with a condition, samples without and with it, and the data that meet it. */
export async function rowSets(request: FigureRequest, model: Model | undefined, max: number) {
  const { note } = request
  // an empty condition counts as none
  const given = Object.keys(request.given ?? {}).length > 0 ? request.given : undefined
  if (!model) {
    const about = { option: 'given', value: given }
    if (given) {
      const problem = 'given is a condition on samples: give a model to draw them from'
      throw new InputError(problem, 'missing', about)
    }
    const table = await figureData(request, undefined)
    return { columns: chosenColumns(request, table.columns, model), sets: [labelled('data', 'data', table)] }
  }
  const data = hasData(request, model.card) ? await figureData(request, model) : undefined
  // the model's columns; the data's also have the name `other`, where some of its names are unknown
  const columns = chosenColumns(request, data?.columns ?? visibleColumns(model), model)
  const count = request.count ?? Math.min(data?.count ?? defaultCount, max)
  const draw = async (given?: Given) => (await drawSamples(model, request, count, false, given)).table
  if (!given) {
    const sets = [labelled('samples', 'samples', await draw())]
    if (data) sets.unshift(labelled('data', 'data', data))
    else note('samples alone are drawn: `data` is the file to see beside them')
    return { columns, sets }
  }
  const condition = describeCondition(given)
  const after = await draw(given)
  const before = labelled('samples', 'before', await draw())
  const sets = [before, labelled(`samples with ${condition}`, 'samples', after)]
  const rows = data && rowsThatHave(data, given, model)
  if (rows && rows.count >= minGivenRows) sets.push(labelled(`data with ${condition}`, 'data', rows))
  else if (rows)
    note(
      `${counted(rows.count, 'row')} of the data with ${condition}: not drawn, as fewer than ${minGivenRows}`,
    )
  return { columns, sets }
}

function labelled(title: string, of: RowSet['of'], table: Table): RowSet {
  return { label: `${title}, ${counted(table.count, 'row')}`, of, table }
}

function describeCondition(given: Given): string {
  return Object.entries(given)
    .map(([column, value]) => {
      if (typeof value === 'object' && value !== null) return describeRange({ column, ...value })
      return `${column} ${value === null || value === '' ? 'missing' : `= ${value}`}`
    })
    .join(', ')
}

function rowsThatHave(table: Table, given: Given, model: Model): Table {
  const isMet = givenTest(descriptionOf(model).encoding, given)
  const rows = indicesWhere(table.count, (i) => isMet((name) => columnNamed(table.columns, name).cells[i]!))
  return rowsAt(table, rows)
}

/** Two columns of numbers or dates: the chosen ones, else the first two, with a note; `of` names them in errors. */
export function tablePlane(request: FigureRequest, columns: readonly Column[], of: string): Plane {
  const { figure, columns: chosen } = request
  const alternatives = 'plot columns shows each column, plot pairs each pair'
  if (chosen || columns.every(isNumber)) {
    const { names } = planeColumns(request, namesOf({ columns }))
    const other = columns.find((column) => chosen?.includes(column.name) && !isNumber(column))
    if (other) {
      const problem = `column ${other.name} is a ${other.kind}, and ${figure} draws numbers and dates: ${alternatives}`
      throw new InputError(problem, 'conflict', { option: 'columns', value: chosen })
    }
    return planeOf(names, columns)
  }
  const numbers = columns.filter(isNumber)
  if (numbers.length < 2) {
    const problem = `${figure} draws two columns of numbers or dates, and ${of} has ${numbers.length === 0 ? 'none' : `one, ${numbers[0]!.name}`}: ${alternatives}`
    throw new InputError(problem, 'conflict')
  }
  const spread = numbers.filter((column) => !hasFewValues(column))
  const [x, y] = spread.length < 2 ? numbers : spread
  request.note(
    `${x!.name} and ${y!.name} of ${columns.length} columns are drawn: \`columns\` chooses others, ${alternatives}`,
  )
  return planeOf({ x: x!.name, y: y!.name }, columns)
}

/** Whether a model treats a column of numbers as one of a few values: in a plane, its rows would overlap. */
function hasFewValues(column: Column | EncodedColumn): boolean {
  if (!('as' in column)) return false
  const many = column.as === 'category' && (column.values ?? []).length > maxWholeCategories
  return ['category', 'constant', 'derived'].includes(column.as) && !many
}

export function isNumber({ kind }: Column): boolean {
  return kind === 'number' || kind === 'integer' || kind === 'date'
}

function planeOf(names: AxisNames, columns: readonly Column[]): Plane {
  const written = (of: string) => columns.filter(({ name }) => name === of).map(writtenIn)[0]
  return { names, written: { x: written(names.x), y: written(names.y) } }
}

const maxSamples = 100_000

/** Two of `visibleColumns`, in data and samples, in data units; as many samples as rows of data by default. */
export async function dataAndSamples(request: FigureRequest, model: Model) {
  const plane = tablePlane(request, visibleColumns(model), request.modelName)
  const data = await figureData(request, model)
  const count = request.count ?? Math.min(data.count, maxSamples)
  const { table } = await drawSamples(model, request, count, false)
  return {
    data: completeRows(plane, data, request, 'the data'),
    samples: completeRows(plane, table, request, 'the table of samples'),
    ...plane,
  }
}

/** The plane's two columns, without rows that lack either, which is noted. */
export function completeRows(
  { names: { x, y } }: Plane,
  table: Table,
  { figure, note }: Pick<FigureRequest, 'figure' | 'note'>,
  subject: string,
): Points<Float64Array> {
  const plane = columnsAt(table, columnIndices(namesOf(table), [x, y]))
  const complete = indicesWhere(table.count, (i) =>
    plane.columns.every(({ cells }) => !Number.isNaN(cells[i])),
  )
  const missing = table.count - complete.length
  if (missing === 0) return pointsOf(plane)
  if (complete.length === 0) {
    const problem = `no row of ${subject} has both ${x} and ${y}: choose other \`columns\` for ${figure}`
    throw new InputError(problem, 'bad-data')
  }
  note(`${counted(missing, 'row')} of ${subject} without ${x} or ${y} left out`)
  return pointsOf(rowsAt(plane, complete))
}
