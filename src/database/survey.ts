import { hashOf } from '../table/inference/cells.ts'
import { type KeyValue, keyValue } from './codes.ts'
import type { Store, StoredTable } from './store.ts'

/** Longer texts identify nothing. */
const longestCode = 64

/** What a column of a file has in common with keys and references: its values, as numbers that are the same for the same value. */
export class SurveyedColumn {
  readonly name: string
  /** Whether its values may identify rows: whole numbers, and short texts. */
  mayIdentify = true
  /** The number of cells that are texts, not numbers. */
  texts = 0
  /** One of its values, to show. */
  example: KeyValue
  #data = new Float64Array(256)
  #length = 0
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
      this.#data = new Float64Array()
      return
    }
    if (isText) this.texts++
    this.example ??= key
    this.#grow(row + 1)
    this.#data[row] = key === undefined ? Number.NaN : isText ? -hashOf(key) - 1 : key
  }

  /** The values of so many rows, NaN for a missing value. */
  rows(count: number): Float64Array {
    this.#grow(count)
    return this.#data.subarray(0, count)
  }

  /** Its different values. */
  distinct(count: number): ReadonlySet<number> {
    this.#distinct ??= new Set(this.rows(count).filter((value) => !Number.isNaN(value)))
    return this.#distinct
  }

  #grow(length: number): void {
    if (length <= this.#length) return
    if (length > this.#data.length) {
      const data = new Float64Array(Math.max(length, 2 * this.#data.length))
      data.set(this.#data)
      this.#data = data
    }
    this.#data.fill(Number.NaN, this.#length, length)
    this.#length = length
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
}

/** Reads every table once, and keeps the values of columns that may identify rows, 8 bytes each. */
export async function survey(
  { tables }: Pick<Store, 'tables'>,
  signal?: AbortSignal,
): Promise<SurveyedTable[]> {
  const surveyed: SurveyedTable[] = []
  for (const table of tables) surveyed.push(await surveyTable(table, signal))
  return surveyed
}

async function surveyTable(table: StoredTable, signal: AbortSignal | undefined): Promise<SurveyedTable> {
  const columns: SurveyedColumn[] = []
  let rows = 0
  await table.read({
    choice: {},
    watch: {
      cells(name) {
        const column = new SurveyedColumn(name)
        columns.push(column)
        return (value, row) => {
          if (row >= rows) rows = row + 1
          column.put(value, row)
        }
      },
      takes: () => {
        signal?.throwIfAborted()
        return false
      },
    },
  })
  return { name: table.name, rows, columns }
}
