import { digestOf } from '../core/digest.ts'
import { InputError } from '../core/errors.ts'
import { readInput } from '../core/files.ts'
import { parseCsv } from './csv.ts'
import { readNpy } from './npy.ts'
import { type NamedTable, requireFinite, type Table, tableOf, tableOfRows } from './table.ts'
import { requireEnding, sampleEndings } from './write.ts'

/** A file's rows, all of them finite. */
export interface TableFile extends NamedTable {
  /** The file's SHA-256. */
  readonly sha256: string
}

/** Text of more bytes than this is no string in JavaScript. */
const longestText = 2 ** 29 - 24

/**
 * Reads a table as `moonstep sample` writes them, by the file's ending: .csv with or without a header, .json
 * (objects with the same keys, or arrays of numbers), .npy [n, D]. `option` is what the file is given for.
 * Errors: no such file, another ending, no points, rows of different lengths, a value that is no finite number.
 */
export async function readTable(option: string, file: string): Promise<TableFile> {
  const ending = requireEnding(option, file, sampleEndings)
  const bytes = await readInput(file, `give a ${sampleEndings.join(', ')} file of points`, option)
  const table = ending === '.npy' ? tableOfNpy(bytes, file) : tableOfText(ending, bytes, file)
  const named = { name: file, ...table }
  requireFinite(named)
  return { ...named, sha256: digestOf(bytes) }
}

function tableOfText(ending: '.csv' | '.json', bytes: Uint8Array, file: string): Table {
  if (bytes.length > longestText)
    throw new InputError(
      `${file} has ${bytes.length} bytes of text: give it as .npy, of any size`,
      'bad-data',
    )
  const text = new TextDecoder().decode(bytes)
  return ending === '.csv' ? parseCsv(text, file) : tableOfJson(text, file)
}

function tableOfNpy(bytes: Uint8Array, file: string): Table {
  const { data, shape } = readNpy(bytes, file)
  const [count = 0, dim = 0] = shape
  if (shape.length !== 2 || count === 0 || dim === 0)
    throw new InputError(`${file} is of shape (${shape.join(', ')}): give points of shape (n, D)`, 'bad-data')
  return tableOf({ data, count, dim })
}

function tableOfJson(text: string, file: string): Table {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new InputError(
      `${file} is no JSON: give an array of points, such as [{"x": 1, "y": 2}]`,
      'bad-data',
    )
  }
  return tableOfRows(Array.isArray(value) ? value : [], file)
}
