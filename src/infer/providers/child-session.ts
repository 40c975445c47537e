import { fork } from 'node:child_process'
import { type Answer, Calls } from '../calls.ts'
import type { Session, SessionInfo, SessionOptions } from '../session.ts'

/** Requests from the parent to the child; Node's IPC transfers typed arrays. */
export type Request =
  | {
      readonly create: {
        readonly bytes: Uint8Array
        readonly provider: ChildProvider
        readonly options: SessionOptions
      }
    }
  | { readonly run: Parameters<Session['run']> }

/** The providers of a child; `cpu` is for tests without a GPU. */
type ChildProvider = 'cuda' | 'cpu' | 'webgpu'

/**
 * A session in a separate process, whose environment allows TF32 or not, because CUDA's libraries read that only when
 * loaded. `stderr` says where the child's stderr goes. Throws the errors of the child's session, or if the child ends.
 */
export async function createChildSession(
  bytes: Uint8Array,
  provider: ChildProvider,
  { tf32, ...options }: SessionOptions,
  stderr: 'inherit' | 'ignore' = 'inherit',
): Promise<Session> {
  const env = { ...process.env }
  if (tf32 === false) env.NVIDIA_TF32_OVERRIDE = '0'
  if (tf32 === true) delete env.NVIDIA_TF32_OVERRIDE
  const child = fork(new URL('./session-child.js', import.meta.url), [], {
    env,
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', stderr, 'ipc'],
  })
  const calls = new Calls<unknown>()
  const ended = () => calls.end(new Error("the session's own process ended: load the model again"))
  child.on('message', (answer) => calls.settle(answer as Answer))
  child.on('exit', ended)
  const send = (request: Request) =>
    calls.call(() => {
      child.send(request, (error) => {
        if (error) ended()
      })
    })
  const info = await send({ create: { bytes, provider, options } }).catch((error) => {
    child.kill()
    throw error
  })
  return {
    ...(info as SessionInfo),
    run: async (...run) => (await send({ run })) as Record<string, Float32Array>,
    async release() {
      if (child.connected) child.disconnect()
      if (child.exitCode === null && child.signalCode === null)
        await new Promise((resolve) => child.once('exit', resolve))
    },
  }
}
