import { InputError } from '../core/errors.ts'
import { counted, humanCount, printable } from '../core/format.ts'
import type { CodeColumn, KeyColumns } from './codes.ts'
import { orderOf } from './database.ts'
import type { Reference, Schema, TableSchema } from './schema.ts'

/** The rows of tables by their keys, and those that references lead to. */
export class Links {
  readonly #schema: Schema
  readonly #columns: KeyColumns
  readonly #counts: ReadonlyMap<string, number>
  /** By table, its rows by the codes of their keys. */
  readonly #rows = new Map<string, RowsByCodes>()

  /** `counts` are the tables' numbers of rows, of which all keys and references have been seen. */
  constructor(schema: Schema, columns: KeyColumns, counts: ReadonlyMap<string, number>) {
    this.#schema = schema
    this.#columns = columns
    this.#counts = counts
  }

  /** Throws InputError on a key that a row lacks, or that two rows have: the first, and how many there are. */
  requireKey(table: string): void {
    const { key } = this.#schema.tables[table]!
    if (!key) return
    const { columns, codes } = this.#codesOf(table, key)
    const count = this.#counts.get(table)!
    const rows = rowsByCodes(columns)
    this.#rows.set(table, rows)
    let [repeats, missing] = [0, 0]
    let first: { row: number; before: number } | undefined
    for (let row = 0; row < count; row++) {
      const tuple = codes.map((column) => column[row]!)
      if (tuple.includes(-1)) {
        missing++
        if (missing === 1 && repeats === 0) first = { row, before: -1 }
        continue
      }
      const before = rows.get(tuple)
      if (before < 0) {
        rows.set(tuple, row)
        continue
      }
      repeats++
      if (repeats === 1 && missing === 0) first = { row, before }
    }
    if (!first) return
    const where = `${printable(table)}, row ${first.row + 1}`
    const names = key.map(printable).join(', ')
    if (first.before < 0)
      throw new InputError(
        `${where}: the key ${names} is missing, as in ${counted(missing, 'row')}: give each row its key, or name other columns as the key`,
        'bad-data',
      )
    const value = keyText(columns, codes, first.row)
    throw new InputError(
      `${where}: the key ${names} is ${value}, as in row ${first.before + 1}; ${humanCount(repeats)} of ${counted(count, 'row')} repeat one: give each row its own, or name other columns as the key`,
      'bad-data',
    )
  }

  /** The rows that a reference leads to, and the first row that lacks it. Throws InputError on one that leads to no row. */
  follow(table: string, reference: Reference): { rows: Int32Array; firstMissing: number } {
    const { columns, codes } = this.#codesOf(table, reference.columns)
    const count = this.#counts.get(table)!
    // none of a table without rows
    const targets = this.#rows.get(reference.table)
    const rows = new Int32Array(count).fill(-1)
    let [lost, first, firstMissing] = [0, -1, -1]
    for (let row = 0; row < count; row++) {
      const tuple = codes.map((column) => column[row]!)
      // of no key, as no key has a missing value
      const target = targets?.get(tuple) ?? -1
      rows[row] = target
      if (target >= 0) continue
      const isMissing = tuple.includes(-1) || tuple.some((code, k) => columns[k]!.codes.isMissingWord(code))
      if (isMissing) {
        if (firstMissing < 0) firstMissing = row
      } else if (lost++ === 0) first = row
    }
    if (lost === 0) return { rows, firstMissing }
    const value = keyText(columns, codes, first)
    const names = reference.columns.map(printable).join(', ')
    throw new InputError(
      `${printable(table)}, row ${first + 1}: ${names} is ${value}, and no row of ${printable(reference.table)} has that key; so it is in ${humanCount(lost)} of ${counted(count, 'row')}: add the missing rows, take these out, or take the reference out of schema.json`,
      'bad-data',
    )
  }

  #codesOf(table: string, names: readonly string[]): { columns: CodeColumn[]; codes: Int32Array[] } {
    const columns = names.map((name) => this.#columns.get(table, name)!)
    return { columns, codes: columns.map((column) => column.rows(this.#counts.get(table)!)) }
  }
}

interface RowsByCodes {
  /** The row whose key has these codes; -1 if there is none. */
  get(codes: readonly number[]): number
  set(codes: readonly number[], row: number): void
}

/** Rows by their keys' codes; codes of one column are places in an array, which takes a tenth of the time of a Map. */
function rowsByCodes([column, another]: readonly CodeColumn[]): RowsByCodes {
  if (column && !another) {
    const rows = new Int32Array(column.codes.values.length).fill(-1)
    return {
      get: ([code]) => rows[code!] ?? -1,
      set([code], row) {
        rows[code!] = row
      },
    }
  }
  const rows = new Map<string, number>()
  return {
    get: (codes) => rows.get(codes.join()) ?? -1,
    set: (codes, row) => rows.set(codes.join(), row),
  }
}

/** A row's key as text, in messages. */
function keyText(columns: readonly CodeColumn[], codes: readonly Int32Array[], row: number): string {
  const values = columns.map((column, k) => column.codes.values[codes[k]![row]!])
  return values.map((value) => (value === undefined ? 'nothing' : printable(String(value)))).join(', ')
}

/**
 * A table's references, the likeliest parent of its rows first: obligatory ones; of these such as are part of the table's key, as a
 * season's player is; then those to tables that refer to others themselves, as an item is of an order rather than of a product; then
 * the one with the most parents, of which each has the fewest children.
 */
export function inOrderOfParents<R extends { readonly reference: Reference }>(
  references: readonly R[],
  { key = [] }: TableSchema,
  depths: ReadonlyMap<string, number>,
  counts: ReadonlyMap<string, number>,
): R[] {
  const outsideKey = ({ columns }: Reference) => columns.filter((column) => !key.includes(column)).length
  return [...references].sort(
    ({ reference: a }, { reference: b }) =>
      Number(a.optional) - Number(b.optional) ||
      Number(outsideKey(a) > 0) - Number(outsideKey(b) > 0) ||
      depths.get(b.table)! - depths.get(a.table)! ||
      counts.get(b.table)! - counts.get(a.table)!,
  )
}

/** By table, how many references lead up from it, one after the other, at most. */
export function depthsOf(schema: Schema): ReadonlyMap<string, number> {
  const depths = new Map<string, number>()
  for (const name of orderOf(schema).order) {
    const above = schema.tables[name]!.references.flatMap(({ table }) => depths.get(table) ?? [])
    depths.set(name, Math.max(0, ...above.map((depth) => depth + 1)))
  }
  return depths
}
