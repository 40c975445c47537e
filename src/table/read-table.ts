import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { assigned, InputError, nearest } from '../core/errors.ts'
import { cannotRead } from '../core/files.ts'
import type { ReadingOptions } from './choice.ts'
import { CsvReader } from './csv.ts'
import { decoded } from './decode-text.ts'
import { readJson, readJsonLines } from './json.ts'
import { tableOfNpy } from './npy.ts'
import type { ReadTable } from './table-builder.ts'
import type { ReadOptions, TableFile } from './table-file.ts'

const textEndings = ['.csv', '.tsv', '.txt', '.json', '.jsonl'] as const
const binaryEndings = ['.parquet', '.npy'] as const
type Ending = (typeof textEndings)[number] | (typeof binaryEndings)[number]

/** What a file's name may end in; without an ending it is read as CSV. */
export const tableEndings = [...textEndings, ...binaryEndings, '.gz'] as const

/**
 * Reads a table: CSV (`CsvReader`), .json (rows as `tableOfRows` takes them), .jsonl (a row a line), .parquet, .npy
 * [n, D]; each text form also compressed, as .gz; `-` is CSV from stdin. Text is UTF-8, UTF-16 or Latin-1. The kind of a
 * column is told by its cells, unless the choice gives it; ids, free text and columns without a value are left out. CSV
 * and .jsonl are read piece by piece: a large file takes the memory of its cells. `option` is what the file is given for,
 * which messages name. Throws InputError on no such file, another ending, fewer than two rows, and cells that are of no
 * kind or not of a given one.
 *
 * @example
 * const { columns, points } = await readTable(undefined, 'people.csv', { choice: { types: { zip: 'category' } } })
 */
export async function readTable(
  option: string | undefined,
  file: string,
  options: ReadOptions = {},
): Promise<TableFile> {
  const {
    onReading,
    remedy = `give a ${tableEndings.join(', ')} file of rows`,
    choice = {},
    keepsAll = false,
  } = options
  const ending = endingOf(option, file)
  const isStdin = file === '-'
  const name = isStdin ? 'stdin' : file
  const about = { option, remedy }
  const size = isStdin ? 0 : (await stat(file).catch((error) => cannotRead(error, file, about))).size
  const digest = sha256.create()
  const source: Readable = isStdin ? process.stdin : createReadStream(file, { highWaterMark: 2 ** 20 })
  let done = 0
  async function* bytes() {
    for await (const chunk of source) {
      digest.update(chunk)
      done += chunk.length
      yield chunk as Buffer
      onReading?.({ done, count: Math.max(size, done) })
    }
  }
  const table = await readAs(ending, bytes(), name, size, {
    choice,
    keepsAll,
    minRows: keepsAll ? 1 : 2,
  }).catch((error) => cannotRead(error, file, about))
  return { name, ...table, sha256: bytesToHex(digest.digest()) }
}

/** A file's ending, without .gz; that of CSV where it has none. Throws: another one. */
function endingOf(option: string | undefined, file: string): Ending {
  const bare = file.replace(/\.gz$/i, '')
  const ending = extname(bare).toLowerCase()
  const known = [...textEndings, ...(bare === file ? binaryEndings : [])]
  const found = ending === '' ? '.csv' : known.find((each) => each === ending)
  if (found !== undefined) return found
  const near = nearest(ending, tableEndings)
  const given = option === undefined ? file : assigned(option, file)
  throw new InputError(
    `${given}${near}: the file's name must end in ${tableEndings.join(' or ')}`,
    'out-of-range',
    { option, value: file },
  )
}

async function readAs(
  ending: Ending,
  bytes: AsyncIterable<Buffer>,
  name: string,
  size: number,
  options: ReadingOptions,
): Promise<ReadTable> {
  if (ending === '.npy') return tableOfNpy(await buffer(bytes), name, options)
  if (ending === '.parquet') {
    // loads with the first such file
    const { readParquet } = await import('./parquet-read.ts')
    return readParquet(await buffer(bytes), name, options)
  }
  const notes: string[] = []
  const pieces = decoded(bytes, name, notes)
  const read = async () => {
    if (ending === '.json') return readJson(pieces, name, options)
    if (ending === '.jsonl') return readJsonLines(pieces, name, options)
    const reader = new CsvReader(name, options, size)
    for await (const piece of pieces) reader.push(piece)
    return reader.end()
  }
  const table = await read()
  return { ...table, notes: [...notes, ...table.notes] }
}
