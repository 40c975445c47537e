/** The measurements in Chromium, of which `ours/page.ts` asks. They share a page, so that they can alternate. */

import * as runtime from 'onnxruntime-web/wasm'
import { createSamplingClient, type SamplingClient } from '../../src/browser/client.ts'
import { onnxruntimeWorkers } from '../../src/browser/onnxruntime-workers.ts'
import { exportModel, train } from '../../src/browser/training.ts'
import { createSchedule } from '../../src/diffusion/schedule.ts'
import { createWebSession } from '../../src/infer/providers/web-session.ts'
import { evaluate } from '../../src/measure/evaluate.ts'
import {
  createNetwork,
  initialWeights,
  type Network,
  postNetwork,
  stateWidth,
  tableTraits,
  weightShapes,
} from '../../src/model/network.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'
import { makeDataset } from '../../src/table/datasets/index.ts'
import { parseCsv } from '../../src/table/formats/csv.ts'
import { type Batch, flatten, initialState, type TrainingEngine } from '../../src/train/engine.ts'
import { createOnnxEngine } from '../../src/train/engines/onnx/engine.ts'
import { createSimdEngine } from '../../src/train/engines/simd/engine.ts'
import { decoding } from '../ours/decoding.ts'
import { type Measure, secondsOfStep, timed } from '../pool/protocol.ts'

/** What a task asks for; each reads some of it. */
interface Request {
  readonly task: string
  readonly threads: number
  readonly library: string
  readonly subject: 'seed' | 'table'
  readonly steps: number
  /** The training points. */
  readonly csv: string
  /** The model's bytes in base64. */
  readonly model: string
  readonly provider: 'simd' | 'wasm'
  readonly count: number
  readonly work: 'decode' | 'write'
}

const rows = 1000

function networkOf(subject: Request['subject']): Network {
  const karras = { kind: 'karras', sigmaMin: 0.04, sigmaMax: 6, rho: 7 } as const
  if (subject === 'seed') return postNetwork({ dim: 2 }, createSchedule(karras, 10).alphaBars)
  const traits = { ...tableTraits, hidden: [256, 256, 256], time: { kind: 'log_sigma', width: 16 } } as const
  const blocks = Array.from({ length: 30 }, (_, start) => ({ size: 1, start }))
  return createNetwork(traits, blocks, createSchedule(karras, 30).alphaBars)
}

/** Batches whose values don't matter. */
function batchOf(network: Network, step: number): Batch {
  const normals = (dim: number) => {
    const request = { seed: 1, stream: streams.datasets, step, start: 0, count: rows, dim }
    return { data: standardNormals(request), count: rows, dim }
  }
  return {
    x_t: normals(stateWidth(network)),
    t: Int32Array.from({ length: rows }, (_, i) => 1 + ((i + step) % network.T)),
    target: normals(network.dim),
    factors: new Float32Array(rows * network.dim).fill(2 / (rows * network.dim)),
  }
}

async function createEngine(library: string, network: Network, threads: number) {
  const parameters = flatten(initialWeights(network, 0), weightShapes(network))
  const state = initialState(parameters, null)
  const options = { network, state, weightDecay: 1e-4, ema: null, threads, batchSize: rows }
  const problem = (reason?: string) => `does not run: ${reason}`
  const { wasmPaths } = onnxruntimeWorkers.wasm
  const createSession = (bytes: Uint8Array) =>
    createWebSession(bytes, runtime, { provider: 'wasm', threads, logLevel: 'error', problem, wasmPaths })
  if (library === 'simd') return createSimdEngine(options)
  if (library === 'onnxruntime-web') return createOnnxEngine({ ...options, runtime: { createSession } })
  const { peers } = await import('./peers/peers.mjs')
  return peers[library]!(options)
}

/** A training step, after a fifth as many to warm up; ours on several threads is of `train`. */
async function step(request: Request): Promise<Measure> {
  const { library, subject, threads, steps } = request
  if (library === 'simd' && threads > 1) return trainStep({ ...request, steps: 10 * steps })
  const network = networkOf(subject)
  const engine: Pick<TrainingEngine, 'step'> = await createEngine(library, network, threads)
  const batches = Array.from({ length: 10 }, (_, index) => batchOf(network, index))
  const take = async (count: number) => {
    for (let i = 0; i < count; i++) await engine.step(batches[i % batches.length]!, 1e-3)
  }
  const measure = await timed(() => take(steps), steps)
  return async () => {
    await take(Math.ceil(steps / 5))
    return measure()
  }
}

/** A step of `train` in its worker, on all points by the post's recipe. */
async function trainStep({ csv, threads, steps }: Request): Promise<Measure> {
  const dataset = parseCsv(csv, 'points.csv')
  const request = { dataset, recipe: 'post', steps, threads, onWarning() {} } as const
  return () => secondsOfStep(steps, (onProgress) => train({ ...request, onProgress }))
}

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))

/** A client's samples in the worker of `<moon-sampler>`, with their transfer to the page but not loading. */
async function sample({ model, provider, threads, count }: Request): Promise<Measure> {
  const client: SamplingClient = createSamplingClient()
  const { info } = await client.load(bytesOf(model), { provider, threads })
  if (info.provider !== provider || info.threads !== threads)
    throw new Error(`the page samples on ${info.provider}, ${info.threads} threads`)
  let seed = 0
  return timed(async () => void (await client.sample({ count, seed: seed++ })))
}

/** The sliced Wasserstein-2 distance of the post's samples: `two-moons-seed` in models/quality.json. */
const postsDistance = 0.0587

/**
 * From a CSV file's text to a thousand samples: reading, training, export, and a new client. Throws if the samples are
 * further from fresh points of two moons than the post's.
 */
async function csv({ csv: text, threads }: Request): Promise<Measure> {
  let client: SamplingClient | undefined
  const options = {
    recipe: 'points',
    hidden: [64, 64],
    batchSize: 256,
    learningRate: 0.01,
    steps: 500,
  } as const
  const measure = await timed(async () => {
    const run = await train({ dataset: parseCsv(text, 'points.csv'), ...options, threads, onWarning() {} })
    const { model } = await exportModel({ run })
    client?.dispose()
    client = createSamplingClient()
    await client.load(model, { threads })
    await client.sample({ count: rows })
  })
  return async () => {
    const seconds = await measure()
    const { table } = await client!.sample({ count: 10_000, seed: 1 })
    const moons = makeDataset({ name: 'two-moons', rows: 20_000, noiseLevel: 0.05 }, 101)
    const data = {
      ...moons,
      columns: table.columns.map((column, d) => ({ ...column, cells: moons.columns[d]!.cells })),
    }
    const { slicedWasserstein2 } = await evaluate({ samples: table, data, quick: true })
    if (!(slicedWasserstein2 <= postsDistance))
      throw new Error(`the samples are ${slicedWasserstein2} from the data, the post's ${postsDistance}`)
    return seconds
  }
}

const tasks: Readonly<Record<string, (request: Request) => Promise<Measure>>> = {
  step,
  train: trainStep,
  sample,
  csv,
  decode: ({ model, count, work }) => decoding(bytesOf(model), { count, work }),
}
const prepared = new Map<string, Promise<Measure>>()

async function measure(request: Request): Promise<number> {
  const key = JSON.stringify(request)
  if (!prepared.has(key)) prepared.set(key, tasks[request.task]!(request))
  return (await prepared.get(key)!)()
}
Object.assign(globalThis, { measure })
