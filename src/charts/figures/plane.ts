import { InputError } from '../../core/errors.ts'
import { counted } from '../../core/format.ts'
import type { Model } from '../../infer/model.ts'
import { rowsWithoutGaps } from '../../measure/evaluate.ts'
import { type FloatArray, gatherColumns, gatherRows, type Points } from '../../numerics/points.ts'
import type { EncodedColumn } from '../../table/encodings/index.ts'
import { type Column, namesOf, type Table } from '../../table/table.ts'
import type { AxisNames, Plane } from '../marks/layout.ts'
import type { FigureRequest } from './figure.ts'
import { columnIndices, drawSamples, figureData, planeColumns, visibleColumns } from './inputs.ts'

/**
 * The two columns of numbers or dates to draw of a table: the chosen ones, otherwise the first two, preferably with many
 * values, with a note. Throws InputError as `planeColumns` does, and on columns of another kind; `of` names their source
 * in messages.
 */
export function tablePlane(request: FigureRequest, columns: readonly Column[], of: string): Plane {
  const { figure, columns: chosen } = request
  if (columns.every(isNumber)) return planeOf(planeColumns(request, namesOf({ columns })).names, columns)
  const alternatives = 'plot columns shows each column, plot pairs each pair'
  if (chosen) {
    const { names } = planeColumns(request, namesOf({ columns }))
    const other = columns.find((column) => chosen.includes(column.name) && !isNumber(column))
    if (other)
      throw new InputError(
        `column ${other.name} is a ${other.kind}, and ${figure} draws numbers and dates: ${alternatives}`,
        'conflict',
        { option: 'columns', value: chosen },
      )
    return planeOf(names, columns)
  }
  const numbers = columns.filter(isNumber)
  if (numbers.length < 2)
    throw new InputError(
      `${figure} draws two columns of numbers or dates, and ${of} has ${numbers.length === 0 ? 'none' : `one, ${numbers[0]!.name}`}: ${alternatives}`,
      'conflict',
    )
  const spread = numbers.filter((column) => !hasFewValues(column))
  const [x, y] = spread.length < 2 ? numbers : spread
  request.note(
    `${x!.name} and ${y!.name} of ${columns.length} columns are drawn: \`columns\` chooses others, ${alternatives}`,
  )
  return planeOf({ x: x!.name, y: y!.name }, columns)
}

/** Whether a model treats a column of numbers as one of a few values: in a plane, its rows would overlap. */
function hasFewValues(column: Column | EncodedColumn): boolean {
  return 'as' in column && (column.as === 'category' || column.as === 'constant')
}

/** Whether a column's cells can be placed on a continuous axis. */
export function isNumber({ kind }: Column): boolean {
  return kind === 'number' || kind === 'integer' || kind === 'date'
}

function planeOf(names: AxisNames, columns: readonly Column[]): Plane {
  const isTime = (name: string) => columns.some((column) => column.name === name && column.kind === 'date')
  return { names, times: { x: isTime(names.x), y: isTime(names.y) } }
}

/** The default number of samples if the data doesn't set one. */
const maxSamples = 100_000

/** Two of `visibleColumns`, in data and samples, in data units; as many samples as rows of data by default. */
export async function besideData(request: FigureRequest, model: Model) {
  const plane = tablePlane(request, visibleColumns(model), request.modelName)
  const data = await figureData(request, model)
  const count = request.count ?? Math.min(data.points.count, maxSamples)
  const { table } = await drawSamples(model, request, count, false)
  return {
    data: completeRows(plane, data, request, 'the data'),
    samples: completeRows(plane, table, request, 'the samples'),
    ...plane,
  }
}

/** The plane's two columns, without rows that lack either, which is noted. */
export function completeRows(
  { names: { x, y } }: Plane,
  table: Table,
  { figure, note }: Pick<FigureRequest, 'figure' | 'note'>,
  subject: string,
): Points<FloatArray> {
  const points = gatherColumns(table.points, columnIndices(namesOf(table), [x, y]))
  const complete = rowsWithoutGaps(points)
  const missing = points.count - complete.length
  if (missing === 0) return points
  if (complete.length === 0)
    throw new InputError(
      `no row of ${subject} has both ${x} and ${y}: choose other \`columns\` for ${figure}`,
      'bad-data',
    )
  note(`${counted(missing, 'row')} of ${subject} without ${x} or ${y} left out`)
  return gatherRows(points, complete)
}
