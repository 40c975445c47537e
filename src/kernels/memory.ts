import { moduleBase64 } from './module.ts'

/** Of WebAssembly's memory. */
const pageBytes = 2 ** 16

/** A first cache's line: what begins on one shares none with what lies before it. */
const lineBytes = 64

/** Where things lie in a memory that is not made yet: addresses in bytes, none of them 0. */
export class Layout {
  #end = lineBytes

  get bytes(): number {
    return this.#end
  }

  /** Room for so many float32 numbers and for what a vector reaches beyond them. */
  take(numbers: number): number {
    const at = this.#end
    this.#end += lineBytes * Math.ceil((4 * numbers) / lineBytes)
    return at
  }
}

/** A function of the module: addresses in bytes, counts and numbers. */
export type Kernel = (...of: number[]) => number

/** The functions of the module, on one memory: `assembly/` says what each does. */
export interface Kernels
  extends Readonly<
    Record<
      | 'add'
      | 'combine'
      | 'gatherRows'
      | 'multiply'
      | 'product'
      | 'scatterRows'
      | 'silu'
      | 'softmax'
      | 'spreadRows'
      | 'squaredError'
      | 'sumRows'
      | 'tableError'
      | 'transpose'
      | 'update',
      Kernel
    >
  > {
  readonly memory: WebAssembly.Memory
}

let compiled: WebAssembly.Module | undefined

/** A new memory of so many bytes, all 0, which threads may share. */
export function createMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / pageBytes)
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
}

/** Kernels on a memory. Throws where the engine has no WASM with SIMD and shared memory, or a page's policy forbids it. */
export function createKernels(memory: WebAssembly.Memory): Kernels {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(moduleBase64), (char) => char.charCodeAt(0)))
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } })
  return { ...(exports as unknown as Omit<Kernels, 'memory'>), memory }
}

/** `numbers` float32 numbers of a memory from an address on. */
export function floatsAt(memory: WebAssembly.Memory, address: number, numbers: number): Float32Array {
  return new Float32Array(memory.buffer, address, numbers)
}
