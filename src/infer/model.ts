import { InputError, messageOf } from '../core/errors.ts'
import { type Points, pointsFromRows } from '../core/points.ts'
import { createSchedule, type Schedule } from '../diffusion/schedule.ts'
import { type ModelFile, readModel } from '../onnx/read.ts'
import type { Chunk, ChunkModel } from './chunk.ts'
import {
  type CreateSession,
  type ExecutionProvider,
  type NodeProvider,
  Queue,
  type Session,
  type SessionOptions,
  sessionPredictor,
  tensorOf,
} from './session.ts'

/** What runs graphs: Node and a page have one each. */
export interface Runtime<P extends ExecutionProvider> {
  /** The first is the default. */
  readonly providers: readonly [P, ...P[]]
  /** What `auto` tries, in this order. */
  readonly auto: readonly P[]
  readonly createSession: CreateSession<P>
  /** Workers for a model's chunks, started with the first; undefined where the session alone is as fast. */
  readonly createWorkers?: (bytes: Uint8Array, model: ChunkModel) => ChunkWorkers | undefined
}

/** Sessions that sample chunks side by side. */
export interface ChunkWorkers {
  started(): boolean
  /** Counts a draw of so many operations. Whether they should take it: they have started, or all counted come to enough. */
  takeOn(operations: number): boolean
  /** How many chunks keep all of them busy. */
  readonly inFlight: number
  /** The chunk's states, as of `sampleChunk`. Errors: those of the session; a worker that ended. */
  run(chunk: Chunk): Promise<Points[]>
  /** Ends them; what runs is lost. */
  end(): Promise<void>
}

export interface LoadOptions<P extends ExecutionProvider = NodeProvider> {
  /**
   * `cpu` by default in Node, `wasm` in a page. One that is named never falls back to another; `auto` takes the
   * first that runs, in Node of cuda, cpu and wasm.
   */
  readonly provider?: P | 'auto' | undefined
  /** Threads that compute on the processor: by default all cores in Node, one in a page. */
  readonly threads?: number | undefined
  /** Which GPU, of provider `cuda`: 0 by default. */
  readonly deviceId?: number | undefined
  /** Of provider `cuda`: whether TF32 is allowed; as the environment has it (NVIDIA_TF32_OVERRIDE) by default. */
  readonly tf32?: boolean | undefined
  /** Whether the card's golden vectors are run on the provider: on by default. */
  readonly selfTest?: boolean | undefined
}

/** A provider that `auto` passed over. */
export interface Skipped {
  readonly provider: ExecutionProvider
  readonly reason: string
}

/** A model that is ready to be sampled. */
export interface Model {
  readonly file: ModelFile
  readonly schedule: Schedule
  readonly session: Session
  /** What `auto` passed over before it; nothing of a provider that was named. */
  readonly skipped: readonly Skipped[]
  /** Calls of `sample` on one model wait their turn here. */
  readonly queue: Queue
  /** What samples chunks side by side, where the runtime has it. */
  readonly workers: ChunkWorkers | undefined
  /** Frees the session, once what runs on it has ended; a second call does nothing. */
  dispose(): Promise<void>
}

/** Reads, checks and loads a model's bytes on a runtime. */
export async function openModel<P extends ExecutionProvider>(
  bytes: Uint8Array,
  name: string,
  runtime: Runtime<P>,
  { provider = runtime.providers[0], selfTest: test = true, ...options }: LoadOptions<P>,
): Promise<Model> {
  const choices: readonly string[] = [...runtime.providers, ...(runtime.auto.length > 0 ? ['auto'] : [])]
  if (!choices.includes(provider))
    throw new InputError(`provider is ${provider}: give ${choices.join(' or ')}`)
  const file = readModel(bytes, name)
  const { card } = file
  const schedule = createSchedule({ kind: 'betas', betas: card.schedule.betas }, card.T)
  const start = (each: P) => startSession(bytes, name, file, runtime, test, { ...options, provider: each })
  const { session, skipped } =
    provider === 'auto'
      ? await firstOf(runtime.auto, start)
      : { session: await start(provider), skipped: [] as Skipped[] }
  const queue = new Queue()
  const created = runtime.createWorkers?.(bytes, { file, schedule, session })
  let released: Promise<void> | undefined
  let disposed = false
  const requireLoaded = () => {
    if (disposed) throw new InputError(`${name} was disposed of: load it again`)
  }
  return {
    file,
    schedule,
    session: {
      ...session,
      run: async (feeds, outputs) => {
        requireLoaded()
        return session.run(feeds, outputs)
      },
    },
    skipped,
    queue,
    workers: created && {
      ...created,
      run: async (chunk) => {
        requireLoaded()
        return created.run(chunk)
      },
    },
    dispose() {
      released ??= queue.run(async () => {
        disposed = true
        await created?.end()
        await session.release()
      })
      return released
    },
  }
}

/** A session that passes the self-test. */
async function startSession<P extends ExecutionProvider>(
  bytes: Uint8Array,
  name: string,
  file: ModelFile,
  { createSession, providers }: Runtime<P>,
  test: boolean,
  options: SessionOptions<P>,
): Promise<Session> {
  const { provider } = options
  const session = await createSession(bytes, options)
  if (!test) return session
  try {
    const { pass, worst } = await selfTest(file, session).catch((error) => {
      // WebGPU compiles a graph's shaders with its first run: what it can't do shows only now
      throw new InputError(`provider ${provider} can't run ${name}: ${messageOf(error).split('\n')[0]}`)
    })
    if (pass) return session
    throw new InputError(
      `${name} fails its self-test on ${provider}: the outputs differ from the card's golden vectors by ${worst}: ` +
        `use another provider, ${providers[0] === provider ? providers[1] : providers[0]} say`,
    )
  } catch (error) {
    await session.release().catch(() => {})
    throw error
  }
}

/** The first provider that starts, and why not those before it. Errors: none of them does. */
async function firstOf<P extends ExecutionProvider>(
  candidates: readonly P[],
  start: (provider: P) => Promise<Session>,
): Promise<{ session: Session; skipped: Skipped[] }> {
  const skipped: Skipped[] = []
  for (const provider of candidates)
    try {
      return { session: await start(provider), skipped }
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      skipped.push({ provider, reason: error.message })
    }
  throw new InputError(
    `no provider runs the model: ${skipped.map(({ provider, reason }) => `${provider}: ${reason}`).join('; ')}`,
  )
}

interface Bounds {
  readonly absolute: number
  readonly relative: number
}

/** Bounds against the float64 reference, of a network call and of a whole reverse process. */
interface Tolerances {
  readonly call: Bounds
  readonly sample: Bounds
}

const float32: Tolerances = {
  call: { absolute: 1e-5, relative: 1e-4 },
  sample: { absolute: 1e-4, relative: 1e-4 },
}

/** TF32 keeps ten bits of a product's factors: what it is allowed is what it does (docs/compare.md). */
const tensorFloat32: Tolerances = {
  call: { absolute: 2e-2, relative: 1e-2 },
  sample: { absolute: 2e-1, relative: 1e-2 },
}

export interface SelfTestResult {
  readonly pass: boolean
  /** The largest absolute difference; NaN if an output is NaN. */
  readonly worst: number
}

/** Runs the card's golden vectors on a session, to float32's accuracy, or TF32's where the session has that. */
export async function selfTest({ card, isSampler }: ModelFile, session: Session): Promise<SelfTestResult> {
  const tolerances = session.tf32 ? tensorFloat32 : float32
  if (isSampler && card.goldenSample) {
    const { x_T, noise, x_0 } = card.goldenSample
    const points = pointsFromRows(x_T)
    const rows = Float32Array.from(noise.flat(2))
    const dims = [noise.length, points.count, points.dim]
    const feeds = { x_T: tensorOf(points), ...(noise.length > 0 ? { noise: { data: rows, dims } } : {}) }
    const outputs = await session.run(feeds, ['x_0'])
    return compare(outputs.x_0!, x_0.flat(), tolerances.sample)
  }
  const x_t = pointsFromRows(card.golden.map((call) => call.x_t))
  const predictor = sessionPredictor(session, card.predictionType)
  const output = await predictor.predict(
    x_t,
    card.golden.map((call) => call.t),
  )
  return compare(
    output.data,
    card.golden.flatMap((call) => call.output),
    tolerances.call,
  )
}

function compare(
  actual: Float32Array,
  expected: readonly number[],
  { absolute, relative }: Bounds,
): SelfTestResult {
  // float32 rounds to the size of what is added up: an output near 0 of terms near 1e6 is off by 0.1
  const size = Math.max(1, ...expected.map(Math.abs))
  let worst = actual.length === expected.length ? 0 : Number.NaN
  let pass = actual.length === expected.length
  for (const [i, value] of expected.entries()) {
    const difference = Math.abs(actual[i]! - value)
    if (!(difference <= worst)) worst = difference
    if (!(difference <= absolute * size + relative * Math.abs(value))) pass = false
  }
  return { pass, worst }
}
