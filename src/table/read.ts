import { readFile } from 'node:fs/promises'
import { InputError, messageOf } from '../core/errors.ts'
import { nearestFile } from '../core/files.ts'
import type { FloatArray, Points } from '../core/points.ts'
import { parseCsv } from './csv.ts'
import { readNpy } from './npy.ts'
import { requireEnding, sampleEndings } from './write.ts'

/** Points of a file, in its own units, all of them finite. */
export interface PointsFile {
  readonly file: string
  readonly points: Points<FloatArray>
  /** Nothing where the file names none. */
  readonly columns: readonly string[] | undefined
  readonly bytes: Uint8Array
}

/** Text of more bytes than this is no string in JavaScript. */
const longestText = 2 ** 29 - 24

/**
 * Reads points as `moonstep sample` writes them, by the file's ending: .csv with or without a header, .json
 * (objects with the same keys, or arrays of numbers), .npy [n, D]. `option` names the file's place in messages.
 * Errors: no such file, another ending, no points, rows of different lengths, a value that is no finite number.
 */
export async function readPoints(option: string, file: string): Promise<PointsFile> {
  const ending = requireEnding(option, file, sampleEndings)
  const bytes = await readFile(file).catch(async (error: NodeJS.ErrnoException) => {
    throw new InputError(
      error.code === 'ENOENT'
        ? `${option} ${file}: there is no such file${await nearestFile(file)}: give a ${sampleEndings.join(', ')} file of points`
        : `${option} ${file}: cannot read it: ${messageOf(error)}`,
    )
  })
  const parsed = ending === '.npy' ? pointsOfNpy(bytes, file) : pointsOfText(ending, bytes, file)
  checkFinite(parsed, file)
  return { ...parsed, file, bytes }
}

type Parsed = Pick<PointsFile, 'points' | 'columns'>

function pointsOfText(ending: '.csv' | '.json', bytes: Uint8Array, file: string): Parsed {
  if (bytes.length > longestText)
    throw new InputError(`${file} has ${bytes.length} bytes of text: give it as .npy, of any size`)
  const text = new TextDecoder().decode(bytes)
  return ending === '.csv' ? parseCsv(text, file) : pointsOfJson(text, file)
}

function pointsOfNpy(bytes: Uint8Array, file: string): Parsed {
  const { data, shape } = readNpy(bytes, file)
  const [count = 0, dim = 0] = shape
  if (shape.length !== 2 || count === 0 || dim === 0)
    throw new InputError(`${file} is of shape (${shape.join(', ')}): give points of shape (n, D)`)
  return { points: { data, count, dim }, columns: undefined }
}

function pointsOfJson(text: string, file: string): Parsed {
  const rows = parseRows(text, file)
  const [first] = rows
  const keys = Object.keys(first!)
  const columns = Array.isArray(first) ? undefined : keys
  const data = new Float64Array(rows.length * keys.length)
  for (const [i, row] of rows.entries()) {
    if (Array.isArray(row) !== Array.isArray(first) || Object.keys(row).length !== keys.length)
      throw new InputError(
        `${file}, row ${i + 1}: it is not of the columns of row 1: give every row the same`,
      )
    for (const [d, key] of keys.entries()) {
      const value: unknown = row[key as keyof typeof row]
      if (typeof value !== 'number')
        throw new InputError(
          `${file}, row ${i + 1}, column ${columns ? key : d + 1}: ${shown(value)} is no number: give numbers alone`,
        )
      data[i * keys.length + d] = value
    }
  }
  return { points: { data, count: rows.length, dim: keys.length }, columns }
}

type Row = readonly unknown[] | Readonly<Record<string, unknown>>

function parseRows(text: string, file: string): Row[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new InputError(`${file} is no JSON: give an array of points, such as [{"x": 1, "y": 2}]`)
  }
  const isRow = (row: unknown) => typeof row === 'object' && row !== null && Object.keys(row).length > 0
  if (!Array.isArray(value) || value.length === 0 || !value.every(isRow))
    throw new InputError(`${file} is no array of points: give one such as [{"x": 1, "y": 2}] or [[1, 2]]`)
  return value as Row[]
}

/** A JSON value for a message. */
function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 40)
}

function checkFinite({ points: { data, dim }, columns }: Parsed, file: string): void {
  const k = data.findIndex((value) => !Number.isFinite(value))
  if (k >= 0)
    throw new InputError(
      `${file}, row ${Math.floor(k / dim) + 1}, column ${columns?.[k % dim] ?? (k % dim) + 1} is ${data[k]}: give finite numbers`,
    )
}
