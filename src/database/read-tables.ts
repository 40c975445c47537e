import { InputError, nearest, requireInteger } from '../core/errors.ts'
import { printable } from '../core/format.ts'
import { ownValue } from '../core/own.ts'
import { whyNotLearned } from '../table/encodings/fit.ts'
import { statedMaker } from '../table/generated/stated.ts'
import type { Watch } from '../table/inference/choice.ts'
import type { ReadTable } from '../table/inference/table-builder.ts'
import { areOftenRare, nextKey } from '../table/inference/text-column.ts'
import { type Column, type ColumnType, kindsOf, type Table, type TableColumn } from '../table/table.ts'
import { KeyColumns } from './codes.ts'
import { type Database, type LinkedTable, orderOf, tablesInOrder, withOpenCircles } from './database.ts'
import { draftOf, withDeclared } from './draft.ts'
import { depthsOf, inOrderOfParents, Links } from './links.ts'
import { propose, withSinglesAsReferenceData } from './propose.ts'
import { mapTables, type Reference, type Schema, type TableSchema } from './schema.ts'
import { type AllLinks, selectedLinks, selectRows } from './select.ts'
import type { Store, StoredTable, TableReading } from './store.ts'
import { keepWhole, readWhole } from './whole.ts'

export interface ReadDatabaseOptions {
  /** Default: what the database declares, or what is found in the rows. */
  readonly schema?: Schema | undefined
  /** A table of more rows is read in part, by its parents. Default: a million. */
  readonly maxRows?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Receives a line for all that was found, and for what is left out. */
  readonly onNotice?: ((notice: string) => void) | undefined
}

const defaultMaxRows = 1_000_000

/** What of a database is read for. */
export interface Purpose {
  /** Whether each cell is read, so that the tables can be written. */
  readonly keepsWhole?: boolean | undefined
  /** Whether obligatory references may make a circle, as where only the schema is shown, to be corrected. */
  readonly mayCircle?: boolean | undefined
}

/**
 * Reads the tables of a store, with the rows that each row refers to.
 *
 * @throws InputError on a schema of another database, a key that repeats, a reference without its row, a circle of obligatory
 * references, and as the readers of tables do.
 */
export async function readTables(
  store: Store,
  options: ReadDatabaseOptions = {},
  { keepsWhole = false, mayCircle = false }: Purpose = {},
): Promise<Database> {
  const { signal, onNotice = () => {} } = options
  const maxRows = requireInteger('maxRows', options.maxRows ?? defaultMaxRows, 2, Number.MAX_SAFE_INTEGER)
  for (const notice of store.notices) onNotice(notice)
  if (options.schema) requireSameTables(options.schema, store)
  const draft = options.schema ?? (await draftOf(store, { signal, onNotice }))
  if (!mayCircle) tablesInOrder(draft)
  const tables = new Map(store.tables.map((table) => [table.name, table]))
  const isGiven = options.schema !== undefined
  const database = await readAll({ tables, draft, isGiven, maxRows, keepsWhole, mayCircle, signal, onNotice })
  await store.requireUnchanged?.()
  return { ...database, schema: withDeclared(database.schema, tables) }
}

/** Throws InputError if a schema is not of these tables. */
function requireSameTables({ tables }: Schema, store: Store): void {
  const names = store.tables.map(({ name }) => name)
  for (const name of Object.keys(tables))
    if (!names.includes(name))
      throw new InputError(
        `schema.json is of another database: ${store.name} has no table ${printable(name)}${nearest(name, names)}, but ${names.map(printable).join(', ')}`,
        'bad-data',
      )
}

interface Request {
  readonly tables: ReadonlyMap<string, StoredTable>
  readonly draft: Schema
  /** Whether the caller gave the schema. */
  readonly isGiven: boolean
  readonly maxRows: number
  readonly keepsWhole: boolean
  readonly mayCircle: boolean
  readonly signal: AbortSignal | undefined
  readonly onNotice: (notice: string) => void
}

async function readAll(request: Request): Promise<Database> {
  const { draft, maxRows, onNotice } = request
  const stored = Object.keys(draft.tables).map((name) => request.tables.get(name)!)
  const keys = new KeyColumns(draft)
  const [parts, counts] = [new Map<string, ReadTable>(), new Map<string, number>()]
  for (const table of stored) {
    const { part, count } = await readFirst(request, table, keys)
    parts.set(table.name, part)
    counts.set(table.name, count)
  }
  const all = linksOf(request, keys, counts)
  const selected = selectRows(all, maxRows)
  for (const notice of selected?.notices ?? []) onNotice(notice)
  const isKept = (name: string): Pick<Watch, 'takes'> => {
    const rows = selected?.selection.get(name)
    return rows?.includes(0) ? { takes: (row) => rows[row] === 1 } : {}
  }
  for (const table of stored) {
    const watch = isKept(table.name)
    if (!watch.takes) continue
    // what numbers the rows has holes in some of them
    const found = parts.get(table.name)!.columns.filter(({ kind }) => kind === 'key')
    const isKey = (name: string) => found.some((column) => column.name === name)
    parts.set(table.name, await readRows(request, table, { ...watch, isKey }))
  }
  const links = selected ? selectedLinks(all, selected.selection) : all.links
  const tables = new Map(
    all.order.map((name): [string, LinkedTable] => {
      const { where } = request.tables.get(name)!
      return [name, { name: where, ...asTold(parts.get(name)!, request, name), links: links.get(name)! }]
    }),
  )
  for (const name of all.order) for (const notice of notesOf(parts.get(name)!, name)) onNotice(notice)
  const singles = withSinglesAsReferenceData(all.schema, tables)
  const { schema, notices } = request.isGiven
    ? { schema: singles.schema, notices: [] }
    : propose(singles.schema, tables)
  for (const notice of [...singles.notices, ...notices]) onNotice(notice)
  const isWritten = (name: string) => request.keepsWhole || schema.tables[name]!.keep === true
  const wholes = await readWhole(schema, all.order.filter(isWritten), (name, types) =>
    readRows(request, request.tables.get(name)!, { ...isKept(name), keepsAll: true }, types),
  )
  for (const [name, { count, columns }] of wholes) {
    const table = tables.get(name)!
    keepWhole(table, { count, columns })
    if (schema.tables[name]!.keep) tables.set(name, { ...table, kept: { name: table.name, count, columns } })
  }
  const made = new Map(
    [...tables].map(([name, table]) => [name, withMadeNames(schema.tables[name]!, table, request.isGiven)]),
  )
  return { schema: withKinds(schema, made, request), tables: made }
}

/** A table that gets new rows: names that hardly any rows share can't be learned, and are made as texts like them, as keys must be. */
function withMadeNames(
  { key = [], references, keep }: TableSchema,
  table: LinkedTable,
  isGiven: boolean,
): LinkedTable {
  const referring = references.flatMap((each) => each.columns)
  const isMade = (column: TableColumn) =>
    column.kind === 'category' &&
    !referring.includes(column.name) &&
    (key.includes(column.name) ? whyNotLearned(column, {}) !== undefined : !isGiven && areOftenRare(column))
  if (keep || !table.columns.some(isMade)) return table
  const columns = table.columns.map((each) => (isMade(each) ? { ...each, kind: 'text' as const } : each))
  return { ...table, columns }
}

/** Reads the first rows of a table, and the keys and references of all. */
async function readFirst(
  request: Request,
  table: StoredTable,
  keys: KeyColumns,
): Promise<{ part: ReadTable; count: number }> {
  let count = 0
  const takes = (row: number) => {
    count = row + 1
    return row < request.maxRows
  }
  const cells = (name: string) => {
    const column = keys.get(table.name, name)
    return column && ((value: unknown, row: number) => column.put(value, row))
  }
  const part = await readRows(request, table, { takes, cells })
  return { part, count }
}

/** Reads a table with all columns of its key and references, and those that the schema names. */
async function readRows(
  { draft, isGiven, signal }: Request,
  table: StoredTable,
  { takes, cells, isKey, keepsAll }: Watch & Pick<TableReading, 'keepsAll'>,
  given: Readonly<Record<string, ColumnType>> = {},
): Promise<ReadTable> {
  const { columns, key = [], references } = draft.tables[table.name]!
  const names = new Set<string>()
  const isReference = (name: string) => references.some((reference) => reference.columns.includes(name))
  const watch: Watch = {
    isKey: (name) => (key.length === 1 && key[0] === name && !isReference(name)) || (isKey?.(name) ?? false),
    cells: (name) => {
      names.add(name)
      return cells?.(name)
    },
    takes(row) {
      if (row % 4096 === 0) signal?.throwIfAborted()
      return takes?.(row) ?? true
    },
  }
  // a key is found as it was when the schema was written, with the number that follows; texts of reference data are not generated, but read
  const stated = Object.entries(columns).filter(
    ([, kind]) => kind !== 'key' && !(keepsAll && (kind === 'text' || statedMaker(kind))),
  )
  const choice = isGiven ? { columns: Object.keys(columns) } : {}
  const read = (types: Readonly<Record<string, ColumnType>>) => {
    const all = { ...(isGiven && Object.fromEntries(stated)), ...types }
    return table.read({ choice: { ...choice, types: all }, watch, keepsAll }).catch((error) => {
      const missing = isGiven ? Object.keys(columns).find((name) => !names.has(name)) : undefined
      if (missing === undefined || names.size === 0) throw error
      throw new InputError(
        `schema.json is of another database: ${printable(table.where)} has no column ${printable(missing)}${nearest(missing, [...names])}, but ${[...names].map(printable).join(', ')}`,
        'bad-data',
      )
    })
  }
  const part = await read(given)
  const needed = [...key, ...references.flatMap((reference) => reference.columns)]
  const lacking = needed.filter((name) => !part.columns.some((column) => column.name === name))
  if (lacking.length === 0 || part.count === 0) return part
  const unknown = lacking.find((name) => !names.has(name))
  if (unknown !== undefined)
    throw new InputError(
      `${printable(table.where)} has no column ${printable(unknown)}, which its key or a reference names`,
      'bad-data',
    )
  return read(Object.fromEntries(lacking.map((name) => [name, 'text'])))
}

/** Checks keys, follows references, and completes the schema by what the rows show: empty tables, and what may be missing. */
function linksOf(
  { tables, draft, isGiven, mayCircle, onNotice }: Request,
  keys: KeyColumns,
  counts: ReadonlyMap<string, number>,
): AllLinks {
  for (const [name, count] of counts)
    if (count === 0) onNotice(`${printable(name)} has no rows, and is left out`)
  const links = new Links(draft, keys, counts)
  const present = Object.entries(draft.tables).filter(([name]) => counts.get(name)! > 0)
  for (const [name] of present) links.requireKey(name)
  const followed = new Map<string, readonly Int32Array[]>()
  const depths = depthsOf(draft)
  const linked = present.map(([name, table]): [string, TableSchema] => {
    const all = table.references.map((reference) => {
      const { rows, firstMissing } = links.follow(name, reference)
      if (isGiven && !reference.optional && firstMissing >= 0)
        throw new InputError(
          `${printable(name)}, row ${firstMissing + 1}: ${reference.columns.map(printable).join(', ')} is missing, and the reference to ${printable(reference.table)} is not optional: fill it in, or say "optional": true in schema.json`,
          'bad-data',
        )
      return { rows, reference: isGiven ? reference : { ...reference, optional: firstMissing >= 0 } }
    })
    const usable = all.filter(({ reference }) => counts.get(reference.table)! > 0)
    const sorted = isGiven ? usable : inOrderOfParents(usable, table, depths, counts)
    followed.set(
      name,
      sorted.map(({ rows }) => rows),
    )
    return [name, { ...table, references: sorted.map(({ reference }) => reference) }]
  })
  const found: Schema = { format: 1, tables: Object.fromEntries(linked) }
  /** Whether a catalogue lets one of a reference's columns have no value. */
  const allowsMissing = (name: string, { columns }: Reference) => {
    const { declared } = tables.get(name)!
    return declared !== undefined && columns.some((column) => !declared.required.includes(column))
  }
  const schema = isGiven ? found : withOpenCircles(found, allowsMissing)
  if (!mayCircle) tablesInOrder(schema)
  return { schema, order: orderOf(schema).order, counts, links: followed }
}

/** A table whose keys are so by the caller's schema. */
function asTold({ count, columns }: ReadTable, { draft, isGiven }: Request, name: string): Table {
  const kinds = draft.tables[name]!.columns
  const isKey = ({ name, kind }: Column) => isGiven && ownValue(kinds, name) === 'key' && kind !== 'key'
  const told = columns.map((column): TableColumn => {
    const { name, kind, cells } = column
    if (!isKey(column)) return column
    const first = kind === 'integer' ? nextKey(cells) : 1
    return { name, kind: 'key', first, cells: cells.map((_, row) => row) }
  })
  return { count, columns: told }
}

/** What the reader says about a table's columns. */
function notesOf({ notes, leftOut }: ReadTable, name: string): string[] {
  return [
    ...notes,
    ...leftOut.map((column) => `${printable(name)}: ${printable(column.name)} is left out, ${column.reason}`),
  ]
}

/** The schema with the kinds of the tables' columns, where the caller did not say more. */
function withKinds(
  schema: Schema,
  tables: ReadonlyMap<string, LinkedTable>,
  { draft, isGiven }: Request,
): Schema {
  return mapTables(schema, (table, name) => {
    const kinds = isGiven ? draft.tables[name]!.columns : {}
    const columns = Object.entries(kindsOf(tables.get(name)!)).map(([column, kind]) => {
      const told = ownValue(kinds, column)
      return [column, told === undefined || (told === 'category' && kind === 'text') ? kind : told]
    })
    return { ...table, columns: Object.fromEntries(columns) }
  })
}
