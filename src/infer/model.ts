import { InputError, messageOf } from '../core/errors.ts'
import { createSchedule, type Schedule } from '../diffusion/schedule.ts'
import { type ModelFile, readModel } from '../onnx/read.ts'
import { Queue } from './queue.ts'
import type { ChunkWorkers, Runtime } from './runtime.ts'
import { selfTest } from './self-test.ts'
import type { ExecutionProvider, NodeProvider, Session, SessionOptions } from './session.ts'

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
