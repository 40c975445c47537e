import { nearest } from '../core/errors.ts'
import { maxIndex, maxSeed } from '../numerics/random.ts'
import type { Given } from '../table/condition.ts'
import { encodeRows } from '../table/formats/forms.ts'
import type { Table } from '../table/table.ts'
import { describeValue, type RowsRequest, requireRows } from './infer-request.ts'
import { limits } from './limits.ts'
import { invalid } from './refusal.ts'

/** Formats of rows by media type; the first is the default. */
export const sampleForms = [
  { type: 'application/json', ending: '.json' },
  { type: 'text/csv', ending: '.csv' },
  { type: 'text/tab-separated-values', ending: '.tsv' },
  { type: 'application/x-ndjson', ending: '.jsonl' },
  { type: 'application/vnd.apache.parquet', ending: '.parquet' },
] as const

/** Query values by name; a repeated name has a list. */
export type SampleQuery = Readonly<Record<string, string | string[] | undefined>>

const numbers = {
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
  const [n, seed, from] = (['n', 'seed', 'from'] as const).map((name) => numberOf(query, name)) as [
    number,
    number,
    number,
  ]
  requireRows(n)
  if (n - 1 > maxIndex - from) throw invalid(`from is ${from}: indices end at 2^53 - 1`)
  return {
    ranges: [{ seed, from, count: n }],
    given: givenOf(query.given),
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
  throw invalid(
    `${name} is ${describeValue(text)}: give a whole number from ${min} to ${name === 'n' ? limits.rows : max}`,
  )
}

/** Reads sex=female as a column and its value, split at the first `=`. An empty value is a missing cell. */
function givenOf(given: string | string[] | undefined): Given | undefined {
  if (given === undefined) return undefined
  return Object.fromEntries(
    [given].flat().map((pair) => {
      const at = pair.indexOf('=')
      if (at < 1)
        throw invalid(
          `given is ${describeValue(pair)}: give a column and its value, such as given=sex=female`,
        )
      const value = pair.slice(at + 1)
      return [pair.slice(0, at).trim(), value.trim() === '' ? null : value]
    }),
  )
}

function completeOf(complete: string | string[] | undefined): boolean | undefined {
  if (complete === undefined || complete === 'false') return undefined
  if (complete === '' || complete === 'true') return true
  throw invalid(`complete is ${describeValue(complete)}: give true or false`)
}

/** Formats rows as `sample --out` writes them to a file. */
export function writeSamples(type: string, { columns, points }: Table): Buffer | string {
  const { ending } = sampleForms.find((form) => form.type === type)!
  const content = encodeRows(ending, points, { columns })
  return typeof content === 'string' ? content : Buffer.from(content)
}
