import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '../../core/errors.ts'
import { isFolder, requireWritable } from '../../core/files.ts'
import { printable } from '../../core/format.ts'
import { sampleParts } from '../../table/formats/files.ts'
import type { Table } from '../../table/table.ts'
import { tableOfFile } from '../files.ts'
import type { TableToWrite } from '../rows.ts'
import { isPostgres } from './open.ts'
import { writeThenRename } from './whole.ts'
import type { TablesWriter, WriteDatabaseOptions } from './write-tables.ts'

/** Writes a folder with a file for each table. Files of the same names are replaced; a folder with others is refused. */
export const folderWriter: TablesWriter = {
  write: writeFolder,
  async check(target, tables, options) {
    const [first] = await filesOf(target, tables, options)
    await requireWritable((await isFolder(target)) ? join(target, first!.file) : target)
  },
}

/** The tables' files. Throws InputError on names that no file can have, and on a folder that holds what is no part of the tables. */
async function filesOf<T extends { readonly name: string }>(
  target: string,
  tables: readonly T[],
  { source, format }: WriteDatabaseOptions,
): Promise<{ table: T; file: string }[]> {
  const formats = format === undefined ? await formatsOf(source) : new Map<string, string>()
  const files = tables.map((table) => {
    requireFileName(table.name)
    return { table, file: `${table.name}${format ?? formats.get(table.name) ?? '.csv'}` }
  })
  const names = files.map(({ file }) => file)
  await requireOwnFolder(target, names)
  return files
}

async function writeFolder(
  target: string,
  tables: readonly TableToWrite[],
  options: WriteDatabaseOptions,
): Promise<void> {
  const files = await filesOf(target, tables, options)
  await writeThenRename(
    target,
    async (path) => {
      await mkdir(path)
      // parquet ends with what its rows say, so that their number need not be known
      for (const { table, file } of files) {
        const parts = sampleParts(file, watched(table, options.signal), 0, table, table.name)
        await writeFile(join(path, file), parts, { flush: true })
      }
    },
    async (path) => {
      if (!(await isFolder(target))) return rename(path, target)
      for (const { file } of files) await rename(join(path, file), join(target, file))
    },
  )
}

/** A table's rows, until it is aborted; at least some, since files begin with the first. */
export async function* watched(
  { chunks, columns }: TableToWrite,
  signal: AbortSignal | undefined,
): AsyncGenerator<Table> {
  let isEmpty = true
  for await (const rows of chunks) {
    signal?.throwIfAborted()
    isEmpty = false
    yield rows
  }
  if (isEmpty)
    yield { count: 0, columns: columns.map((column) => ({ ...column, cells: new Float64Array() })) }
}

/** The endings of a source's files, by table. */
async function formatsOf(source: string | undefined): Promise<Map<string, string>> {
  const isOfFiles = source !== undefined && !isPostgres(source) && (await isFolder(source))
  const names = isOfFiles ? await readdir(source) : []
  return new Map(
    names.flatMap((name) => {
      const stored = tableOfFile(name)
      return stored ? [[stored.table, name.slice(stored.table.length)]] : []
    }),
  )
}

/** A table's name may come from a database, where it may be anything. */
function requireFileName(name: string): void {
  if (/[/\\\0]/.test(name) || name.startsWith('.'))
    throw new InputError(
      `the table ${printable(name)} can't be a file of that name: write a .sqlite or .sql file`,
      'cannot-write',
    )
}

/** Throws InputError on a folder that holds what is no part of the tables. */
async function requireOwnFolder(target: string, files: readonly string[]): Promise<void> {
  const entry = await stat(target).catch(() => undefined)
  if (entry === undefined) return
  if (!entry.isDirectory())
    throw new InputError(
      `${target} is a file: give a folder, or a file that ends in .sqlite, .duckdb or .sql`,
      'cannot-write',
    )
  const others = (await readdir(target)).filter(
    (name) => !files.includes(name) && !name.startsWith('.') && name !== 'schema.json',
  )
  if (others.length > 0)
    throw new InputError(
      `${target} holds ${printable(others[0]!)}, which is none of the tables' files: choose a new folder`,
      'exists',
    )
}
