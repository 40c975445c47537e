/** The measurements in Chromium, called by `ours/page.ts`. They share a page, so that they can alternate. */

import { peers } from 'virtual:peers'
import * as runtime from 'onnxruntime-web/wasm'
import { createSamplingClient, type SamplingClient } from '../../src/browser/client.ts'
import { workerRuntimes } from '../../src/browser/runtimes.ts'
import { exportModel, train } from '../../src/browser/training.ts'
import { createSchedule } from '../../src/diffusion/schedule.ts'
import { createWebSession } from '../../src/infer/providers/web-session.ts'
import { evaluate } from '../../src/measure/evaluate.ts'
import {
  createNetwork,
  initialWeights,
  type Network,
  postNetwork,
  tableTraits,
  weightShapes,
} from '../../src/model/network.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'
import { makeDataset } from '../../src/table/datasets/index.ts'
import { blocksOf, encodeCells } from '../../src/table/encodings/encoding.ts'
import { fitTable } from '../../src/table/encodings/fit.ts'
import { parseCsv } from '../../src/table/formats/csv.ts'
import { tableOf } from '../../src/table/table.ts'
import { batchesOf } from '../../src/train/batches.ts'
import { type Batch, flatten, initialState, type TrainingEngine } from '../../src/train/engine.ts'
import { createOnnxEngine } from '../../src/train/engines/onnx/engine.ts'
import { createSimdEngine } from '../../src/train/engines/simd/engine.ts'

const rows = 1000

/** A network, and the source of its batches. */
interface Subject {
  readonly network: Network
  readonly draw: (step: number) => Batch
}

/** A thousand rows of numbers, whose values don't matter. */
const numbers = (dim: number) => ({
  data: standardNormals({ seed: 1, stream: streams.datasets, step: 0, start: 0, count: rows, dim }),
  count: rows,
  dim,
})

const subjects: Readonly<Record<string, () => Subject>> = {
  seed() {
    const schedule = createSchedule({ kind: 'karras', sigmaMin: 0.04, sigmaMax: 6, rho: 7 }, 10)
    const network = postNetwork({ dim: 2 }, schedule.alphaBars)
    const blocks = network.blocks.map((block, column) => ({ ...block, column, part: 'value' as const }))
    return { network, draw: batchesOf({ ...source, network, blocks, codes: numbers(2) }) }
  },
  table() {
    const schedule = createSchedule({ kind: 'karras', sigmaMin: 0.04, sigmaMax: 6, rho: 7 }, 30)
    const table = { name: 'numbers', ...tableOf(numbers(30)) }
    const encoding = fitTable(table)
    const blocks = blocksOf(encoding)
    const traits = {
      ...tableTraits,
      hidden: [256, 256, 256],
      time: { kind: 'log_sigma', width: 16 },
    } as const
    const network = createNetwork(traits, blocks, schedule.alphaBars)
    if (network.dim !== 30) throw new Error('thirty numbers take thirty dimensions')
    return { network, draw: batchesOf({ ...source, network, blocks, codes: encodeCells(encoding, table) }) }
  },
}

const source = { predictionType: 'epsilon', lossWeighting: 'none', batchSize: rows, seed: 0 } as const

type Steps = Pick<TrainingEngine, 'step'>
const engines = new Map<string, Promise<{ engine: Steps; batches: Batch[] }>>()

async function start(library: string, subject: string, threads: number) {
  const { network, draw } = subjects[subject]!()
  const ema = null
  const parameters = flatten(initialWeights(network, 0), weightShapes(network))
  const state = initialState(parameters, ema)
  const options = { network, state, weightDecay: 1e-4, ema, threads, batchSize: rows }
  const createSession = (bytes: Uint8Array) =>
    createWebSession(bytes, runtime, {
      provider: 'wasm',
      threads,
      logLevel: 'error',
      problem: (reason) => `does not run: ${reason}`,
      wasmPaths: workerRuntimes.wasm.wasmPaths,
    })
  const engine =
    library === 'simd'
      ? await createSimdEngine(options)
      : library === 'onnxruntime-web'
        ? await createOnnxEngine({ ...options, runtime: { createSession } })
        : await peers![library]!(options)
  const batches = Array.from({ length: 10 }, (_, step) => {
    const { x_t, t, target, factors } = draw(step)
    return {
      x_t: { ...x_t, data: x_t.data.slice() },
      t: t.slice(),
      target: { ...target, data: target.data.slice() },
      factors: factors.slice(),
    }
  })
  return { engine, batches }
}

/** Seconds of a training step, after a fifth as many steps to warm up. */
async function secondsOfStep(library: string, subject: string, threads: number, steps: number) {
  const key = `${library} ${subject}`
  if (!engines.has(key)) engines.set(key, start(library, subject, threads))
  const { engine, batches } = await engines.get(key)!
  const take = async (count: number) => {
    for (let step = 0; step < count; step++) await engine.step(batches[step % batches.length]!, 1e-3)
  }
  await take(Math.ceil(steps / 5))
  const begin = performance.now()
  await take(steps)
  return (performance.now() - begin) / 1000 / steps
}

/** Seconds of a step of `train` in its worker, including all that it does between two steps. */
async function secondsOfTraining(points: readonly number[][], threads: number, steps: number) {
  const reports: { step: number; at: number }[] = []
  await train({
    dataset: points,
    recipe: 'post',
    steps,
    threads,
    onWarning() {},
    onProgress: ({ step }) => reports.push({ step, at: performance.now() }),
  })
  const warm = reports.slice(0, -1).filter(({ step }) => step >= steps / 5)
  const [first, last] = [warm[0]!, warm.at(-1)!]
  return (last.at - first.at) / 1000 / (last.step - first.step)
}

const clients = new Map<string, Promise<SamplingClient>>()
let seed = 0

/** Seconds of a client's samples, including their transfer to the page but not loading. */
async function secondsOfSamples(
  model: Uint8Array,
  provider: 'simd' | 'wasm',
  threads: number,
  count: number,
) {
  const key = `${provider} ${threads}`
  const load = async () => {
    const client = createSamplingClient()
    const { info } = await client.load(model, { provider, threads })
    if (info.provider !== provider || info.threads !== threads)
      throw new Error(`the page samples on ${info.provider}, ${info.threads} threads`)
    await client.sample({ count, seed: seed++ })
    return client
  }
  if (!clients.has(key)) clients.set(key, load())
  const client = await clients.get(key)!
  const begin = performance.now()
  await client.sample({ count, seed: seed++ })
  return (performance.now() - begin) / 1000
}

/** The sliced Wasserstein-2 distance of the post's samples: `two-moons-seed` in models/quality.json. */
const postsDistance = 0.0587

/**
 * Seconds from a CSV file's text to a thousand samples: reading, training, export, and a new client. Throws if the
 * samples are further from fresh points of two moons than the post's.
 */
async function secondsFromCsv(text: string, threads: number) {
  const begin = performance.now()
  const dataset = parseCsv(text, 'points.csv')
  const run = await train({
    dataset,
    recipe: 'points',
    hidden: [64, 64],
    batchSize: 256,
    learningRate: 0.01,
    steps: 500,
    threads,
    onWarning() {},
  })
  const { model } = await exportModel({ run })
  const client = createSamplingClient()
  await client.load(model, { threads })
  await client.sample({ count: rows })
  const seconds = (performance.now() - begin) / 1000
  const { table } = await client.sample({ count: 10_000, seed: 1 })
  client.dispose()
  const moons = makeDataset({ name: 'two-moons', rows: 20_000, noiseLevel: 0.05 }, 101)
  const data = { columns: table.columns, points: moons.points }
  const { slicedWasserstein2 } = await evaluate({ samples: table, data, quick: true })
  if (!(slicedWasserstein2 <= postsDistance))
    throw new Error(`the samples are ${slicedWasserstein2} from the data, the post's ${postsDistance}`)
  return seconds
}

const bench = { secondsOfStep, secondsOfTraining, secondsOfSamples, secondsFromCsv }
Object.assign(globalThis, { bench })
export type Bench = typeof bench
