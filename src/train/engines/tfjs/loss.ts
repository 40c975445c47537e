import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core'
import { headBlocks, maxLogit, type Network } from '../../../model/network.ts'
import type { Tf } from './backend.ts'

/**
 * The loss of the network's outputs and its gradient by them. The loss of a number is 1/2 f (output - target)^2 with its
 * factor f, and of a category f times the cross-entropy. With p the output of a number or the softmax of a category, both
 * have the gradient f (p - target).
 */
export function tfjsLossOf(tf: Tf, network: Network) {
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
