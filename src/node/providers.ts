import { wasmBrowser, webgpuBrowser } from '../chromium/providers.ts'
import { InputError } from '../core/errors.ts'
import type { Provider, ProviderDefinition } from '../infer/provider.ts'
import { cpu } from '../infer/providers/cpu.ts'
import { cuda } from '../infer/providers/cuda.ts'
import { reference } from '../infer/providers/reference.ts'
import { simd } from '../infer/providers/simd.ts'
import { wasm } from '../infer/providers/wasm.ts'
import { webgpu } from '../infer/providers/webgpu.ts'
import { tensorflow } from './tensorflow.ts'

/** What runs models in Node: a file and a line here for each (docs/providers.md). The first is the default. */
const builtIn = [cpu, cuda, webgpu, wasm, simd, webgpuBrowser, wasmBrowser, tensorflow, reference] as const

/** Moonstep's own providers in Node. */
export type NodeProvider = (typeof builtIn)[number]['name']

/** A provider in Node: Moonstep's own, or one that was registered. */
export type ProviderName = NodeProvider | (string & {})

const registered: [Provider, ...Provider[]] = [...builtIn]

/** Every provider that Node has now. */
export const nodeProviders: readonly [Provider, ...Provider[]] = registered

/**
 * Adds a provider of your own, which `loadModel` and `compare` then know by its name.
 * Throws an InputError where the name is taken.
 *
 * @example
 * registerProvider({ name: 'mine', createSession: async (bytes, { threads }) => new MySession(bytes, threads) })
 * const model = await loadModel('model.onnx', { provider: 'mine' })
 */
export function registerProvider(definition: ProviderDefinition): void {
  const { name } = definition
  if (name === 'auto' || registered.some((each) => each.name === name))
    throw new InputError(`there is a provider ${name} already: give yours another name`, 'conflict', {
      option: 'name',
      value: name,
    })
  registered.push(definition)
}
