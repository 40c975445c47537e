/** A network's values, computed in float64 as the reference, and in float32 by our own WASM kernels. */
import type { NoisePredictor } from '../../diffusion/process.ts'
import { cosine, cosineAndSineOfTurns, exp, log, power, sine } from '../../numerics/elementary.ts'
import { allocate, type Condition, type FloatArray, type Points } from '../../numerics/points.ts'
import { headOf } from '../heads/index.ts'
import { inputsOf } from '../inputs.ts'
import {
  checkWeights,
  headBlocks,
  type LinearLayer,
  linearLayers,
  maxLogit,
  type Network,
  type NetworkTraits,
  negativeSlope,
  postTraits,
  timeEncoder,
} from '../network.ts'
import { type NamedWeights, weightOf } from '../weights.ts'

/** The longest wavelength of the sinusoids over 2 pi: Vaswani et al., "Attention is all you need" (2017), section 3.5. */
const maxPeriod = 10_000

/** Lowest and highest frequency of the sinusoids of ln(sigma) / 4, in turns. */
const [minFrequency, maxFrequency] = [0.05, 1.5]

/**
 * Inputs of the time encoder's first layer for each t: [T, size], row t - 1. One-hot rows; sines, then cosines of t
 * 10000^(-2k / width), k = 0..width / 2 - 1; or those of 2 pi f_k ln(sigma_t) / 4, with f_k in equal ratios.
 */
export function timeFeatures(network: Network): { size: number; rows: Float64Array[] } {
  const { T, time, alphaBars } = network
  const size = time.kind === 'one_hot_linear' ? T : time.width
  if (time.kind === 'log_sigma')
    return { size, rows: alphaBars.slice(1).map((alphaBar) => noiseFeatures(alphaBar, size / 2)) }
  const rows = Array.from({ length: T }, (_, i) => {
    const row = new Float64Array(size)
    if (time.kind === 'one_hot_linear') row[i] = 1
    else
      for (let k = 0; k < size / 2; k++) {
        const angle = (i + 1) * power(maxPeriod, (-2 * k) / size)
        row[k] = sine(angle)
        row[size / 2 + k] = cosine(angle)
      }
    return row
  })
  return { size, rows }
}

function noiseFeatures(alphaBar: number, count: number): Float64Array {
  const row = new Float64Array(2 * count)
  const pair = new Float64Array(2)
  // ln(sigma) / 4
  const level = log((1 - alphaBar) / alphaBar) / 8
  const ratio = log(maxFrequency / minFrequency) / Math.max(1, count - 1)
  for (let k = 0; k < count; k++) {
    cosineAndSineOfTurns(pair, level * minFrequency * exp(k * ratio))
    row[k] = pair[1]!
    row[count + k] = pair[0]!
  }
  return row
}

/**
 * Linear layers in float64: the forward pass that everything else is compared with. The activation is LeakyReLU or SiLU,
 * z / (1 + e^-z).
 */
export function forwardPass(
  layers: readonly LinearLayer[],
  weights: NamedWeights,
  { activation, residual }: Pick<NetworkTraits, 'activation' | 'residual'>,
) {
  const activate =
    activation === 'silu' ? (z: number) => z / (1 + exp(-z)) : (z: number) => (z < 0 ? negativeSlope * z : z)
  const loaded = layers.map(({ name }) => ({
    weight: weightOf(weights, `${name}.weight`).data,
    bias: weightOf(weights, `${name}.bias`).data,
  }))
  return (input: Float64Array): Float64Array =>
    loaded.reduce((h, { weight, bias }, i) => {
      const z = affine(weight, bias, h)
      if (i === loaded.length - 1) return z
      return z.map((sum, o) => activate(sum) + (residual && i > 0 ? h[o]! : 0))
    }, input)
}

/** W h + b, three sums at a time: a processor adds to one while it waits for the others. Each sum keeps its order. */
function affine(weight: FloatArray, bias: FloatArray, h: Float64Array): Float64Array {
  const [inputs, outputs] = [h.length, bias.length]
  const z = new Float64Array(outputs)
  for (let o = 0; o < outputs; o += 3) {
    // the last one again where fewer are left
    const p = Math.min(o + 1, outputs - 1)
    const q = Math.min(o + 2, outputs - 1)
    let [a, b, c] = [bias[o]!, bias[p]!, bias[q]!]
    for (let k = 0; k < inputs; k++) {
      a += weight[o * inputs + k]! * h[k]!
      b += weight[p * inputs + k]! * h[k]!
      c += weight[q * inputs + k]! * h[k]!
    }
    z[o] = a
    z[p] = b
    z[q] = c
  }
  return z
}

/** The embedding of each timestep in float64, row t - 1, which is concatenated to x_t. */
export function timeEmbeddings(network: Network, weights: NamedWeights): Float64Array[] {
  return timeFeatures(network).rows.map(forwardPass(timeEncoder(network), weights, postTraits))
}

/**
 * The network in float64 and plain TypeScript, which every backend is compared with. Throws if the weights don't fit
 * the network.
 */
export function referencePredictor(network: Network, weights: NamedWeights): NoisePredictor<Float64Array> {
  checkWeights(network, weights)
  const embeddings = timeEmbeddings(network, weights)
  const forward = forwardPass(linearLayers(network), weights, network)
  return rowPredictor(network, (row, t) => forward(Float64Array.of(...row, ...embeddings[t - 1]!)))
}

/**
 * A predictor that computes one row at a time, from the first layer's inputs (without the embedding of t) to the last
 * layer's outputs.
 */
export function rowPredictor(
  network: Network,
  predictRow: (row: Float64Array, t: number) => ArrayLike<number>,
): NoisePredictor<Float64Array> {
  const { dim } = network
  return {
    async predict(
      x_t: Points<Float64Array>,
      t,
      condition?: Condition<Float64Array>,
    ): Promise<Points<Float64Array>> {
      const { count } = x_t
      const inputs = inputsOf(network, x_t, condition)
      const output = { data: new Float64Array(count * dim), count, dim }
      for (let i = 0; i < count; i++) {
        const row = inputs.data.subarray(i * inputs.dim, (i + 1) * inputs.dim)
        output.data.set(predictRow(row, typeof t === 'number' ? t : t[i]!), i * dim)
      }
      return resultOf(network, x_t, t, output, condition)
    },
  }
}

/**
 * The network's result from the last layer's outputs: the outputs themselves, or the estimate of x_0, in which known
 * blocks have their known values. `write` turns the outputs of a category into 2 p - 1.
 */
export function resultOf<A extends FloatArray>(
  network: Network,
  x_t: Points<A>,
  t: number | ArrayLike<number>,
  output: Points<A>,
  condition: Condition<A> | undefined,
  write = writeSoftmax,
): Points<A> {
  const { toSample, limit = Number.POSITIVE_INFINITY } = headOf(network)
  if (!toSample) return output
  const { alphaBars } = network
  const blocks = headBlocks(network)
  const { count, dim } = x_t
  const data = allocate(x_t.data, count * dim)
  for (let i = 0; i < count; i++) {
    const share = toSample(alphaBars[typeof t === 'number' ? t : t[i]!]!)
    for (let b = 0; b < blocks.length; b++) {
      const { size, start } = blocks[b]!
      const at = i * dim + start
      if (condition?.known.data[i * blocks.length + b] === 1)
        for (let k = at; k < at + size; k++) data[k] = condition.values.data[k]!
      else if (size === 1) {
        const clean = share.x_t * x_t.data[at]! + share.output * output.data[at]!
        data[at] = clamp(clean, limit)
      } else write(data, output.data, at, size)
    }
  }
  return { data, count, dim }
}

const clamp = (x: number, limit: number) => Math.min(Math.max(x, -limit), limit)

function writeSoftmax(result: FloatArray, output: FloatArray, at: number, size: number): void {
  const power = (k: number) => exp(clamp(output[k]!, maxLogit))
  let sum = 0
  for (let k = at; k < at + size; k++) sum += power(k)
  for (let k = at; k < at + size; k++) result[k] = (2 * power(k)) / sum - 1
}
