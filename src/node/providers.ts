import { InputError } from '../core/errors.ts'
import type { Provider, ProviderDefinition } from '../infer/provider.ts'
import { wasmBrowser, webgpuBrowser } from '../infer/providers/chromium/providers.ts'
import { cpu } from '../infer/providers/cpu.ts'
import { cuda } from '../infer/providers/cuda.ts'
import { predictorSession } from '../infer/providers/predictor-session.ts'
import { reference } from '../infer/providers/reference.ts'
import { simd } from '../infer/providers/simd.ts'
import { wasm } from '../infer/providers/wasm.ts'
import { webgpu } from '../infer/providers/webgpu.ts'
import { readModel } from '../onnx/read.ts'

/** TensorFlow's C library, computing in float32. tfjs-node is loaded with the first session. */
export const tensorflow = {
  name: 'tensorflow',
  runsNodes: false,
  async createSession(bytes, options) {
    const file = readModel(bytes)
    const { tensorflowPredictor } = await import('../train/engines/tfjs/predictor.ts')
    const { predictor, threads, runtime, dispose } = await tensorflowPredictor(file.network, options.threads)
    const info = { provider: 'tensorflow', runtime, threads }
    return predictorSession(file, { predictor, precision: Float32Array, info, release: dispose })
  },
} as const satisfies Provider

/** The providers in Node; each is a file and a line here (docs/providers.md). The first is the default. */
const builtIn = [cpu, cuda, webgpu, wasm, simd, webgpuBrowser, wasmBrowser, tensorflow, reference] as const

/** Moonstep's built-in providers in Node. */
export type NodeProvider = (typeof builtIn)[number]['name']

/** A provider in Node: a built-in or a registered one. */
export type ProviderName = NodeProvider | (string & {})

const registered: [Provider, ...Provider[]] = [...builtIn]

/** All providers currently available in Node. */
export const nodeProviders: readonly [Provider, ...Provider[]] = registered

/**
 * Adds a provider of your own, which `loadModel` and `compare` then accept by name.
 *
 * @param definition - The provider: its name and how to create a session.
 * @throws InputError if the name is taken.
 * @example
 * registerProvider({ name: 'mine', createSession: async (bytes, { threads }) => new MySession(bytes, threads) })
 * const model = await loadModel('model.onnx', { provider: 'mine' })
 */
export function registerProvider(definition: ProviderDefinition): void {
  const { name } = definition
  if (name === 'auto' || registered.some((each) => each.name === name))
    throw new InputError(`provider ${name} already exists: give yours another name`, 'conflict', {
      option: 'name',
      value: name,
    })
  registered.push(definition)
}
