import { spawnSync } from 'node:child_process'
import { createWriteStream, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { gunzipSync } from 'node:zlib'
import { streams, uniforms } from '../../src/numerics/random.ts'
import { moonstep, moonstepOnOneCore } from '../command.ts'
import { type Setting, sampler, seed } from '../group.ts'
import { contest } from '../race.ts'
import { figure, max, type Row } from '../row.ts'

/** The command line as shipped. */
export function startUp({ rounds }: Setting): Promise<Row[]> {
  const node =
    (...args: string[]) =>
    async () => {
      const start = performance.now()
      const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
      if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`)
      return { seconds: (performance.now() - start) / 1000 }
    }
  const command = 'dist/cli/main.js'
  const sample = node(command, 'sample', `${seed}/model.onnx`, '-n', '1000')
  return contest({
    contestants: { bare: node('-e', '0'), help: node(command, '--help'), sample },
    lines: [
      ['moonstep --help, the whole process', 'excess', 'help', 'bare', 'node -e 0', max(150)],
      ['moonstep sample -n 1000, the whole process', 'excess', 'sample', 'bare', 'node -e 0', max(450)],
    ],
    rounds: 3 * rounds,
  })
}

/** Ten million samples written to a file, 80 MB of numbers; and a CSV file of 340 MB read. */
export async function largeFile({ folder }: Setting): Promise<Row[]> {
  const large = moonstep('sample', sampler, '-n', 10_000_000, '--out', join(folder, 'large.npy'))
  const run = ['--out', join(folder, 'large'), '--steps', 1, '--force']
  const points = await write(join(folder, 'large.csv'), numberRows(3_400_000))
  const read = moonstep('train', '--dataset', points, '--recipe', 'points', ...run)
  const table = await write(join(folder, 'table.csv'), censusRows(1_000_000))
  const encoded = moonstep('train', '--dataset', table, ...run)
  const training = 'train on a CSV file of 340 MB, 3.4 million rows'
  const encoding = 'train on a table of 1,000,000 rows and 15 columns, most of them text'
  return [
    figure('sample -n 10000000 --out x.npy, memory', large.memory / 1e6, 'MB', max(300)),
    figure('sample -n 10000000 --out x.npy', large.seconds, 's'),
    figure(`${training}, memory`, read.memory / 1e6, 'MB', max(600)),
    figure(training, read.seconds, 's'),
    figure(`${encoding}, memory`, encoded.memory / 1e6, 'MB', max(800)),
    figure(encoding, encoded.seconds, 's'),
  ]
}

/** `evaluate` on 10,000 samples against 10,000 points. */
export async function evaluation({ folder }: Setting): Promise<Row[]> {
  const files = ['samples', 'data'].map((name) => join(folder, `${name}.npy`))
  for (const [index, file] of files.entries())
    moonstep('sample', `${seed}/model.onnx`, '-n', 10_000, '--seed', index + 1, '--out', file)
  const full = moonstep('evaluate', files[0]!, '--against', files[1]!, '--json')
  const quick = moonstep('evaluate', files[0]!, '--against', files[1]!, '--json', '--quick')
  return [
    figure('evaluate, 10,000 samples against 10,000 points', full.seconds, 's', max(20)),
    figure('evaluate, memory', full.memory / 1e6, 'MB', max(500)),
    figure('evaluate --quick', quick.seconds, 's', max(5)),
  ]
}

/** `evaluate --train`, which reports, on three files of 50,000 rows by 30. */
export async function report({ folder }: Setting): Promise<Row[]> {
  const file = (step: number) => write(join(folder, `report-${step}.csv`), wideRows(50_000, step))
  const others = ['--against', await file(1), '--train', await file(2)]
  const cost = moonstep('evaluate', await file(0), ...others, '--quick', '--json')
  return [
    figure('evaluate --quick with a report, 50,000 rows of 30 columns', cost.seconds, 's', max(60)),
    figure('evaluate --quick with a report, memory', cost.memory / 1e6, 'MB', max(1000)),
  ]
}

/** `plot samples` with 100,000 samples and as many points. */
export async function plot({ folder }: Setting): Promise<Row[]> {
  const [model, out] = [`${seed}/model.onnx`, join(folder, 'samples.svg')]
  const cost = moonstep('plot', 'samples', model, '-n', 100_000, '--rows', 100_000, '--out', out)
  return [
    figure('plot, 100,000 samples and 100,000 points', cost.seconds, 's', max(10)),
    figure('plot, memory', cost.memory / 1e6, 'MB', max(800)),
    figure('plot, size of the file', statSync(out).size / 1e6, 'MB', max(5)),
  ]
}

/** What matters if many machines sample: a graph with its noise, a table's rows on one core, and constant memory. */
export async function cluster({ pool, rounds, folder }: Setting): Promise<Row[]> {
  const rows: Row[] = []
  for (const [run, what, goal] of [
    ['models/two-moons', 'deterministic', max(1.1)],
    [seed, 'DDPM, T = 10', max(1.3)],
    ['models/penguins', 'a table of 25 dimensions, stochastic, 30 steps', undefined],
  ] as const) {
    const rowsOf = (file: string) => pool.ours(1, { task: 'a seeded run', run, file, count: 2000 })
    const against = 'sampler.onnx and drawing its noise'
    rows.push(
      ...(await contest({
        contestants: { seeded: rowsOf('seeded'), sampler: rowsOf('sampler') },
        lines: [[`2000 rows of seeded.onnx: ${what}`, 'slowdown', 'seeded', 'sampler', against, goal]],
        rounds: 3 * rounds,
        threads: 1,
      })),
    )
  }
  const shard = ['--shard', '1/1', '--format', 'parquet', '--out']
  const table = ['models/census/sampler.onnx', '--provider', 'cpu', '--threads', 1, '-n', 250_000]
  const onOneCore = moonstepOnOneCore('sample', ...table, ...shard, join(folder, 'table'))
  const points = ['models/two-moons/sampler.onnx', '-n', 100_000_000]
  const large = moonstep('sample', ...points, ...shard, join(folder, 'points'))
  const whole = 'sample --shard: 250,000 census rows to Parquet on one core, the whole process'
  return [
    ...rows,
    { ...figure(whole, onOneCore.seconds, 's', max(60)), threads: 1 },
    figure('sample --shard: 100 million points to Parquet, memory', large.memory / 1e6, 'MB', max(300)),
    figure('sample --shard: 100 million points to Parquet, time', large.seconds, 's'),
  ]
}

export async function write(path: string, lines: Iterable<string>): Promise<string> {
  await pipeline(Readable.from(lines), createWriteStream(path))
  return path
}

export const dataOf = (name: string) => gunzipSync(readFileSync(`bench/data/${name}.csv.gz`)).toString()

/** The rows of the census table, again and again. */
function* censusRows(count: number): Generator<string> {
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
function* numberRows(rows: number): Generator<string> {
  const [dim, count] = [10, 10_000]
  yield `${Array.from({ length: dim }, (_, d) => `column${d}`).join(',')}\n`
  for (let start = 0; start < rows; start += count) {
    const numbers = uniforms({ seed: 0, stream: streams.evaluation, step: 0, start, count, dim })
    const cells = Array.from(numbers, (x) => x.toFixed(7).slice(1))
    const line = (i: number) => `${cells.slice(dim * i, dim * (i + 1)).join(',0')}5\n`
    yield Array.from({ length: count }, (_, i) => line(i)).join('')
  }
}
