import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { timeFeatures } from '../../../model/compute/reference.ts'
import { linearLayers, type Network, negativeSlope, timeEncoder } from '../../../model/network.ts'
import type { Tf } from './backend.ts'

/** The results of a chain's forward pass that its backward pass needs. */
interface Chain {
  readonly inputs: Tensor2D[]
  readonly preActivations: Tensor2D[]
  readonly output: Tensor2D
}

/** h W^T + b. */
export function linear(tf: Tf, h: Tensor2D, weight: Tensor2D, bias: Tensor1D): Tensor2D {
  return tf.add<Tensor2D>(tf.matMul(h, weight, false, true), bias)
}

/** a^T b. */
export function transposedMultiply(tf: Tf, a: Tensor2D, b: Tensor2D): Tensor2D {
  return tf.matMul(a, b, true, false)
}

/** Linear layers with LeakyReLU between them. `weights` has the weight and bias of each layer. */
export function tfjsChain(tf: Tf, input: Tensor2D, weights: readonly Tensor[]): Chain {
  const inputs: Tensor2D[] = []
  const preActivations: Tensor2D[] = []
  let h = input
  const count = weights.length / 2
  for (let i = 0; i < count; i++) {
    inputs.push(h)
    const weight = weights[2 * i] as Tensor2D
    const z = linear(tf, h, weight, weights[2 * i + 1] as Tensor1D)
    preActivations.push(z)
    h = i < count - 1 ? tf.leakyRelu(z, negativeSlope) : z
  }
  return { inputs, preActivations, output: h }
}

/** Returns a function from whole timesteps t [batch] to the time encoder's inputs [batch, size]. */
export function tfjsTimeFeatures(tf: Tf, network: Network): (t: Tensor1D) => Tensor2D {
  const { size, rows } = timeFeatures(network)
  const oneHot = network.timeEmbedding.kind === 'one_hot_linear'
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
 * The network's mean squared error, optionally weighted by row, and its gradients as tfjs ops. The backward pass is
 * explicit (docs/decisions/0002), with half as many ops as tfjs's automatic differentiation.
 */
export function tfjsLoss(tf: Tf, network: Network) {
  const encoder = timeEncoder(network)
  const layers = linearLayers(network)
  const features = tfjsTimeFeatures(tf, network)
  /** LeakyReLU's slope at each element; at 0, the negative side's, as in PyTorch. `where` takes five times as long. */
  const slopes = (z: Tensor2D) => tf.clipByValue(tf.mul(z, 1e30), negativeSlope, 1)

  /** From the gradient of the chain's output, computes those of its weights and of its first layer's output. */
  function backward({ inputs, preActivations }: Chain, weights: readonly Tensor[], dOutput: Tensor2D) {
    const gradients = new Array<Tensor>(weights.length)
    let dz = dOutput
    for (let i = inputs.length - 1; i >= 0; i--) {
      gradients[2 * i] = transposedMultiply(tf, dz, inputs[i]!)
      gradients[2 * i + 1] = tf.sum(dz, 0)
      if (i > 0) {
        const dh: Tensor2D = tf.matMul(dz, weights[2 * i] as Tensor2D)
        dz = tf.mul(dh, slopes(preActivations[i - 1]!))
      }
    }
    return { gradients, dFirst: dz }
  }

  /**
   * Takes x_t and target [batch, dim], whole timesteps t [batch], row weights [batch, 1], and weights in the state
   * dict's order. Returns gradients in the same order and shapes.
   */
  return function loss(
    weights: readonly Tensor[],
    x_t: Tensor2D,
    t: Tensor1D,
    target: Tensor2D,
    rowWeights: Tensor2D | undefined,
  ): { loss: Scalar; gradients: readonly Tensor[] } {
    const encoderWeights = weights.slice(0, 2 * encoder.length)
    const layerWeights = weights.slice(2 * encoder.length)
    const embedding = tfjsChain(tf, features(t), encoderWeights)
    const chain = tfjsChain(tf, tf.concat2d([x_t, embedding.output], 1), layerWeights)

    const error = tf.sub<Tensor2D>(chain.output, target)
    const weighted = rowWeights ? tf.mul<Tensor2D>(error, rowWeights) : error
    const main = backward(chain, layerWeights, tf.mul(weighted, 2 / error.size))
    const dJoined: Tensor2D = tf.matMul(main.dFirst, layerWeights[0] as Tensor2D)
    const dEmbedding = tf.slice2d(dJoined, [0, network.dim], [-1, layers[0]!.inputs - network.dim])
    const time = backward(embedding, encoderWeights, dEmbedding)
    return {
      loss: tf.mean(tf.mul(error, weighted)),
      gradients: [...time.gradients, ...main.gradients],
    }
  }
}
