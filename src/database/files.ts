import { InputError } from '../core/errors.ts'
import { printable } from '../core/format.ts'
import { readTableBytes, type TableEnding, tableEndingOf } from '../table/formats/read-bytes.ts'
import type { Store, StoredTable } from './store.ts'

/** A file of a table, as Node and pages have it. */
export interface FileSource {
  /** With its ending, which says the format. */
  readonly name: string
  /** Its place in messages. Default: the name. */
  readonly where?: string | undefined
  /** In bytes. */
  readonly size: number
  /** The bytes, from the first on at each call. */
  bytes(): AsyncIterable<Uint8Array>
}

/** The formats of files that are tables of a database. */
const tableFileEndings: readonly TableEnding[] = ['.csv', '.tsv', '.json', '.jsonl', '.parquet']

/** The name of a file's table, and its format; undefined of other files, of hidden ones, and of schema.json. */
export function tableOfFile(name: string): { table: string; ending: TableEnding } | undefined {
  const [, table, ending] = /^([^.].*?)(\.[a-z]+)(?:\.gz)?$/i.exec(name) ?? []
  if (table === undefined || name === 'schema.json') return undefined
  const format = tableFileEndings.find((each) => each === ending!.toLowerCase())
  return format && { table, ending: format }
}

/**
 * Files as the tables of a database, each named after its file.
 *
 * @param name - The name of all in messages, such as their folder.
 * @throws InputError if there is no table among them, or two files are of one table.
 */
export function storeOfFiles(name: string, files: readonly FileSource[]): Store {
  const tables: StoredTable[] = []
  const others: string[] = []
  for (const file of files) {
    const stored = tableOfFile(file.name)
    if (!stored) {
      if (file.name !== 'schema.json' && !file.name.startsWith('.')) others.push(printable(file.name))
      continue
    }
    if (tables.some((table) => table.name === stored.table))
      throw new InputError(
        `${printable(name)} has two files of the table ${printable(stored.table)}: keep one of them`,
        'bad-data',
      )
    tables.push(tableOf(file, stored.table))
  }
  if (tables.length === 0)
    throw new InputError(
      `${printable(name)} has no file of a table: give a folder of ${tableFileEndings.join(', ')} files, one a table`,
      'bad-data',
    )
  const are = others.length === 1 ? 'is no table, and is' : 'are no tables, and are'
  const notices = others.length > 0 ? [`${printable(name)}: ${others.join(', ')} ${are} left out`] : []
  return { name, tables, notices, close: async () => {} }
}

function tableOf({ name, where = name, size, bytes }: FileSource, table: string): StoredTable {
  const read: StoredTable['read'] = (options) =>
    readTableBytes(tableEndingOf(undefined, name), { name: where, size, bytes: bytes() }, options)
  return { name: table, where, read }
}
