import { InputError, requireInteger } from '../core/errors.ts'
import { createSchedule, type Schedule } from '../diffusion/schedule.ts'
import { type ModelFile, readModel } from '../onnx/read.ts'
import { Queue } from './queue.ts'
import { selfTest } from './self-test.ts'
import type { ExecutionProvider, NodeProvider, Runtime, Session } from './session.ts'

export interface LoadOptions<P extends ExecutionProvider = NodeProvider> {
  /** `cpu` by default in Node, `wasm` in a page. */
  readonly provider?: P | undefined
  /** Threads that compute on the processor: by default all cores in Node, one in a page. */
  readonly threads?: number | undefined
  /** Whether the card's golden vectors are run on the provider: on by default. */
  readonly selfTest?: boolean | undefined
}

/** A model that is ready to be sampled. */
export interface Model {
  readonly file: ModelFile
  readonly schedule: Schedule
  readonly session: Session
  /** Calls of `sample` on one model wait their turn here. */
  readonly queue: Queue
  /** Frees the session, once what runs on it has ended; a second call does nothing. */
  dispose(): Promise<void>
}

const maxThreads = 1024

/** Reads, checks and loads a model's bytes on a runtime. */
export async function openModel<P extends ExecutionProvider>(
  bytes: Uint8Array,
  name: string,
  { providers, createSession }: Runtime<P>,
  { provider = providers[0], threads, selfTest: test = true }: LoadOptions<P>,
): Promise<Model> {
  if (!providers.includes(provider))
    throw new InputError(`provider is ${provider}: give ${providers.join(' or ')}`)
  if (threads !== undefined) requireInteger('threads', threads, 1, maxThreads)
  const file = readModel(bytes, name)
  const { card } = file
  const schedule = createSchedule({ kind: 'betas', betas: card.schedule.betas }, card.T)
  const session = await createSession(bytes, { provider, threads })
  if (test) {
    const { pass, worst } = await selfTest(file, session)
    if (!pass) {
      await session.release()
      throw new InputError(
        `${name} fails its self-test on ${provider}: the outputs differ from the card's golden vectors by ${worst}: ` +
          `use another provider, ${providers[0]} say`,
      )
    }
  }
  const queue = new Queue()
  let released: Promise<void> | undefined
  let disposed = false
  return {
    file,
    schedule,
    session: {
      ...session,
      run: async (feeds, outputs) => {
        // the runtimes' own words for it are about handles
        if (disposed) throw new InputError(`${name} was disposed of: load it again`)
        return session.run(feeds, outputs)
      },
    },
    queue,
    dispose() {
      released ??= queue.run(() => {
        disposed = true
        return session.release()
      })
      return released
    },
  }
}
