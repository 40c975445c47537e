import { InputError } from '../../core/errors.ts'
import { humanBytes, humanCount } from '../../core/format.ts'

/** How much reading a table may take, so that no file exhausts the memory, whoever made it. */
export interface Limits {
  /** Bytes that the cells, 8 each, may take. */
  readonly cells: number
  /** Characters of a piece that is held whole: a line with its quoted cells, or an object of JSON. */
  readonly record: number
  readonly columns: number
}

/** Bytes that a table may take, unless `maxSize` says otherwise. */
const defaultMaxSize = 2 ** 33

/** Just below V8's maximum length of a string, 2 ** 29 - 24. */
const longestText = 2 ** 29 - 25

/** A larger `maxSize`, in bytes, raises all limits alike; a smaller one leaves those of records and columns. */
export function limitsOf(maxSize = defaultMaxSize): Limits {
  const record = Math.min(longestText, Math.max(2 ** 26, maxSize / 128))
  return { cells: maxSize, record, columns: Math.floor(record / 1024) }
}

/**
 * How many bytes compressed content of `packed` bytes may unpack to. Without `maxSize`, content that shrank to less than
 * a hundredth is not taken for a table, unless it is small.
 */
export function unpackedLimit(packed: number, maxSize: number | undefined): number {
  return maxSize ?? Math.min(defaultMaxSize, Math.max(2 ** 28, 100 * packed))
}

/** Throws InputError if compressed content unpacks to more than its limit. All sizes are bytes. */
export function requireUnpacked(
  name: string,
  { unpacked, packed, maxSize }: { unpacked: number; packed: number; maxSize: number | undefined },
): void {
  if (unpacked <= unpackedLimit(packed, maxSize)) return
  const times = unpacked > 100 * packed ? `, ${humanCount(Math.floor(unpacked / packed))} times its size` : ''
  throw tooLarge(`${name} unpacks to ${humanBytes(unpacked)} or more${times}`, unpacked)
}

/** A piece that is held whole, such as a line, and is longer than the limit. `where` is such as 'a.csv, line 7'. */
export function tooLong(where: string, { record }: Limits): InputError {
  const problem = `${where} is longer than ${humanCount(record)} characters`
  if (record >= longestText) return new InputError(`${problem}: give each row a line`, 'bad-data')
  return tooLarge(problem, 256 * record)
}

/** A source of more columns than a table may have; each takes about a kilobyte before its first cell. */
export function tooManyColumns(name: string, count: number, { columns, record }: Limits): InputError {
  const problem = `${name} has more than ${humanCount(columns)} columns`
  if (record >= longestText) return new InputError(`${problem}: give a table of fewer`, 'bad-data')
  return tooLarge(problem, 2 ** 17 * count)
}

/** A table beyond a limit. `problem` begins the message; a `maxSize` of `needed` bytes would allow it. */
export function tooLarge(problem: string, needed: number): InputError {
  return new InputError(
    `${problem}: if that is right, raise \`maxSize\` to ${roundedUp(needed)} or more`,
    'bad-data',
  )
}

/** A size in whole gigabytes. */
function roundedUp(bytes: number): string {
  return humanBytes(Math.ceil(bytes / 1e9) * 1e9)
}

/** Cells of 32 MB may be empty; a larger table has a value in one of so many. */
const [mostEmpty, cellsOfValue] = [2 ** 22, 256]

/**
 * Throws InputError if nearly all cells of a table are empty: rows that each have other keys would make a text of a megabyte a
 * table of gigabytes. With `maxSize` any table up to that is taken.
 */
export function requireValues(
  name: string,
  { cells, values, maxSize }: { cells: number; values: number; maxSize: number | undefined },
): void {
  if (maxSize !== undefined || cells <= Math.max(mostEmpty, cellsOfValue * values)) return
  throw new InputError(
    `${name} has ${humanCount(cells)} cells or more, of which ${humanCount(values)} have a value: \`drop\` columns, or raise \`maxSize\` to ${roundedUp(8 * cells)} or more if that is right`,
    'bad-data',
  )
}
