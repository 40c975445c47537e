import { moduleBase64 } from './module.ts'
import { type Draw, fourthWord, indexOf } from './plain.ts'

interface Kernels {
  readonly memory: WebAssembly.Memory
  readonly normals: (...of: KernelArguments) => void
  readonly uniforms: (...of: KernelArguments) => void
}

/** count, dim, step, key0, key1 */
type KernelArguments = [number, number, number, number, number]

/** Where the kernels read the samples' words, at most so many, and where they write, in bytes: `assembly/index.ts`. */
const samplesOffset = 64
const mostSamples = 1024
const resultOffset = samplesOffset + 8 * mostSamples

/** Of WebAssembly's memory. */
const pageBytes = 2 ** 16

/** Fewer samples than that are drawn sooner than the module is called. */
const leastCount = 8

let loaded: Kernels | null | undefined

/** The module's kernels; null where the engine has no WASM or no SIMD, or a page's Content-Security-Policy forbids it. */
function kernels(): Kernels | null {
  if (loaded === undefined)
    try {
      const bytes = Uint8Array.from(atob(moduleBase64), (char) => char.charCodeAt(0))
      loaded = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as Kernels
    } catch {
      loaded = null
    }
  return loaded
}

/** `plainNormals`, bit for bit; false, and nothing written, where there is no WASM or it gains nothing. */
export function wasmNormals(result: Float32Array, draw: Draw): boolean {
  return inBlocks('normals', Float32Array, result, draw)
}

/** `plainUniforms`, bit for bit; false, and nothing written, where there is no WASM or it gains nothing. */
export function wasmUniforms(result: Float64Array, draw: Draw): boolean {
  return inBlocks('uniforms', Float64Array, result, draw)
}

/**
 * As many samples at a time as the module's memory holds, in fours: the kernels draw four at once. It grows where
 * rows are longer than a page.
 */
function inBlocks<A extends Float32Array | Float64Array>(
  kernel: 'normals' | 'uniforms',
  Type: { new (buffer: ArrayBuffer, offset: number): A; readonly BYTES_PER_ELEMENT: number },
  result: A,
  draw: Draw,
): boolean {
  const { key, step, count, dim } = draw
  const module = count < leastCount ? null : kernels()
  if (!module) return false
  const four = 4 * dim * Type.BYTES_PER_ELEMENT
  const room = () => module.memory.buffer.byteLength - resultOffset
  if (room() < four) module.memory.grow(Math.ceil((four - room()) / pageBytes))
  const block = Math.min(mostSamples, 4 * Math.floor(room() / four))
  const samples = new Uint32Array(module.memory.buffer, samplesOffset, 2 * mostSamples)
  const drawn = new Type(module.memory.buffer, resultOffset)
  for (let i = 0; i < count; i += block) {
    const rows = Math.min(block, count - i)
    writeSamples(samples, draw, i, rows)
    module[kernel](rows, dim, step, ...key)
    result.set(drawn.subarray(0, rows * dim), i * dim)
  }
  return true
}

/** The first words of four samples' counters, then their fourth words, and so on. */
function writeSamples(samples: Uint32Array, draw: Draw, first: number, rows: number): void {
  for (let i = 0; i < rows; i++) {
    const index = indexOf(draw, first + i)
    const at = 2 * (i & ~3) + (i & 3)
    samples[at] = index
    samples[at + 4] = fourthWord(draw.stream, index)
  }
}
