import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { timeFeatures } from '../../../model/compute/reference.ts'
import {
  headBlocks,
  linearLayers,
  maxLogit,
  type Network,
  type NetworkTraits,
  negativeSlope,
  postTraits,
  stateWidth,
  timeEncoder,
} from '../../../model/network.ts'
import type { Tf } from './backend.ts'

type ChainTraits = Pick<NetworkTraits, 'activation' | 'residual'>

/** The results of a chain's forward pass that its backward pass needs. */
interface Chain {
  readonly inputs: Tensor2D[]
  /** The slopes of each layer but the last. */
  readonly slopes: (() => Tensor2D)[]
  readonly output: Tensor2D
}

function activate(tf: Tf, z: Tensor2D, { activation }: ChainTraits) {
  if (activation === 'leaky_relu')
    return {
      value: tf.leakyRelu(z, negativeSlope),
      // at 0 the negative side's, as in PyTorch; `where` takes five times as long
      slope: () => tf.clipByValue(tf.mul(z, 1e30), negativeSlope, 1) as Tensor2D,
    }
  const sigmoid = tf.sigmoid(z)
  const value = tf.mul<Tensor2D>(z, sigmoid)
  return { value, slope: () => tf.add<Tensor2D>(sigmoid, tf.mul(value, tf.sub(1, sigmoid))) }
}

/** Linear layers with activations between them. `weights` has the weight and bias of each layer. */
export function tfjsChain(tf: Tf, input: Tensor2D, weights: readonly Tensor[], traits: ChainTraits): Chain {
  const inputs: Tensor2D[] = []
  const slopes: (() => Tensor2D)[] = []
  let h = input
  const count = weights.length / 2
  for (let i = 0; i < count; i++) {
    inputs.push(h)
    const product = tf.matMul<Tensor2D>(h, weights[2 * i] as Tensor2D, false, true)
    const z = tf.add<Tensor2D>(product, weights[2 * i + 1] as Tensor1D)
    if (i === count - 1) return { inputs, slopes, output: z }
    const { value, slope } = activate(tf, z, traits)
    slopes.push(slope)
    h = traits.residual && i > 0 ? tf.add<Tensor2D>(h, value) : value
  }
  return { inputs, slopes, output: h }
}

/** Returns a function from whole timesteps t [batch] to the time encoder's inputs [batch, size]. */
function tfjsTimeFeatures(tf: Tf, network: Network): (t: Tensor1D) => Tensor2D {
  const { size, rows } = timeFeatures(network)
  const oneHot = network.time.kind === 'one_hot_linear'
  const table = Float32Array.from(oneHot ? [] : rows.flatMap((row) => Array.from(row)))
  return (t) => {
    // the oneHot of tfjs refuses a depth of 1
    if (oneHot && size === 1) return tf.ones([t.shape[0], 1])
    const index = tf.sub<Tensor1D>(t, tf.scalar(1, 'int32'))
    if (oneHot) return tf.cast(tf.oneHot(index, size), 'float32') as Tensor2D
    return tf.gather(tf.tensor2d(table, [network.T, size]), index)
  }
}

/**
 * Returns the network's forward pass: from the first layer's inputs besides the embedding, whole timesteps t [batch] and
 * weights in the state dict's order to the chains of the embedding, if it has layers, and of the layers after it.
 */
export function tfjsForward(tf: Tf, network: Network) {
  const features = tfjsTimeFeatures(tf, network)
  const encoderCount = 2 * timeEncoder(network).length
  return (x: Tensor2D, t: Tensor1D, weights: readonly Tensor[]) => {
    const encoder = tfjsChain(tf, features(t), weights.slice(0, encoderCount), postTraits)
    const joined = tf.concat2d([x, encoder.output], 1)
    return { encoder, main: tfjsChain(tf, joined, weights.slice(encoderCount), network) }
  }
}

/**
 * The network's loss and its gradients as tfjs ops. The backward pass is explicit (docs/decisions/0002), with half as
 * many ops as tfjs's automatic differentiation.
 */
export function tfjsLoss(tf: Tf, network: Network) {
  const encoderCount = 2 * timeEncoder(network).length
  const [first] = linearLayers(network)
  const forward = tfjsForward(tf, network)
  const lossOf = tfjsLossOf(tf, network)

  /** From the gradient of the chain's output, computes those of its weights and of its first layer's output. */
  function backward(
    { inputs, slopes }: Chain,
    weights: readonly Tensor[],
    dOutput: Tensor2D,
    residual: boolean,
  ) {
    const gradients = new Array<Tensor>(weights.length)
    let dz = dOutput
    let dh: Tensor2D | undefined
    for (let i = inputs.length - 1; i >= 0; i--) {
      if (dh) dz = tf.mul(dh, slopes[i]!())
      gradients[2 * i] = tf.matMul(dz, inputs[i]!, true, false)
      gradients[2 * i + 1] = tf.sum(dz, 0)
      if (i === 0) break
      const ofInput: Tensor2D = tf.matMul(dz, weights[2 * i] as Tensor2D)
      dh = residual && dh ? tf.add<Tensor2D>(dh, ofInput) : ofInput
    }
    return { gradients, dFirst: dz }
  }

  /**
   * Takes the first layer's inputs x_t, target and factors [batch, dim], whole timesteps t [batch], and weights in the
   * state dict's order. Returns gradients in the same order and shapes.
   */
  return function loss(
    weights: readonly Tensor[],
    x_t: Tensor2D,
    t: Tensor1D,
    target: Tensor2D,
    factors: Tensor2D,
  ): { loss: Scalar; gradients: readonly Tensor[] } {
    const layerWeights = weights.slice(encoderCount)
    const { encoder, main } = forward(x_t, t, weights)
    const { loss, dOutput } = lossOf(main.output, target, factors)
    const ofLayers = backward(main, layerWeights, dOutput, network.residual)
    if (encoderCount === 0) return { loss, gradients: ofLayers.gradients }
    const dJoined: Tensor2D = tf.matMul(ofLayers.dFirst, layerWeights[0] as Tensor2D)
    const width = stateWidth(network)
    const dEmbedding = tf.slice2d(dJoined, [0, width], [-1, first.inputs - width])
    const time = backward(encoder, weights.slice(0, encoderCount), dEmbedding, false)
    return { loss, gradients: [...time.gradients, ...ofLayers.gradients] }
  }
}

/**
 * The loss of the network's outputs and its gradient by them. The loss of a number is 1/2 f (output - target)^2 with its
 * factor f, and of a category f times the cross-entropy. With p the output of a number or the softmax of a category, both
 * have the gradient f (p - target).
 */
function tfjsLossOf(tf: Tf, network: Network) {
  const { dim } = network
  const blocks = headBlocks(network)
  const categories = blocks.filter(({ size }) => size > 1)
  const count = categories.length
  const ofDimensions = (ofNumber: number, ofCategory: number) => {
    const numbers = new Float32Array(dim)
    for (const { size, start } of blocks) numbers.fill(size > 1 ? ofCategory : ofNumber, start, start + size)
    return numbers
  }
  const [halfOfNumbers, numbers, ofCategories] = [
    ofDimensions(0.5, 0),
    ofDimensions(1, 0),
    ofDimensions(0, 1),
  ]
  const members = new Float32Array(dim * count)
  for (const [c, { size, start }] of categories.entries())
    for (let d = start; d < start + size; d++) members[d * count + c] = 1

  /** Returns the softmax of each category, 0 for numbers, and its log-sum-exp. */
  function softmax(output: Tensor2D): { shares: Tensor2D; logSums: Tensor2D } {
    const matrix = tf.tensor2d(members, [dim, count])
    const powers = tf.exp(tf.clipByValue(output, -maxLogit, maxLogit))
    const sums = tf.matMul(powers, matrix) as Tensor2D
    const spread = (x: Tensor2D) => tf.matMul(x, matrix, false, true) as Tensor2D
    return {
      shares: tf.mul<Tensor2D>(powers, spread(tf.reciprocal(sums))),
      logSums: spread(tf.log(sums)),
    }
  }

  return (output: Tensor2D, target: Tensor2D, factors: Tensor2D): { loss: Scalar; dOutput: Tensor2D } => {
    if (count === 0) {
      const error = tf.sub<Tensor2D>(output, target)
      const dOutput = tf.mul<Tensor2D>(error, factors)
      return { loss: tf.mul(tf.sum(tf.mul(error, dOutput)), 0.5), dOutput }
    }
    const { shares, logSums } = softmax(output)
    const predicted = tf.add<Tensor2D>(tf.mul(output, tf.tensor1d(numbers)), shares)
    const error = tf.sub<Tensor2D>(predicted, target)
    const dOutput = tf.mul<Tensor2D>(error, factors)
    const squared = tf.mul(tf.mul(error, dOutput), tf.tensor1d(halfOfNumbers))
    const surprise = tf.mul(
      tf.mul(tf.mul(target, factors), tf.sub(logSums, output)),
      tf.tensor1d(ofCategories),
    )
    return { loss: tf.sum(tf.add(squared, surprise)), dOutput }
  }
}
