import { referencePredictor } from '../../src/model/compute/reference.ts'
import { type Network, weightShapes } from '../../src/model/network.ts'
import { type Batch, unflatten } from '../../src/train/engine.ts'

/** The loss of the float64 network on a batch: the sum of half its factors times the squared errors. */
export async function float64Loss(network: Network, parameters: Float64Array, batch: Batch): Promise<number> {
  const weights = unflatten(parameters as unknown as Float32Array, weightShapes(network))
  const x_t = { ...batch.x_t, data: Float64Array.from(batch.x_t.data) }
  const output = await referencePredictor(network, weights).predict(x_t, batch.t)
  let sum = 0
  for (const [k, value] of output.data.entries())
    sum += (batch.factors[k]! * (value - batch.target.data[k]!) ** 2) / 2
  return sum
}

/** Its gradient by central differences. */
export async function float64Gradient(
  network: Network,
  parameters: Float64Array,
  batch: Batch,
): Promise<number[]> {
  const h = 1e-6
  const gradient: number[] = []
  for (const k of parameters.keys()) {
    const [up, down] = [parameters.slice(), parameters.slice()]
    up[k]! += h
    down[k]! -= h
    const difference = (await float64Loss(network, up, batch)) - (await float64Loss(network, down, batch))
    gradient.push(difference / (2 * h))
  }
  return gradient
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
export async function float64Steps({
  network,
  batches,
  learningRate,
  weightDecay,
  ema,
  ...start
}: Float64Options) {
  const p = Float64Array.from(start.parameters)
  const [m, v, average] = [new Float64Array(p.length), new Float64Array(p.length), p.slice()]
  const losses: number[] = []
  for (const [i, batch] of batches.entries()) {
    losses.push(await float64Loss(network, p, batch))
    const gradient = await float64Gradient(network, p, batch)
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
