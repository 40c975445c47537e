import type { Table } from '../table/table.ts'
import type { TableToWrite } from './rows.ts'

/**
 * The tables to be added to rows that are there: keys that are only numbers follow the largest, and references go with them.
 *
 * @param tables - In the order of their references.
 * @param largest - The largest value of a column that is there, as the database gives it.
 */
export async function following(
  tables: readonly TableToWrite[],
  largest: (table: string, column: string) => Promise<unknown>,
): Promise<TableToWrite[]> {
  const shifts = new Map<string, number>()
  for (const { name, columns, schema } of tables) {
    const key = columns.find((column) => column.name === schema.key?.[0])
    if (schema.key?.length !== 1 || key?.kind !== 'key' || key.first === undefined) continue
    const last = Number((await largest(name, key.name)) ?? Number.NaN)
    if (Number.isSafeInteger(last) && last >= key.first) shifts.set(name, last + 1 - key.first)
  }
  const named = new Map(tables.map((table) => [table.name, table]))
  const shiftOf = (name: string, column: string, seen: readonly string[] = []): number => {
    const { key, references } = named.get(name)!.schema
    if (key?.length === 1 && key[0] === column && shifts.has(name)) return shifts.get(name)!
    const place = `${name}\0${column}`
    if (seen.includes(place)) return 0
    for (const { columns, table } of references) {
      const to = named.get(table)!.schema.key?.[columns.indexOf(column)]
      const shift = to === undefined ? 0 : shiftOf(table, to, [...seen, place])
      if (shift !== 0) return shift
    }
    return 0
  }
  return tables.map((table) => {
    const offsets = table.columns.map(({ name }) => shiftOf(table.name, name))
    return offsets.some((offset) => offset !== 0)
      ? { ...table, chunks: shifted(table.chunks, offsets) }
      : table
  })
}

async function* shifted(chunks: TableToWrite['chunks'], offsets: readonly number[]): AsyncGenerator<Table> {
  for await (const rows of chunks) {
    const columns = rows.columns.map((column, d) => ({
      ...column,
      cells: column.cells.map((cell) => cell + offsets[d]!),
    }))
    yield { ...rows, columns }
  }
}
