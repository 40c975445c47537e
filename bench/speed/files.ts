import { createWriteStream, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { gunzipSync } from 'node:zlib'
import { streams, uniforms } from '../../src/numerics/random.ts'

export async function write(path: string, lines: Iterable<string>): Promise<string> {
  await pipeline(Readable.from(lines), createWriteStream(path))
  return path
}

export const dataOf = (name: string) => gunzipSync(readFileSync(`bench/data/${name}.csv.gz`)).toString()

/** The rows of the census table, again and again. */
export function* censusRows(count: number): Generator<string> {
  const [head, ...rows] = dataOf('census').trim().split('\n')
  yield `${head}\n`
  for (let start = 0; start < count; start += rows.length)
    yield `${rows.slice(0, count - start).join('\n')}\n`
}

/** Two random rows of the census table side by side: 30 columns. */
export function* wideRows(count: number, step: number): Generator<string> {
  const [head, ...rows] = dataOf('census').trim().split('\n')
  const places = uniforms({ seed: 1, stream: streams.evaluation, step, start: 0, count, dim: 2 })
  yield `${head},${head!.split(',').map((name) => `${name}_2`)}\n`
  const rowAt = (k: number) => rows[Math.floor(places[k]! * rows.length)]
  for (let i = 0; i < count; i++) yield `${rowAt(2 * i)},${rowAt(2 * i + 1)}\n`
}

/** Rows of ten numbers, 100 characters each. */
export function* numberRows(rows: number): Generator<string> {
  const [dim, count] = [10, 10_000]
  yield `${Array.from({ length: dim }, (_, d) => `column${d}`).join(',')}\n`
  for (let start = 0; start < rows; start += count) {
    const numbers = uniforms({ seed: 0, stream: streams.evaluation, step: 0, start, count, dim })
    const cells = Array.from(numbers, (x) => x.toFixed(7).slice(1))
    const line = (i: number) => `${cells.slice(dim * i, dim * (i + 1)).join(',0')}5\n`
    yield Array.from({ length: count }, (_, i) => line(i)).join('')
  }
}
