import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import type { Provider } from '../provider.ts'
import { isSoftware } from '../session.ts'
import { createNativeSession } from './onnxruntime-node.ts'
import { encodeForRuntime } from './runtime.ts'

/** onnxruntime-node on a GPU, through WebGPU. */
export const webgpu = {
  name: 'webgpu',
  isBenched: true,
  encode: encodeForRuntime,
  async createSession(bytes, { threads = 1, isForeign }) {
    const session = await createNativeSession(bytes, { provider: 'webgpu', threads, isForeign })
    return { ...session, adapter: await vulkanAdapter(bytes) }
  },
  async softwareGpu(bytes) {
    const adapter = await vulkanAdapter(bytes)
    return isSoftware(adapter) ? adapter : null
  },
} as const satisfies Provider

const require = createRequire(import.meta.url)

const program = `
const { InferenceSession, env } = require(process.argv[1])
env.logLevel = 'fatal'
const bytes = require('node:fs').readFileSync(0)
InferenceSession.create(bytes, { executionProviders: ['webgpu'] }).catch(() => {})
`

let adapter: Promise<string | null> | undefined

/**
 * The GPU of onnxruntime-node's WebGPU provider, Vulkan's on Linux, or null if unknown. The package doesn't report it,
 * but Vulkan's loader logs it, so a child process with the same environment, which uses the same GPU, is run with that
 * log. `bytes` is any model. Runs once for each process.
 */
function vulkanAdapter(bytes: Uint8Array): Promise<string | null> {
  adapter ??= process.platform === 'linux' ? adapterFromLoader(bytes) : Promise.resolve(null)
  return adapter
}

function adapterFromLoader(bytes: Uint8Array): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['-e', program, require.resolve('onnxruntime-node')], {
      env: { ...process.env, VK_LOADER_DEBUG: 'driver', NODE_OPTIONS: '' },
      stdio: ['pipe', 'ignore', 'pipe'],
      timeout: 30_000,
    })
    let log = ''
    child.stderr.setEncoding('utf8').on('data', (text) => {
      log += text
    })
    child.on('error', () => resolve(null))
    child.on('close', () => resolve(adapterIn(log)))
    // it may exit before reading everything
    child.stdin.on('error', () => {}).end(bytes)
  })
}

/** The last GPU in the loader's log. */
export function adapterIn(log: string): string | null {
  return [...log.matchAll(/Using "(.+)" with driver:/g)].at(-1)?.[1] ?? null
}
