import { fork } from 'node:child_process'
import { type Answer, Calls } from './calls.ts'
import type { Session, SessionInfo, SessionOptions } from './session.ts'

/** What the parent asks of the child: Node's IPC carries typed arrays as they are. */
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
type ChildProvider = 'cuda' | 'cpu' | 'webgpu'

/**
 * A session of a process of its own, whose environment says whether TF32 is allowed: CUDA's libraries read that
 * when they are loaded, and never again. What the child's libraries write to stderr by themselves goes where `stderr` says.
 * Throws: those of the session that the child makes; the child's death.
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
  const ask = (request: Request) =>
    calls.call(() => {
      child.send(request, (error) => {
        if (error) ended()
      })
    })
  const info = await ask({ create: { bytes, provider, options } }).catch((error) => {
    child.kill()
    throw error
  })
  return {
    ...(info as SessionInfo),
    run: async (...run) => (await ask({ run })) as Record<string, Float32Array>,
    async release() {
      if (child.connected) child.disconnect()
      if (child.exitCode === null && child.signalCode === null)
        await new Promise((resolve) => child.once('exit', resolve))
    },
  }
}
