import { nearest } from '../core/errors.ts'
import { counted } from '../core/format.ts'
import type { SeedRange } from '../infer/chunk.ts'
import { maxIndex, maxSeed } from '../numerics/random.ts'
import { writerOf } from '../table/formats/forms.ts'
import { givenFrom } from '../table/given.ts'
import type { Given } from '../table/known.ts'
import { rowsBetween, type Table } from '../table/table.ts'
import { Pieces } from './pieces.ts'
import { invalid, limits, Refusal } from './refusal.ts'
import { inputs } from './tensors.ts'

/** The rows that a request asks for, independent of protocol and number format. */
export interface RowsRequest {
  readonly ranges: readonly SeedRange[]
  readonly given?: Given | undefined
  readonly complete?: boolean | undefined
  readonly seconds: number
}

export interface InputTensor {
  readonly name: string
  readonly datatype: unknown
  readonly shape: readonly number[]
  readonly values: ArrayLike<number>
}

/** Returns the samples named by the tensors `seed` and `index`. Throws a Refusal if these are invalid. */
export function rangesOf(tensors: readonly InputTensor[]): SeedRange[] {
  const names = inputs.map(({ name }) => name)
  for (const { name } of tensors)
    if (!names.includes(name))
      throw invalid(`there is no input ${name}${nearest(name, names)}: give seed and index`)
  const [seed, index] = names.map((name) => {
    const [tensor, ...others] = tensors.filter((tensor) => tensor.name === name)
    if (tensor && others.length === 0) return tensor
    const problem = tensor ? 'given twice' : 'missing'
    throw invalid(`input ${name} is ${problem}: give seed and index, INT64 [rows] each`)
  }) as [InputTensor, InputTensor]
  for (const { name, datatype, shape, values } of [seed, index]) {
    if (datatype !== 'INT64') throw invalid(`input ${name} is ${describeValue(datatype)}: give INT64`)
    if (shape.length !== 1) throw invalid(`input ${name} has shape [${shape}]: give [rows]`)
    if (shape[0] !== values.length)
      throw invalid(`input ${name} has ${counted(values.length, 'number')}, and its shape says ${shape[0]}`)
  }
  const rows = seed.values.length
  if (index.values.length !== rows)
    throw invalid(`input seed has ${counted(rows, 'number')} and index ${index.values.length}: give as many`)
  requireRows(rows)
  requireWhole('seed', seed.values, maxSeed)
  requireWhole('index', index.values, maxIndex)
  return joined(seed.values, index.values)
}

/** Throws a Refusal if a request has no rows, or too many. */
export function requireRows(rows: number): void {
  if (rows === 0) throw invalid('no rows are asked for: give a seed and an index for each')
  if (rows > limits.rows)
    throw new Refusal('too-large', `${rows} rows are asked for: a request may have ${limits.rows}`)
}

/** Throws a Refusal if a request has more parts than any that can be answered. */
export function requireElements(elements: number): void {
  if (elements > limits.elements)
    throw new Refusal(
      'too-large',
      `the request has more than ${limits.elements} numbers, texts, lists and objects: ask for at most ${limits.rows} rows`,
    )
}

function requireWhole(name: string, values: ArrayLike<number>, max: number): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!(Number.isInteger(value) && value >= 0 && value <= max))
      throw invalid(`input ${name} has ${describeValue(value)}: give whole numbers from 0 to ${max}`)
  }
}

/** Joins consecutive indices of a seed into ranges. */
function joined(seeds: ArrayLike<number>, indices: ArrayLike<number>): SeedRange[] {
  const ranges: { seed: number; from: number; count: number }[] = []
  for (let i = 0; i < seeds.length; i++) {
    const [seed, index] = [seeds[i]!, indices[i]!]
    const last = ranges.at(-1)
    if (last && last.seed === seed && last.from + last.count === index) last.count++
    else ranges.push({ seed, from: index, count: 1 })
  }
  return ranges
}

/**
 * Reads a request's parameters: `given.<column>` is the value of every row, null or '' for a missing cell; `given` has conditions
 * as the command line has them, one a line, since a value such as '>50K' may look like one; `complete` rules out missing cells; `timeout` is in microseconds. Ignores others, which are for other servers.
 */
export function readParameters(parameters: Readonly<Record<string, unknown>>): Omit<RowsRequest, 'ranges'> {
  const { complete, timeout } = parameters
  if (complete !== undefined && typeof complete !== 'boolean')
    throw invalid(`parameter complete is ${describeValue(complete)}: give true or false`)
  const given = Object.entries(parameters).filter(([name]) => name.startsWith('given.'))
  const length = given.reduce((sum, [name, value]) => sum + name.length + textLength(value), 0)
  if (length + textLength(parameters.given) > limits.textLength)
    throw invalid(`the conditions have more than ${limits.textLength} characters: give fewer`)
  for (const [name, value] of given)
    if (value !== null && !['string', 'number', 'boolean'].includes(typeof value))
      throw invalid(
        `parameter ${name} is ${describeValue(value)}: give a text, a number, true, false or null`,
      )
  const cells = given.map(([name, value]) => [name.slice('given.'.length), value] as [string, string])
  const conditions = conditionsOf(parameters.given)
  const twice = cells.find(([name]) => Object.hasOwn(conditions, name))
  if (twice) throw invalid(`column ${twice[0]} is given twice: give it in one parameter`)
  const all = { ...conditions, ...Object.fromEntries(cells) }
  return {
    complete,
    given: Object.keys(all).length === 0 ? undefined : all,
    seconds: secondsOf(timeout),
  }
}

function textLength(value: unknown): number {
  return typeof value === 'string' ? value.length : 0
}

function conditionsOf(given: unknown): Given {
  if (given === undefined) return {}
  if (typeof given === 'string') return givenFrom(given.split(/\r?\n/).filter((line) => line.trim() !== ''))
  throw invalid(
    `parameter given is ${describeValue(given)}: give a text of conditions such as age>=65, one a line`,
  )
}

function secondsOf(timeout: unknown): number {
  if (timeout === undefined) return limits.seconds
  const microseconds = Number(timeout)
  if (typeof timeout === 'boolean' || !(microseconds >= 0))
    throw invalid(`parameter timeout is ${describeValue(timeout)}: give microseconds`)
  return microseconds === 0 ? limits.seconds : Math.min(microseconds / 1e6, limits.seconds)
}

export function describeValue(value: unknown): string {
  if (value === undefined) return 'missing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = String(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : typeof value === 'string' ? `'${text}'` : text
}

/** Formats of rows by media type; the first is the default. */
export const sampleForms = [
  { type: 'application/json', ending: '.json' },
  { type: 'text/csv', ending: '.csv' },
  { type: 'text/tab-separated-values', ending: '.tsv' },
  { type: 'application/x-ndjson', ending: '.jsonl' },
  { type: 'application/vnd.apache.parquet', ending: '.parquet' },
  { type: 'application/sql', ending: '.sql' },
] as const

/** Query values by name; a repeated name has a list. */
export type SampleQuery = Readonly<Record<string, string | string[] | undefined>>

export const numbers = {
  n: { default: 10, min: 1, max: Number.MAX_SAFE_INTEGER },
  seed: { default: 0, min: 0, max: maxSeed },
  from: { default: 0, min: 0, max: maxIndex },
} as const

const names = [...Object.keys(numbers), 'given', 'complete']

/** Reads a query such as `?n=10&seed=7&given=sex=female`, with the meaning of the `sample` command's options. */
export function readSampleQuery(query: SampleQuery): RowsRequest {
  for (const name of Object.keys(query))
    if (!names.includes(name))
      throw invalid(`unknown ${describeValue(name)}${nearest(name, names)}: give ${names.join(', ')}`)
  const [n, seed, from] = [numberOf(query, 'n'), numberOf(query, 'seed'), numberOf(query, 'from')]
  requireRows(n)
  if (n - 1 > maxIndex - from) throw invalid(`from is ${from}: indices end at 2^53 - 1`)
  return {
    ranges: [{ seed, from, count: n }],
    given: query.given === undefined ? undefined : givenFrom([query.given].flat()),
    complete: completeOf(query.complete),
    seconds: limits.seconds,
  }
}

function numberOf(query: SampleQuery, name: keyof typeof numbers): number {
  const text = query[name]
  const { default: defaultValue, min, max } = numbers[name]
  if (text === undefined) return defaultValue
  const value = typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  const most = name === 'n' ? limits.rows : max
  throw invalid(`${name} is ${describeValue(text)}: give a whole number from ${min} to ${most}`)
}

function completeOf(complete: string | string[] | undefined): boolean | undefined {
  if (complete === undefined || complete === 'false') return undefined
  if (complete === '' || complete === 'true') return true
  throw invalid(`complete is ${describeValue(complete)}: give true or false`)
}

/** Rows that are formatted at a time. */
const rowsOfPiece = 4000

/**
 * Formats rows as `sample --out` writes them to a file, in pieces.
 *
 * @param rest - Called between pieces, so that others are answered meanwhile; throws if the rows are not wanted any more.
 */
export async function writeSamples(type: string, table: Table, rest: () => Promise<void>): Promise<Buffer[]> {
  const { ending } = sampleForms.find((form) => form.type === type)!
  const writer = writerOf(ending, table, table.count)
  const pieces = new Pieces(rest)
  await pieces.add(writer.head(table))
  // Parquet writes the rows of a call as a group of its own
  const size = ending === '.parquet' ? table.count : rowsOfPiece
  for (let at = 0; at < table.count; at += size)
    await pieces.add(writer.rows(rowsBetween(table, at, Math.min(table.count, at + size))))
  await pieces.add(writer.end())
  return pieces.end()
}
