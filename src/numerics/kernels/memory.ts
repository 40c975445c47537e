import { moduleBase64, sharedFlagAt } from './module.ts'

/** Page size of WebAssembly's memory. */
const pageBytes = 2 ** 16

/** Cache line size. Allocations start on a line, so that they share none. */
const lineBytes = 64

/** Plans the addresses of a memory before it is created; in bytes, never 0. */
export class Layout {
  #end = lineBytes

  get bytes(): number {
    return this.#end
  }

  /** Allocates float32 numbers, plus room for vectors that reach beyond them. */
  take(numbers: number): number {
    const at = this.#end
    this.#end += lineBytes * Math.ceil((4 * numbers) / lineBytes)
    return at
  }
}

/** A function of the module; takes addresses in bytes, counts and numbers. */
export type Kernel = (...of: number[]) => number

/** The module's functions on one memory; see `assembly/` for each. */
export interface Kernels
  extends Readonly<
    Record<
      | 'add'
      | 'combine'
      | 'distances'
      | 'gatherRows'
      | 'multiply'
      | 'product'
      | 'scatterRows'
      | 'silu'
      | 'softmax'
      | 'spreadRows'
      | 'sumRows'
      | 'blockError'
      | 'transpose'
      | 'update',
      Kernel
    >
  > {
  readonly memory: WebAssembly.Memory
}

/** The compiled module, with shared memory and without. */
const compiled = new Map<boolean, WebAssembly.Module>()

function bytesOf(isShared: boolean): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(moduleBase64), (char) => char.charCodeAt(0))
  if (!isShared) bytes[sharedFlagAt] = 1
  return bytes
}

function moduleOf(isShared: boolean): WebAssembly.Module {
  const wasmModule = compiled.get(isShared) ?? new WebAssembly.Module(bytesOf(isShared))
  compiled.set(isShared, wasmModule)
  return wasmModule
}

/** Compiles the module asynchronously, which older browsers require of a page's own thread. Throws as `createKernels`. */
export async function prepareKernels(): Promise<void> {
  const isShared = canShareMemory()
  if (!compiled.has(isShared)) compiled.set(isShared, await WebAssembly.compile(bytesOf(isShared)))
}

/** Whether threads can share memory; a page needs COOP and COEP headers. */
export function canShareMemory(): boolean {
  return typeof SharedArrayBuffer === 'function'
}

/** Creates a zeroed memory, shared if allowed. */
export function createMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / pageBytes)
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: canShareMemory() })
}

/** Creates the kernels on a memory. Throws if the engine lacks WASM with SIMD, or if a page's policy forbids it. */
export function createKernels(memory: WebAssembly.Memory): Kernels {
  const module = moduleOf(!(memory.buffer instanceof ArrayBuffer))
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  return { ...(exports as unknown as Omit<Kernels, 'memory'>), memory }
}

/** Returns a view of `numbers` float32 numbers at an address. */
export function floatsAt(memory: WebAssembly.Memory, address: number, numbers: number): Float32Array {
  return new Float32Array(memory.buffer, address, numbers)
}
