/** Values of databases as cells. */
import { ownValue } from '../../core/own.ts'
import { textOfDate } from '../../table/dates.ts'
import { type ReadTable, TableBuilder } from '../../table/inference/table-builder.ts'
import type { ColumnType } from '../../table/table.ts'
import type { TableReading } from '../store.ts'

/** What a database's type says about the cells of a column; `none` of cells that can be neither learned nor generated. */
export type Family =
  | 'integer'
  | 'decimal'
  | 'number'
  | 'boolean'
  | 'date'
  | 'time'
  | 'zoned'
  | 'text'
  | 'enum'
  | 'none'

export interface StoredColumn {
  readonly name: string
  readonly family: Family
  /** As the database names it. */
  readonly type: string
}

/** The kind that a family decides, where the cells alone would not. */
const kinds: Partial<Record<Family, ColumnType>> = {
  number: 'number',
  decimal: 'number',
  boolean: 'boolean',
  enum: 'category',
}

/** A value of a database as its text, as a cell; null for what no cell can hold, such as infinity. */
export function cellOf(family: Family, text: string | null): unknown {
  if (text === null) return null
  switch (family) {
    case 'integer':
      return wholeOf(text)
    case 'decimal':
    case 'number': {
      const number = Number(text)
      return Number.isFinite(number) ? number : null
    }
    case 'boolean':
      return text === 't' || text === 'true'
    case 'date':
    case 'zoned': {
      // a year before Christ, and infinity, are beyond the calendar
      const [, day, clock, fraction = ''] =
        /^(\d{4,}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|\+00(?::?00)?)?)?$/.exec(text) ?? []
      if (day === undefined) return null
      const time = clock === undefined ? '' : `T${clock}.${fraction.padEnd(3, '0').slice(0, 3)}Z`
      return textOfDate(new Date(`${day}${time}`), family === 'date') ?? null
    }
    case 'time':
      return text.replace(/\.\d+$/, '')
    default:
      return text
  }
}

function wholeOf(text: string): number | bigint {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

/**
 * Reads rows of a database as a table.
 *
 * @param where - The table's place in messages.
 * @param rows - The values of the columns, in their order.
 */
export async function readValues(
  where: string,
  columns: readonly StoredColumn[],
  rows: AsyncIterable<readonly (readonly unknown[])[]> | Iterable<readonly (readonly unknown[])[]>,
  { choice, keepsAll, watch }: TableReading,
): Promise<ReadTable> {
  const declared = columns.flatMap(({ name, family }): [string, ColumnType][] => {
    const kind = kinds[family]
    return kind === undefined ? [] : [[name, kind]]
  })
  const types = { ...Object.fromEntries(declared), ...choice.types }
  const builder = new TableBuilder(
    { name: where, place: 'row', isText: false },
    { choice: { ...choice, types }, keepsAll, watch, minRows: 0 },
  )
  for (const { name } of columns) builder.addColumn(name)
  builder.requireChosenColumns()
  let number = 0
  for await (const some of rows) for (const row of some) builder.addValues(row, ++number)
  const empty = declared
    .map(([name]) => name)
    .filter((name) => ownValue(choice.types, name) === undefined && builder.forgetEmpty(name))
  const table = builder.finish()
  const leftOut = empty.map((name) => ({ name, reason: 'it has no values', kind: null }))
  return { ...table, leftOut: [...table.leftOut, ...leftOut] }
}
