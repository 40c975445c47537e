import { allocate, type FloatArray, linearCombination, type Points, type Term } from '../points.ts'
import { createKernels, createMemory, floatsAt, type Kernels, Layout } from './memory.ts'

/** Numbers per block; with one block per term, they fit the first-level cache. */
const blockSize = 1024

/** More terms than any sampler has. */
const maxTerms = 8

/** Below this many numbers, calling the kernel takes longer. */
const minNumbers = 256

interface Combiner {
  readonly kernels: Kernels
  readonly coefficients: Float64Array
  readonly terms: readonly Float32Array[]
  readonly result: Float32Array
}

let loaded: Combiner | null | undefined

/** Returns null if the engine lacks WASM with SIMD, or if a page's Content-Security-Policy forbids it. */
function combiner(): Combiner | null {
  if (loaded === undefined)
    try {
      const layout = new Layout()
      const coefficients = layout.take(2 * maxTerms)
      const terms = Array.from({ length: maxTerms }, () => layout.take(blockSize))
      const result = layout.take(blockSize)
      const kernels = createKernels(createMemory(layout.bytes))
      const { memory } = kernels
      loaded = {
        kernels,
        coefficients: new Float64Array(memory.buffer, coefficients, maxTerms),
        terms: terms.map((at) => floatsAt(memory, at, blockSize)),
        result: floatsAt(memory, result, blockSize),
      }
    } catch {
      loaded = null
    }
  return loaded
}

/** `linearCombination` with the same bits; uses a kernel if available, which takes a sixth of the time. */
export function combine<A extends FloatArray>(terms: readonly [Term<A>, ...Term<A>[]]): Points<A> {
  const { data: first, count, dim } = terms[0].points
  const { length } = first
  const isWorth = first instanceof Float32Array && length >= minNumbers && terms.length <= maxTerms
  const wasm = isWorth ? combiner() : null
  if (!wasm) return linearCombination(terms)
  const data = allocate(first, length)
  const { kernels, coefficients, terms: places, result } = wasm
  for (const [k, { coefficient }] of terms.entries()) coefficients[k] = coefficient
  const stride = places[1]!.byteOffset - places[0]!.byteOffset
  for (let start = 0; start < length; start += blockSize) {
    const size = Math.min(blockSize, length - start)
    for (const [k, { points }] of terms.entries()) places[k]!.set(points.data.subarray(start, start + size))
    kernels.combine(
      size,
      terms.length,
      coefficients.byteOffset,
      places[0]!.byteOffset,
      stride,
      result.byteOffset,
    )
    data.set(size === blockSize ? result : result.subarray(0, size), start)
  }
  return { data, count, dim }
}
