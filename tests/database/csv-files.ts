import { storeOfFiles } from '../../src/database/files.ts'
import { type ReadDatabaseOptions, readTables } from '../../src/database/read-tables.ts'

/** Files as a store: CSV by table, without the ending. */
export function storeOf(files: Readonly<Record<string, string>>) {
  const encoder = new TextEncoder()
  return storeOfFiles(
    'shop',
    Object.entries(files).map(([name, text]) => {
      const bytes = encoder.encode(text)
      return {
        name: name.includes('.') ? name : `${name}.csv`,
        size: bytes.length,
        async *bytes() {
          yield bytes
        },
      }
    }),
  )
}

/** Reads files, with the notices. */
export async function read(files: Readonly<Record<string, string>>, options: ReadDatabaseOptions = {}) {
  const notices: string[] = []
  const database = await readTables(storeOf(files), {
    ...options,
    onNotice: (notice) => notices.push(notice),
  })
  return { ...database, notices }
}

/** A CSV file of rows. */
export const csv = (names: string, rows: readonly (readonly unknown[])[]) =>
  `${names}\n${rows.map((row) => row.join()).join('\n')}\n`
/** The numbers from 0 on. */
export const range = (count: number) => Array.from({ length: count }, (_, i) => i)
