import { type ChildProcess, fork } from 'node:child_process'
import { receivedError, type SentError } from '../core/errors.ts'
import type { Session, SessionInfo, SessionOptions } from './session.ts'

/** What the parent asks of the child, and what it answers: Node's IPC carries typed arrays as they are. */
export type Request =
  | {
      readonly create: {
        readonly bytes: Uint8Array
        readonly provider: ChildProvider
        readonly options: SessionOptions
      }
    }
  | { readonly run: Parameters<Session['run']> }

/** The providers that a child has: `cpu` where there is no GPU, to test it. */
export type ChildProvider = 'cuda' | 'cpu'

export type Answer = { readonly value: unknown } | { readonly error: SentError }

/**
 * A session of a process of its own, whose environment says whether TF32 is allowed: CUDA's libraries read that
 * when they are loaded, and never again. Errors: those of the session that the child makes; the child's death.
 */
export async function createChildSession(
  bytes: Uint8Array,
  provider: ChildProvider,
  options: SessionOptions,
): Promise<Session> {
  const { tf32, ...own } = options
  const env = { ...process.env }
  if (tf32 === false) env.NVIDIA_TF32_OVERRIDE = '0'
  if (tf32 === true) delete env.NVIDIA_TF32_OVERRIDE
  const child = fork(new URL('./session-child.js', import.meta.url), [], { env, serialization: 'advanced' })
  const ask = asker(child)
  const info = await ask({ create: { bytes, provider, options: own } }).catch((error) => {
    child.kill()
    throw error
  })
  return {
    ...(info as SessionInfo),
    run: async (feeds, outputs) =>
      (await ask({ run: [feeds, outputs] })) as Record<string, Float32Array<ArrayBuffer>>,
    async release() {
      if (child.connected) child.disconnect()
      if (child.exitCode === null && child.signalCode === null)
        await new Promise((resolve) => child.once('exit', resolve))
    },
  }
}

/** One request at a time: sessions take turns. */
function asker(child: ChildProcess) {
  return (request: Request): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        child.off('message', answered)
        child.off('exit', ended)
        act()
      }
      const answered = (answer: Answer) =>
        settle(() => {
          if ('value' in answer) return resolve(answer.value)
          reject(receivedError(answer.error))
        })
      const ended = () =>
        settle(() => reject(new Error("the session's own process ended: load the model again")))
      child.on('message', answered)
      child.on('exit', ended)
      if (!child.connected) return ended()
      child.send(request, (error) => {
        if (error) ended()
      })
    })
}
