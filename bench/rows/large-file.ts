import { createWriteStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { gunzipSync } from 'node:zlib'
import { streams, uniforms } from '../../src/numerics/random.ts'
import { moonstep } from '../command.ts'
import { type Group, seed } from './group.ts'
import { budget } from './row.ts'

/** Ten million samples written to a file, 80 MB of numbers; and a CSV file of 340 MB read. */
export const largeFileRows: Group = async ({ folder, log }) => {
  log('sampling 10 million')
  const out = join(folder, 'large.npy')
  const { seconds, memory } = moonstep('sample', join(seed, 'sampler.onnx'), '-n', '10000000', '--out', out)
  const what = 'sample -n 10000000 --out x.npy'
  log('reading 340 MB of CSV')
  const csv = join(folder, 'large.csv')
  await pipeline(Readable.from(largeCsv()), createWriteStream(csv))
  const run = join(folder, 'large')
  const read = moonstep('train', '--dataset', csv, '--recipe', 'points', '--out', run, '--steps', '1')
  const training = 'train on a CSV file of 340 MB, 3.4 million rows'
  log('reading a table of a million rows')
  const table = join(folder, 'table.csv')
  await pipeline(Readable.from(largeTable()), createWriteStream(table))
  const encoded = moonstep('train', '--dataset', table, '--out', join(folder, 'table'), '--steps', '1')
  const encoding = 'train on a table of 1,000,000 rows and 15 columns, most of them text'
  return [
    budget(`${what}, memory`, memory / 1e6, 'MB', 300),
    budget(what, seconds, 's', null),
    budget(`${training}, memory`, read.memory / 1e6, 'MB', 600),
    budget(training, read.seconds, 's', null),
    budget(`${encoding}, memory`, encoded.memory / 1e6, 'MB', 800),
    budget(encoding, encoded.seconds, 's', null),
  ]
}

/** Repeats the rows of the census table. */
function* largeTable(): Generator<string> {
  const [head, ...rows] = gunzipSync(readFileSync('bench/data/census.csv.gz')).toString().trim().split('\n')
  yield `${head}\n`
  for (let count = 0; count < 1_000_000; count += rows.length)
    yield `${rows.slice(0, 1_000_000 - count).join('\n')}\n`
}

/** 3.4 million rows of ten numbers, 100 characters each. */
function* largeCsv(): Generator<string> {
  const [dim, count] = [10, 10_000]
  yield `${Array.from({ length: dim }, (_, d) => `column${d}`).join(',')}\n`
  for (let start = 0; start < 3_400_000; start += count) {
    const numbers = uniforms({ seed: 0, stream: streams.evaluation, step: 0, start, count, dim })
    const cells = Array.from(numbers, (x) => x.toFixed(7).slice(1))
    yield Array.from(
      { length: count },
      (_, i) => `${cells.slice(dim * i, dim * (i + 1)).join(',0')}5\n`,
    ).join('')
  }
}
