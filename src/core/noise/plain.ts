import { cosineAndSine, radius } from './box-muller.ts'
import { type Draw, unitInterval } from './draw.ts'
import { philox } from './philox.ts'

/** Standard normals [count, dim] into `result`: for engines without WASM, and what the WASM module is checked against. */
export function plainNormals(result: Float32Array, { key, stream, step, start, count, dim }: Draw): void {
  const words = new Uint32Array(4)
  const pair = new Float64Array(2)
  for (let i = 0; i < count; i++) {
    const row = i * dim
    for (let d = 0; d < dim; d += 2) {
      if (d % 4 === 0) philox(words, start + i, step, d >>> 2, stream, key[0], key[1])
      const r = radius(words[d % 4]!)
      cosineAndSine(pair, words[(d % 4) + 1]!)
      result[row + d] = r * pair[0]!
      if (d + 1 < dim) result[row + d + 1] = r * pair[1]!
    }
  }
}

/** Uniform numbers [count, dim] into `result`: coordinate d is word d mod 4 of the counter's floor(d / 4). */
export function plainUniforms(result: Float64Array, { key, stream, step, start, count, dim }: Draw): void {
  const words = new Uint32Array(4)
  for (let i = 0; i < count; i++)
    for (let d = 0; d < dim; d++) {
      if (d % 4 === 0) philox(words, start + i, step, d >>> 2, stream, key[0], key[1])
      result[i * dim + d] = unitInterval(words[d % 4]!)
    }
}
