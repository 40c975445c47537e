import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { linearLayers, type Network, negativeSlope } from '../../model/network.ts'
import type { Tf } from './backend.ts'

export interface LossAndGradients {
  readonly loss: Scalar
  /** In the order and with the shapes of the weights. */
  readonly gradients: readonly Tensor[]
}

/**
 * The network's mean squared error and its gradients as tfjs ops. The backward pass is written out
 * (docs/decisions/0002): half of the ops that tfjs's own differentiation takes.
 */
export function tfjsLoss(tf: Tf, network: Network) {
  const layers = linearLayers(network)
  // TensorFlow multiplies transposed matrices as they are; WASM is several times faster if they are transposed first
  const transposeFirst = tf.getBackend() === 'wasm'
  /** a b^T. */
  const multiplyTransposed = (a: Tensor2D, b: Tensor2D) =>
    transposeFirst ? tf.matMul(a, tf.transpose(b)) : tf.matMul(a, b, false, true)
  /** a^T b. */
  const transposedMultiply = (a: Tensor2D, b: Tensor2D) =>
    transposeFirst ? tf.matMul(tf.transpose(a), b) : tf.matMul(a, b, true, false)

  /** LeakyReLU's slope at each element; the negative side's at 0, as PyTorch's. A `where` takes five times as long. */
  const slopes = (z: Tensor2D) => tf.clipByValue(tf.mul(z, 1e30), negativeSlope, 1)

  /** x_t and target [batch, dim], whole timesteps t [batch], weights in the state dict's order. */
  return function loss(
    weights: readonly Tensor[],
    x_t: Tensor2D,
    t: Tensor1D,
    target: Tensor2D,
  ): LossAndGradients {
    const weight = (i: number) => weights[2 * i + 2] as Tensor2D
    const bias = (i: number) => weights[2 * i + 3] as Tensor1D
    // the WASM backend's oneHot writes integers whatever the dtype asked for: cast its int32 instead
    const oneHot = tf.cast(tf.oneHot(tf.sub(t, tf.scalar(1, 'int32')), network.T), 'float32') as Tensor2D
    const embedding = tf.add(multiplyTransposed(oneHot, weights[0] as Tensor2D), weights[1] as Tensor1D)

    const inputs: Tensor2D[] = []
    const preActivations: Tensor2D[] = []
    let h: Tensor2D = tf.concat2d([x_t, embedding as Tensor2D], 1)
    for (const i of layers.keys()) {
      inputs.push(h)
      const z = tf.add<Tensor2D>(multiplyTransposed(h, weight(i)), bias(i))
      preActivations.push(z)
      h = i < layers.length - 1 ? tf.leakyRelu(z, negativeSlope) : z
    }

    const error = tf.sub<Tensor2D>(h, target)
    const gradients = new Array<Tensor>(weights.length)
    let dz: Tensor2D = tf.mul(error, 2 / error.size)
    for (let i = layers.length - 1; i >= 0; i--) {
      gradients[2 * i + 2] = transposedMultiply(dz, inputs[i]!)
      gradients[2 * i + 3] = tf.sum(dz, 0)
      const dh: Tensor2D = tf.matMul(dz, weight(i))
      dz = i > 0 ? tf.mul(dh, slopes(preActivations[i - 1]!)) : dh
    }
    const dEmbedding = tf.slice2d(dz, [0, network.dim], [-1, 1])
    gradients[0] = transposedMultiply(dEmbedding, oneHot)
    gradients[1] = tf.sum(dEmbedding, 0)
    return { loss: tf.mean(tf.square(error)), gradients }
  }
}
