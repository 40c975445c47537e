import { printable } from '../core/format.ts'
import { hashOf } from '../table/inference/cells.ts'
import { grown, keyValue } from './codes.ts'
import type { StoredTable } from './store.ts'

/** Longer texts identify nothing. */
const longestCode = 64

/** What a column of a file has in common with keys and references: its values, as numbers that are the same for the same value. */
export class SurveyedColumn {
  readonly name: string
  /** Whether its values may identify rows: whole numbers, and short texts. */
  mayIdentify = true
  /** The number of cells that are texts, not numbers. */
  texts = 0
  /** By row; NaN for a missing value. */
  values = new Float64Array()
  #distinct: ReadonlySet<number> | undefined

  constructor(name: string) {
    this.name = name
  }

  put(value: unknown, row: number): void {
    if (!this.mayIdentify) return
    const key = keyValue(value)
    const isText = typeof key === 'string'
    if (isText && (key.length > longestCode || isDecimal(key))) {
      this.mayIdentify = false
      this.values = new Float64Array()
      return
    }
    if (isText) this.texts++
    this.values = grown(this.values, row + 1, Number.NaN)
    this.values[row] = key === undefined ? Number.NaN : isText ? -hashOf(key) - 1 : key
  }

  /** Ends the column with so many rows. */
  end(rows: number): void {
    if (this.mayIdentify) this.values = grown(this.values, rows, Number.NaN).subarray(0, rows)
  }

  get present(): Float64Array {
    return this.values.filter((value) => !Number.isNaN(value))
  }

  get distinct(): ReadonlySet<number> {
    this.#distinct ??= new Set(this.present)
    return this.#distinct
  }
}

/** Numbers with a fraction identify nothing. */
function isDecimal(text: string): boolean {
  return /^-?\d*[.,]\d+$/.test(text) || /^-?\d+(?:\.\d+)?e[+-]?\d+$/i.test(text)
}

/** A table whose rows were all seen. */
export interface SurveyedTable {
  readonly name: string
  readonly rows: number
  /** In the source's order. */
  readonly columns: readonly SurveyedColumn[]
  /** What a catalogue declares as its key. */
  readonly key: readonly SurveyedColumn[] | undefined
}

/** Reads a table once, and keeps the values of columns that may identify rows, 8 bytes each. */
export async function survey(table: StoredTable, signal: AbortSignal | undefined): Promise<SurveyedTable> {
  const columns: SurveyedColumn[] = []
  let rows = 0
  await table.read({
    choice: {},
    watch: {
      cells(name) {
        const column = new SurveyedColumn(name)
        columns.push(column)
        return (value, row) => column.put(value, row)
      },
      takes(row) {
        signal?.throwIfAborted()
        rows = row + 1
        return false
      },
    },
  })
  for (const column of columns) column.end(rows)
  const declared = table.declared?.key
  const key = declared && columns.filter(({ name }) => declared.includes(name))
  return { name: table.name, rows, columns, key }
}

/** The names of columns, in messages. */
export function listed(columns: readonly SurveyedColumn[]): string {
  return columns.map(({ name }) => printable(name)).join(', ')
}

/** The values of several columns in each row, undefined with a missing value. */
export function tuplesOf(table: SurveyedTable, columns: readonly SurveyedColumn[]): (string | undefined)[] {
  return Array.from({ length: table.rows }, (_, row) => {
    const tuple = columns.map(({ values }) => values[row]!)
    return tuple.some(Number.isNaN) ? undefined : tuple.join()
  })
}

export function areUnique(table: SurveyedTable, columns: readonly SurveyedColumn[]): boolean {
  const tuples = tuplesOf(table, columns)
  return !tuples.includes(undefined) && new Set(tuples).size === table.rows
}
