import { fork, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { InputError } from '../../core/errors.ts'
import type { Provider } from '../provider.ts'
import { type Answer, Calls, type Session, type SessionInfo, type SessionOptions } from '../session.ts'
import { createNativeSession } from './onnxruntime-node.ts'
import { encodeForRuntime } from './runtime.ts'

/** onnxruntime-node on an NVIDIA GPU. TF32 is fixed once CUDA is loaded: another choice runs in a child process. */
export const cuda = {
  name: 'cuda',
  // a GPU found here is real; webgpu's may be software, slower than the CPU
  autoOrder: 1,
  isBenched: true,
  takes: ['deviceId', 'tf32'],
  settings: [
    { label: 'cuda', tf32: false },
    { label: 'cuda, TF32', tf32: true },
  ],
  encode: encodeForRuntime,
  async createSession(bytes, options) {
    const { threads = 1, deviceId = 0, tf32, isForeign } = options
    if (tf32 !== undefined && tf32 !== tf32Allowed()) return createChildSession(bytes, 'cuda', options)
    prepareCuda()
    const session = await createNativeSession(bytes, { provider: 'cuda', threads, deviceId, isForeign })
    return { ...session, ...cudaFacts(deviceId) }
  },
} as const satisfies Provider

const require = createRequire(import.meta.url)

const cudaLibrary = 'libonnxruntime_providers_cuda.so'

/** The environment's setting when CUDA was loaded, which is the only time its libraries read it. */
let tf32AtLoad: boolean | undefined

/** Whether NVIDIA_TF32_OVERRIDE allows TF32 in this process; it does by default. */
function tf32Allowed(): boolean {
  return tf32AtLoad ?? process.env.NVIDIA_TF32_OVERRIDE !== '0'
}

/** Names what is missing, before CUDA's first session fails. Throws InputError if something is. */
function prepareCuda(): void {
  const missing = missingForCuda()
  if (missing) throw new InputError(`provider cuda can't run on this machine: ${missing}`, 'not-available')
  // device N is then nvidia-smi's N, not the N-th fastest
  process.env.CUDA_DEVICE_ORDER ??= 'PCI_BUS_ID'
  tf32AtLoad = tf32Allowed()
}

function missingForCuda(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return `onnxruntime-node has CUDA only for Linux on x64, not for ${process.platform} on ${process.arch}`
  // /dev/dxg is the GPU of a Windows host in WSL
  if (!['/dev/nvidiactl', '/dev/dxg'].some(existsSync))
    return 'there is no NVIDIA GPU, or its driver is not loaded: moonstep doctor says what is missing'
  return hasCudaLibrary()
    ? undefined
    : `onnxruntime-node lacks ${cudaLibrary}: moonstep doctor says how to get it`
}

function hasCudaLibrary(): boolean {
  try {
    const main = require.resolve('onnxruntime-node')
    return existsSync(join(dirname(main), '../bin/napi-v6', process.platform, process.arch, cudaLibrary))
  } catch {
    // the package itself is missing, which its import reports better
    return true
  }
}

interface Gpu {
  readonly name: string
  readonly computeCapability: number
}

/** A session's facts for a device. TF32 needs compute capability 8. */
export function cudaFacts(deviceId: number): { adapter: string | null; tf32: boolean } {
  gpus ??= visibleGpus(queryGpus(), process.env)
  const gpu = gpus[deviceId]
  const capable = (gpu?.computeCapability ?? 8) >= 8
  return { adapter: gpu?.name ?? null, tf32: capable && tf32Allowed() }
}

let gpus: readonly Gpu[] | undefined

function queryGpus(): string {
  const query = ['--query-gpu=name,compute_cap', '--format=csv,noheader']
  return spawnSync('nvidia-smi', query, { encoding: 'utf8', timeout: 10_000 }).stdout ?? ''
}

/** The GPUs in CUDA's order; `list` has a line 'NAME, 9.0' each. Empty if the environment's choice is unclear. */
export function visibleGpus(list: string, env: NodeJS.ProcessEnv): readonly Gpu[] {
  const all = list.split('\n').flatMap((line): Gpu[] => {
    const match = /^(.+), (\d+\.\d+)$/.exec(line.trim())
    return match ? [{ name: match[1]!, computeCapability: Number(match[2]) }] : []
  })
  const alike = new Set(all.map(({ name }) => name)).size <= 1
  if (!alike && env.CUDA_DEVICE_ORDER !== 'PCI_BUS_ID') return []
  const visible = env.CUDA_VISIBLE_DEVICES?.split(',').map((text) => text.trim())
  if (!visible) return all
  if (visible.every((text) => /^\d+$/.test(text))) return visible.flatMap((text) => all[Number(text)] ?? [])
  // by UUID
  return alike ? all.slice(0, visible.length) : []
}

/** Requests from the parent to the child; Node's IPC transfers typed arrays. */
export type Request =
  | { readonly create: readonly [Uint8Array, ChildProvider, SessionOptions] }
  | { readonly run: Parameters<Session['run']> }

type ChildProvider = 'cuda' | 'cpu' | 'webgpu'

/** A session in its own process, whose environment allows TF32 or not: CUDA's libraries read it when loaded. */
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
  const info = await send({ create: [bytes, provider, options] }).catch((error) => {
    child.kill()
    throw error
  })
  return {
    ...(info as Pick<Session, keyof SessionInfo | 'inputs' | 'outputs'>),
    run: async (...run) => (await send({ run })) as Record<string, Float32Array>,
    async release() {
      if (child.connected) child.disconnect()
      if (child.exitCode === null && child.signalCode === null)
        await new Promise((resolve) => child.once('exit', resolve))
    },
  }
}
