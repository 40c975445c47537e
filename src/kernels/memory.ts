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

/** The functions of the module, on one memory: `assembly/` says what each does. */
export interface Kernels {
  readonly memory: WebAssembly.Memory
  readonly combine: (
    count: number,
    terms: number,
    coefficients: number,
    data: number,
    stride: number,
    result: number,
  ) => void
  readonly update: (
    count: number,
    parameters: number,
    firstMoment: number,
    secondMoment: number,
    average: number,
    gradients: number,
    stride: number,
    shares: number,
    beta1: number,
    beta2: number,
    fresh1: number,
    fresh2: number,
    rate: number,
    epsilon: number,
    decay: number,
    share: number,
  ) => void
}

/** Kernels on a new memory of so many bytes, all 0, which threads may share. */
export function createKernels(bytes: number): Kernels {
  const pages = Math.ceil(bytes / pageBytes)
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  const module = new WebAssembly.Module(Uint8Array.from(atob(moduleBase64), (char) => char.charCodeAt(0)))
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  return { ...(exports as unknown as Omit<Kernels, 'memory'>), memory }
}

/** `numbers` float32 numbers of a memory from an address on. */
export function floatsAt(memory: WebAssembly.Memory, address: number, numbers: number): Float32Array {
  return new Float32Array(memory.buffer, address, numbers)
}
