/** worker.js THREADS: runs the measurement in each line of stdin (JSON), and answers with a line on stdout. */
import { createInterface } from 'node:readline'
import { InputError, messageOf } from '../../src/core/errors.ts'
import { csvInPage, samplingInPage, stepInPage, trainingInPage } from './page.ts'
import { samplingProducts, trainingProducts } from './products.ts'
import { sampling } from './sampling.ts'
import { seededRun } from './seeded.ts'
import { training, trainingRun } from './training.ts'

/** A prepared and warm measurement, in seconds. */
export type Measure = () => Promise<number>

const tasks: Readonly<Record<string, (options: never, threads: number) => Promise<Measure>>> = {
  train: training,
  'train run': trainingRun,
  sample: sampling,
  'a seeded run': seededRun,
  'sample in a page': samplingInPage,
  'a step in a page': stepInPage,
  'train in a page': trainingInPage,
  'a CSV file in a page': csvInPage,
  'sampling products': samplingProducts,
  'training products': trainingProducts,
}

const threads = Number(process.argv[2])
const prepared = new Map<string, Measure>()

async function answer(line: string): Promise<object> {
  const { task, ...options } = JSON.parse(line) as { task: string }
  const measure = prepared.get(line) ?? (await tasks[task]!(options as never, threads))
  prepared.set(line, measure)
  const [start, busy] = [performance.now(), process.cpuUsage()]
  const seconds = await measure()
  const elapsed = 1000 * (performance.now() - start)
  const { user, system } = process.cpuUsage(busy)
  return { seconds, cores: (user + system) / elapsed }
}

const say = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`)
// notes from libraries would pass for answers
console.log = console.info = console.error

say({ versions: { node: process.versions.node } })
for await (const line of createInterface({ input: process.stdin }))
  say(
    await answer(line).catch((error) => ({
      // what this machine lacks counts as missing, anything else as a fault
      [error instanceof InputError ? 'missing' : 'fault']: messageOf(error).split('\n')[0],
    })),
  )
process.exit()
