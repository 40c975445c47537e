import { forwardPass, timeEmbeddings } from '../../src/model/compute/reference.ts'
import { headBlocks, linearLayers, type Network } from '../../src/model/network.ts'
import { type Batch, resultWeights } from '../../src/train/engine.ts'

/**
 * The loss of the float64 network on a batch: of each number half its factor times the squared error, of each category
 * its factor times the cross-entropy.
 */
export function float64Loss(network: Network, parameters: Float64Array, batch: Batch): number {
  const state = { parameters: parameters as unknown as Float32Array, average: undefined }
  const weights = resultWeights(state, network)
  const embeddings = timeEmbeddings(network, weights)
  const forward = forwardPass(linearLayers(network), weights, network)
  const { x_t, t, target, factors } = batch
  let sum = 0
  for (let i = 0; i < x_t.count; i++) {
    const inputs = x_t.data.subarray(i * x_t.dim, (i + 1) * x_t.dim)
    const output = forward(Float64Array.of(...inputs, ...embeddings[t[i]! - 1]!))
    for (const { size, start } of headBlocks(network)) {
      let powers = 0
      for (let d = start; d < start + size; d++) powers += Math.exp(output[d]!)
      for (let d = start; d < start + size; d++) {
        const k = i * network.dim + d
        const [factor, expected] = [factors[k]!, target.data[k]!]
        if (size === 1) sum += (factor * (output[d]! - expected) ** 2) / 2
        else sum -= factor * expected * (output[d]! - Math.log(powers))
      }
    }
  }
  return sum
}

/** Its gradient by central differences. */
export function float64Gradient(network: Network, parameters: Float64Array, batch: Batch): number[] {
  const h = 1e-6
  return Array.from(parameters, (_, k) => {
    const [up, down] = [parameters.slice(), parameters.slice()]
    up[k]! += h
    down[k]! -= h
    return (float64Loss(network, up, batch) - float64Loss(network, down, batch)) / (2 * h)
  })
}

export interface Float64Options {
  readonly network: Network
  readonly parameters: ArrayLike<number>
  readonly batches: readonly Batch[]
  readonly learningRate: number
  readonly weightDecay: number
  readonly ema: number
}

/** Training steps as the papers have them, in float64: AdamW (Loshchilov and Hutter, algorithm 2), then the average. */
export function float64Steps({ network, batches, learningRate, weightDecay, ema, ...start }: Float64Options) {
  const p = Float64Array.from(start.parameters)
  const [m, v, average] = [new Float64Array(p.length), new Float64Array(p.length), p.slice()]
  const losses: number[] = []
  for (const [i, batch] of batches.entries()) {
    losses.push(float64Loss(network, p, batch))
    const gradient = float64Gradient(network, p, batch)
    const decay = Math.min(ema, (2 + i) / (11 + i))
    for (const [k, g] of gradient.entries()) {
      m[k] = 0.9 * m[k]! + 0.1 * g
      v[k] = 0.999 * v[k]! + 0.001 * g * g
      const [mHat, vHat] = [m[k]! / (1 - 0.9 ** (i + 1)), v[k]! / (1 - 0.999 ** (i + 1))]
      p[k] = p[k]! - learningRate * weightDecay * p[k]! - (learningRate * mHat) / (Math.sqrt(vHat) + 1e-8)
      average[k] = decay * average[k]! + (1 - decay) * p[k]!
    }
  }
  return { losses, parameters: p, firstMoment: m, secondMoment: v, average }
}
