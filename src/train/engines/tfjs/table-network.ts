import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { maxLogit, type Network } from '../../../model/network.ts'
import type { Tf } from './backend.ts'
import { linear, tfjsTimeFeatures, transposedMultiply } from './network.ts'

/** The results of a hidden layer's forward pass that the backward pass needs. */
interface HiddenLayer {
  readonly input: Tensor2D
  /** SiLU's value g = z s, and s = 1 / (1 + e^-z). */
  readonly value: Tensor2D
  readonly sigmoid: Tensor2D
}

/** Computes a table network's outputs from the first layer's inputs; `weights` has each layer's weight and bias. */
export function tfjsTableForward(
  tf: Tf,
  inputs: Tensor2D,
  weights: readonly Tensor[],
): { output: Tensor2D; last: Tensor2D; hidden: HiddenLayer[] } {
  const layers = weights.length / 2
  const layer = (i: number, x: Tensor2D) =>
    linear(tf, x, weights[2 * i] as Tensor2D, weights[2 * i + 1] as Tensor1D)
  const hidden: HiddenLayer[] = []
  let h = inputs
  for (let i = 0; i < layers - 1; i++) {
    const z = layer(i, h)
    const sigmoid = tf.sigmoid(z)
    const value = tf.mul<Tensor2D>(z, sigmoid)
    hidden.push({ input: h, value, sigmoid })
    h = i === 0 ? value : tf.add<Tensor2D>(h, value)
  }
  return { output: layer(layers - 1, h), last: h, hidden }
}

/**
 * The loss of a table's network and its gradients, like `tfjsLoss`. The loss of a number is 1/2 w (output - target)^2,
 * and of a category the cross-entropy. With p the output of a number or the softmax of a category, both have the
 * gradient w (p - target).
 */
export function tfjsTableLoss(tf: Tf, network: Network) {
  const { dim } = network
  const { blocks } = network.table!
  const features = tfjsTimeFeatures(tf, network)
  const categories = blocks.filter(({ size }) => size > 1)
  const ofDimensions = (ofNumber: number, ofCategory: number) =>
    Float32Array.from({ length: dim }, (_, d) =>
      categories.some(({ size, start }) => d >= start && d < start + size) ? ofCategory : ofNumber,
    )
  const [halfOfNumbers, numbers, ofCategories] = [
    ofDimensions(0.5, 0),
    ofDimensions(1, 0),
    ofDimensions(0, 1),
  ]
  const members = new Float32Array(dim * Math.max(1, categories.length))
  for (const [c, { size, start }] of categories.entries())
    for (let d = start; d < start + size; d++) members[d * categories.length + c] = 1

  /** Returns the softmax of each category, 0 for numbers, and its log-sum-exp. */
  function softmax(output: Tensor2D): { shares: Tensor2D; logSums: Tensor2D } {
    const matrix = tf.tensor2d(members, [dim, Math.max(1, categories.length)])
    const powers = tf.exp(tf.clipByValue(output, -maxLogit, maxLogit))
    const sums = tf.matMul(powers, matrix) as Tensor2D
    const spread = (x: Tensor2D) => tf.matMul(x, matrix, false, true) as Tensor2D
    return {
      shares: tf.mul<Tensor2D>(powers, spread(tf.reciprocal(sums))),
      logSums: spread(tf.log(sums)),
    }
  }

  return function loss(
    weights: readonly Tensor[],
    x_t: Tensor2D,
    t: Tensor1D,
    target: Tensor2D,
    factors: Tensor2D | undefined,
  ): { loss: Scalar; gradients: readonly Tensor[] } {
    const [rows] = x_t.shape
    const { output, last, hidden } = tfjsTableForward(tf, tf.concat2d([x_t, features(t)], 1), weights)
    const ofNumbers = tf.mul<Tensor2D>(output, tf.tensor1d(numbers))
    const drawn = categories.length > 0 ? softmax(output) : undefined
    const error = tf.sub<Tensor2D>(drawn ? tf.add(ofNumbers, drawn.shares) : ofNumbers, target)
    const byRow = tf.div<Tensor2D>(factors ?? tf.onesLike(error), rows)
    const dOutput = tf.mul<Tensor2D>(error, byRow)
    const squared = tf.mul(tf.mul(error, dOutput), tf.tensor1d(halfOfNumbers))
    const surprise =
      drawn && tf.mul(tf.mul(tf.mul(target, byRow), tf.sub(drawn.logSums, output)), tf.tensor1d(ofCategories))

    const gradients: Tensor[] = []
    const ofLayer = (dz: Tensor2D, input: Tensor2D) =>
      gradients.unshift(transposedMultiply(tf, dz, input), tf.sum(dz, 0))
    ofLayer(dOutput, last)
    let dh = tf.matMul(dOutput, weights.at(-2) as Tensor2D) as Tensor2D
    for (const [i, { input, value, sigmoid }] of [...hidden.entries()].reverse()) {
      const slope = tf.add(sigmoid, tf.mul(value, tf.sub(1, sigmoid)))
      const dz = tf.mul<Tensor2D>(dh, slope)
      ofLayer(dz, input)
      if (i > 0) dh = tf.add<Tensor2D>(dh, tf.matMul(dz, weights[2 * i] as Tensor2D))
    }
    return { loss: tf.sum(surprise ? tf.add(squared, surprise) : squared), gradients }
  }
}
