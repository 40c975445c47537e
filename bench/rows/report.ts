import { createWriteStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { gunzipSync } from 'node:zlib'
import { streams, uniforms } from '../../src/numerics/random.ts'
import { moonstep } from '../command.ts'
import type { Group } from './group.ts'
import { budget } from './row.ts'

const count = 50_000

/** Time and memory of `evaluate --train`, which reports, on three files of 50,000 rows by 30: the whole process. */
export const reportRows: Group = async ({ folder, log }) => {
  log('a report on 50,000 rows')
  const files: string[] = []
  for (const [f, name] of ['samples', 'holdout', 'train'].entries()) {
    const file = join(folder, `report-${name}.csv`)
    await pipeline(Readable.from(wideRows(f)), createWriteStream(file))
    files.push(file)
  }
  const [samples, against, train] = files as [string, string, string]
  const found = moonstep('evaluate', samples, '--against', against, '--train', train, '--quick', '--json')
  return [
    budget('evaluate --quick with a report, 50,000 rows of 30 columns', found.seconds, 's', 60),
    budget('evaluate --quick with a report, memory', found.memory / 1e6, 'MB', 1000),
  ]
}

/** Two random rows of the census table side by side. */
function* wideRows(step: number): Generator<string> {
  const [head, ...rows] = gunzipSync(readFileSync('bench/data/census.csv.gz')).toString().trim().split('\n')
  const drawn = uniforms({ seed: 1, stream: streams.evaluation, step, start: 0, count, dim: 2 })
  yield `${head},${head!.split(',').map((name) => `${name}_2`)}\n`
  const rowAt = (k: number) => rows[Math.floor(drawn[k]! * rows.length)]
  for (let i = 0; i < count; i++) yield `${rowAt(2 * i)},${rowAt(2 * i + 1)}\n`
}
