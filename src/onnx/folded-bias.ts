import { digestOf } from '../core/digest.ts'
import { elementCount, type WeightTensor } from '../model/weights.ts'
import { constantOf, type Graph } from './graph.ts'
import { requireSameGraph } from './same-graph.ts'

/**
 * The last layer's bias of a sampler.onnx, of which another tool left only what it comes to: its products with the
 * steps' shares, rounded to float32. `expected` is the graph with 1 in its place, so that the shares stand where the
 * products do in `found`. Returns the numbers that give those very products and have the digest, if there are such.
 */
export function recoverBias(
  found: Graph,
  expected: Graph,
  { name, shape, digest }: { name: string; shape: readonly number[]; digest: string },
  maxNumbers: number,
): WeightTensor | undefined {
  const products: Product[][] = Array.from({ length: elementCount(shape) }, () => [])
  requireSameGraph(found, expected, maxNumbers, {
    name,
    onProduct(actual, shares) {
      for (const [k, share] of shares.entries())
        if (share !== 0) products[k % products.length]?.push({ share, product: actual[k]! })
    },
  })
  const candidates = products.map(factorsOf)
  const count = candidates.reduce((product, { length }) => product * length, 1)
  for (let k = 0; k < Math.min(count, maxCombinations); k++) {
    let rest = k
    const data = Float32Array.from(candidates, (own) => {
      const choice = own[rest % own.length]!
      rest = Math.floor(rest / own.length)
      return choice
    })
    if (digestOf(constantOf(shape, data, 'float32').bytes) === digest) return { shape, data }
  }
  return undefined
}

interface Product {
  readonly share: number
  readonly product: number
}

/** Several numbers may have the same products; with more than one step few do. */
const maxCombinations = 4096

/** The float32 numbers with those products: the quotient, or a neighbour of it. */
function factorsOf(products: readonly Product[]): number[] {
  const largest = products.reduce((a, b) => (Math.abs(b.share) > Math.abs(a.share) ? b : a), {
    share: 0,
    product: 0,
  })
  const bits = new Int32Array(Float32Array.of(largest.product / largest.share).buffer)[0]!
  const near = [0, 1, -1, 2, -2].map((step) => new Float32Array(Int32Array.of(bits + step).buffer)[0]!)
  return near.filter((x) => products.every(({ share, product }) => Math.fround(x * share) === product))
}
