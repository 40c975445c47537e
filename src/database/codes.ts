import { InputError } from '../core/errors.ts'
import { humanCount } from '../core/format.ts'
import { textOfDate } from '../table/dates.ts'
import { detachedCopy, isMissingWord } from '../table/inference/cells.ts'
import type { Schema } from './schema.ts'

/** What identifies a row, as keys and references to them have it alike; undefined for a missing value. */
export type KeyValue = number | string | undefined

/** Whole numbers, also as programs write them where a column has missing values: 12.0. */
const whole = /^(-?(?:0|[1-9]\d{0,14}))(?:\.0+)?$/

/** A cell as it stands, in a form that is the same in files and databases: 12 for '12', 12n and '12.0'; other texts trimmed. */
export function keyValue(value: unknown): KeyValue {
  switch (typeof value) {
    case 'number':
      return Number.isNaN(value) ? undefined : Number.isSafeInteger(value) ? value + 0 : String(value)
    case 'string': {
      const text = value.trim()
      const digits = text.length < 20 ? whole.exec(text)?.[1] : undefined
      if (digits !== undefined) return Number(digits) + 0
      return text === '' ? undefined : text
    }
    case 'bigint': {
      const number = Number(value)
      return Number.isSafeInteger(number) ? number : String(value)
    }
    case 'boolean':
      return String(value)
  }
  if (value === null || value === undefined) return undefined
  if (value instanceof Date) return textOfDate(value) ?? String(value.getTime())
  if (value instanceof Uint8Array)
    return Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return JSON.stringify(value)
}

/** The most different values that a Map takes. */
const mostValues = 2 ** 24 - 1

/** Numbers values in the order in which they come. */
export class Codes {
  readonly #codes = new Map<number | string, number>()
  readonly values: (number | string)[] = []

  /** The value's number, from 0; -1 for a missing value. */
  codeOf(value: KeyValue): number {
    if (value === undefined) return -1
    const stored = this.#codes.get(value)
    if (stored !== undefined) return stored
    if (this.values.length === mostValues)
      throw new InputError(
        `keys have more than ${humanCount(mostValues)} different values, which is the most: give a part of the tables`,
        'bad-data',
      )
    const detached = typeof value === 'string' ? detachedCopy(value) : value
    const code = this.values.length
    this.#codes.set(detached, code)
    this.values.push(detached)
    return code
  }

  /** Whether a value may stand for a missing value, as NA does where no key is NA. */
  isMissingWord(code: number): boolean {
    const value = this.values[code]
    return typeof value === 'string' && isMissingWord(value)
  }
}

/** Cells with room for at least so many; those that were not set are `missing`. */
export function grown<A extends Int32Array | Float64Array>(cells: A, length: number, missing: number): A {
  if (length <= cells.length) return cells
  const longer = new (cells.constructor as new (length: number) => A)(Math.max(length, 2 * cells.length))
  longer.fill(missing).set(cells)
  return longer
}

/** A growing list of codes, 4 bytes each. */
export class CodeColumn {
  readonly codes: Codes
  #data = new Int32Array()

  constructor(codes: Codes) {
    this.codes = codes
  }

  /** Sets the code of a row after the last; rows between them have missing values. */
  put(value: unknown, row: number): void {
    this.#data = grown(this.#data, row + 1, -1)
    this.#data[row] = this.codes.codeOf(keyValue(value))
  }

  /** The codes of so many rows. */
  rows(count: number): Int32Array {
    this.#data = grown(this.#data, count, -1)
    return this.#data.subarray(0, count)
  }
}

/** The columns of keys and references of a schema; those that meet share their codes. */
export class KeyColumns {
  readonly #columns = new Map<string, CodeColumn>()

  constructor({ tables }: Schema) {
    const parents = new Map<string, string>()
    const rootOf = (place: string): string => {
      const parent = parents.get(place)
      return parent === undefined ? place : rootOf(parent)
    }
    const places = new Set<string>()
    for (const [name, { key = [], references }] of Object.entries(tables)) {
      for (const column of key) places.add(placeOf(name, column))
      for (const { columns, table } of references)
        for (const [k, column] of columns.entries()) {
          const place = placeOf(name, column)
          places.add(place)
          const [from, to] = [rootOf(place), rootOf(placeOf(table, tables[table]!.key![k]!))]
          if (from !== to) parents.set(from, to)
        }
    }
    const codes = new Map<string, Codes>()
    for (const place of places) {
      const root = rootOf(place)
      if (!codes.has(root)) codes.set(root, new Codes())
      this.#columns.set(place, new CodeColumn(codes.get(root)!))
    }
  }

  /** Undefined of a column that is in no key and no reference. */
  get(table: string, column: string): CodeColumn | undefined {
    return this.#columns.get(placeOf(table, column))
  }
}

function placeOf(table: string, column: string): string {
  return JSON.stringify([table, column])
}
