import { wasmNormals } from '../../../src/numerics/noise/wasm.ts'
import { keyOf, standardNormals } from '../../../src/numerics/random.ts'

/** What the page and its worker draw, and whether WASM did. */
export interface Drawn {
  readonly hasWasm: boolean
  readonly bits: number[]
}

export const request = { seed: 2 ** 53 - 1, stream: 0, step: 3, start: 7, count: 3001, dim: 3 } as const

export function draw(): Drawn {
  const normals = standardNormals(request)
  const hasWasm = wasmNormals(new Float32Array(normals.length), { ...request, key: keyOf(request.seed) })
  return { hasWasm, bits: [...new Uint32Array(normals.buffer)] }
}
