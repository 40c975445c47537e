import { moduleBase64, sharedFlagAt } from './module.ts'

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
      | 'distances'
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

/** The module, whose memory is shared, and the same without. */
const compiled = new Map<boolean, WebAssembly.Module>()

function bytesOf(isShared: boolean): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(moduleBase64), (char) => char.charCodeAt(0))
  if (!isShared) bytes[sharedFlagAt] = 1
  return bytes
}

function moduleOf(isShared: boolean): WebAssembly.Module {
  const found = compiled.get(isShared) ?? new WebAssembly.Module(bytesOf(isShared))
  compiled.set(isShared, found)
  return found
}

/** Compiles the module ahead: older browsers compile one of its size on a page's own thread only so. Throws as `createKernels`. */
export async function prepareKernels(): Promise<void> {
  const isShared = canShareMemory()
  if (!compiled.has(isShared)) compiled.set(isShared, await WebAssembly.compile(bytesOf(isShared)))
}

/** Whether threads may share memory here: a page needs COOP and COEP headers for it. */
export function canShareMemory(): boolean {
  return typeof SharedArrayBuffer === 'function'
}

/** A new memory of so many bytes, all 0, which threads may share where that is allowed. */
export function createMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / pageBytes)
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: canShareMemory() })
}

/** Kernels on a memory. Throws where the engine has no WASM with SIMD, or a page's policy forbids it. */
export function createKernels(memory: WebAssembly.Memory): Kernels {
  const module = moduleOf(!(memory.buffer instanceof ArrayBuffer))
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  return { ...(exports as unknown as Omit<Kernels, 'memory'>), memory }
}

/** `numbers` float32 numbers of a memory from an address on. */
export function floatsAt(memory: WebAssembly.Memory, address: number, numbers: number): Float32Array {
  return new Float32Array(memory.buffer, address, numbers)
}
