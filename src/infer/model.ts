import { InputError } from '../core/errors.ts'
import { createSchedule, type Schedule } from '../diffusion/schedule.ts'
import { type ModelFile, readModel } from '../onnx/read.ts'
import { Queue } from './queue.ts'
import { selfTest } from './self-test.ts'
import type { CreateSession, ExecutionProvider, Session } from './session.ts'

export interface LoadOptions {
  /** `cpu` by default. */
  readonly provider?: ExecutionProvider | undefined
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

/** Reads, checks and loads a model's bytes on a runtime. */
export async function openModel(
  bytes: Uint8Array,
  name: string,
  createSession: CreateSession,
  { provider = 'cpu', threads, selfTest: test = true }: LoadOptions,
): Promise<Model> {
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
          'use another provider, cpu say',
      )
    }
  }
  const queue = new Queue()
  let released: Promise<void> | undefined
  return {
    file,
    schedule,
    session,
    queue,
    dispose() {
      released ??= queue.run(() => session.release())
      return released
    },
  }
}
