/** Files of several tables in a page, and zip files of them. */
import { zipSync } from 'fflate'
import { chunksOf } from '../core/bytes.ts'
import { InputError } from '../core/errors.ts'
import { humanCount, printable } from '../core/format.ts'
import { unzipped } from '../core/unzip.ts'
import type { FileSource } from '../database/files.ts'
import { encodeRows, type FormEnding } from '../table/formats/forms.ts'
import type { Table } from '../table/table.ts'

/** What a zip may unpack to, so that a page can hold it. */
const mostBytes = 256 * 2 ** 20

/** No page shows as many tables. */
const mostParts = 10_000

/** The files as sources of tables; those in a zip stand for it. Throws InputError on a zip with folders, or too large a one. */
export async function sourcesOf(files: readonly File[]): Promise<FileSource[]> {
  const sources: FileSource[] = []
  for (const file of files) {
    if (/\.zip$/i.test(file.name)) sources.push(...(await sourcesIn(file)))
    else sources.push({ name: file.name, size: file.size, bytes: () => chunksOf(file.stream()) })
  }
  return sources
}

async function sourcesIn(zip: File): Promise<FileSource[]> {
  const where = printable(zip.name)
  let parts: Readonly<Record<string, Uint8Array>>
  try {
    parts = unzipped(new Uint8Array(await zip.arrayBuffer()), ({ name, count, size }) => {
      if (/[/\\]/.test(name))
        throw new InputError(
          `${where} has ${printable(name)}, a path: zip the files alone, without their folder`,
          'bad-data',
        )
      if (count > mostParts)
        throw new InputError(
          `${where} has more than ${humanCount(mostParts)} files: zip those of the tables alone`,
          'out-of-range',
        )
      if (size > mostBytes)
        throw new InputError(
          `${where} unpacks to more than ${mostBytes / 2 ** 20} MiB: give fewer rows, or use the command line, which reads files of any size`,
          'out-of-range',
        )
    })
  } catch (error) {
    if (error instanceof InputError) throw error
    throw new InputError(`${where} is no zip file, or a broken one: zip the tables again`, 'bad-data')
  }
  return Object.entries(parts).map(([name, bytes]) => ({
    name,
    where: `${zip.name}, ${name}`,
    size: bytes.length,
    async *bytes() {
      yield bytes
    },
  }))
}

/** The time of every part, so that the same rows give the same bytes: the first that a zip can have. */
const mtime = new Date(1980, 0, 1)

/**
 * Writes tables as the files of a zip, each named after its table.
 *
 * @param tables - Rows by table, such as those of samples.
 * @param ending - The format of each. Default: .csv.
 * @returns The zip's bytes, the same for the same rows.
 * @throws InputError if the format cannot hold the columns.
 * @example
 * const { tables } = await model.sample({ seed: 7 })
 * link.href = URL.createObjectURL(new Blob([tablesZip(tables)]))
 */
export function tablesZip(
  tables: ReadonlyMap<string, Table>,
  ending: FormEnding = '.csv',
): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder()
  const parts = [...tables].map(([name, table]) => {
    const content = encodeRows(ending, table, name)
    return [`${name}${ending}`, typeof content === 'string' ? encoder.encode(content) : content] as const
  })
  return zipSync(Object.fromEntries(parts), { mtime }) as Uint8Array<ArrayBuffer>
}
