import { InputError } from '../../core/errors.ts'
import { counted, printable } from '../../core/format.ts'

/** Rows that were found in one object of JSON, and what to note about it. */
export interface FoundRows {
  readonly rows: Iterable<unknown>
  readonly notes: readonly string[]
}

/** Names of the rows in an object, from the likeliest on. */
const namesOfRows = ['data', 'rows', 'records', 'items', 'results']

/**
 * The rows in an object of JSON, as servers answer: the array of rows among other things, such as {"data": [{…}]}, or an
 * array for each column, as {"a": [1, 2], "b": [3, 4]}. Undefined if it has neither. Throws InputError if it has several
 * arrays of rows of other names, or columns of different lengths.
 */
export function rowsIn(object: Readonly<Record<string, unknown>>, file: string): FoundRows | undefined {
  const entries = Object.entries(object)
  const ofRows = entries.filter(([, value]) => isRows(value))
  if (ofRows.length > 0) {
    const named = namesOfRows.map((name) => ofRows.find(([key]) => key === name)).find(Boolean)
    const chosen = named ?? ofRows[0]!
    if (!named && ofRows.length > 1)
      throw new InputError(
        `${file} has several arrays of rows, ${listed(ofRows)}: give one of them alone, or call it data`,
        'bad-data',
      )
    const others = entries.filter(([key]) => key !== chosen[0])
    const more = others.length > 0 ? `, without ${listed(others)}` : ''
    return {
      rows: chosen[1] as readonly unknown[],
      notes: [`${file}: the rows are those of ${printable(chosen[0])}${more}`],
    }
  }
  const columns = entries.filter(([, value]) => Array.isArray(value)) as [string, readonly unknown[]][]
  if (columns.length === 0 || columns.length < entries.length) return undefined
  const count = columns[0]![1].length
  const other = columns.find(([, cells]) => cells.length !== count)
  if (other)
    throw new InputError(
      `${file}, column ${printable(other[0])} has ${counted(other[1].length, 'cell')}, not the ${count} of ${printable(columns[0]![0])}: give every column as many`,
      'bad-data',
    )
  return { rows: rowsOfColumns(columns, count), notes: [] }
}

/** Makes one row at a time: all would take many times the memory of the columns. */
function* rowsOfColumns(columns: readonly (readonly [string, readonly unknown[]])[], count: number) {
  for (let i = 0; i < count; i++) yield Object.fromEntries(columns.map(([name, cells]) => [name, cells[i]]))
}

/** Whether a value is an array of objects, or of arrays. */
function isRows(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && typeof value[0] === 'object' && value[0] !== null
}

function listed(entries: readonly (readonly [name: string, value: unknown])[]): string {
  const names = entries.slice(0, 5).map(([name]) => printable(name))
  return `${names.join(', ')}${entries.length > 5 ? ', …' : ''}`
}
