import type { Tensor1D } from '@tensorflow/tfjs-core'
import { weightShapes } from '../../../model/network.ts'
import { elementCount } from '../../../model/weights.ts'
import { adamW, averageDecayAt, type Batch, type EngineOptions, type TrainingEngine } from '../../engine.ts'
import { loadTensorflow, usefulThreads } from './backend.ts'
import { tfjsLoss } from './network.ts'

/**
 * Trains on native TensorFlow (tfjs-node). The network's weights are slices of one flat tensor, so that the optimizer
 * takes a dozen ops for any number of layers.
 * AdamW with decoupled weight decay: Loshchilov and Hutter (2019), in PyTorch's order of operations.
 */
export async function createTensorflowEngine(options: EngineOptions): Promise<TrainingEngine> {
  const { network, weightDecay, beta2 = adamW.beta2, ema } = options
  const tf = loadTensorflow(options.threads ?? usefulThreads(network))
  const lossOf = tfjsLoss(tf, network)
  const shapes = weightShapes(network).map(([, shape]) => shape as number[])
  const sizes = shapes.map(elementCount)
  const { beta1, epsilon } = adamW

  let step = options.state.step
  let parameters = tf.tensor1d(options.state.parameters)
  let firstMoment = tf.tensor1d(options.state.firstMoment)
  let secondMoment = tf.tensor1d(options.state.secondMoment)
  let average = options.state.average ? tf.tensor1d(options.state.average) : undefined

  function lossAndGradient({ x_t, t, target, factors }: Batch) {
    const x = tf.tensor2d(x_t.data, [x_t.count, x_t.dim])
    const y = tf.tensor2d(target.data, [target.count, target.dim])
    const timesteps = tf.tensor1d(t, 'int32')
    const weights = tf.split(parameters, sizes).map((part, i) => tf.reshape(part, shapes[i]!))
    const { loss, gradients } = lossOf(
      weights,
      x,
      timesteps,
      y,
      tf.tensor2d(factors, [target.count, target.dim]),
    )
    return { loss, gradient: tf.concat1d(gradients.map((gradient, i) => tf.reshape(gradient, [sizes[i]!]))) }
  }

  /** Updates the kept tensors, and frees all others. */
  function adamWStep(gradient: Tensor1D, learningRate: number): void {
    const mix = (old: Tensor1D, fresh: Tensor1D, share: number) =>
      tf.add(old, tf.mul(tf.sub(fresh, old), share)) as Tensor1D
    const m = mix(firstMoment, gradient, 1 - beta1)
    const v = mix(secondMoment, tf.square(gradient), 1 - beta2)
    const denominator = tf.add(tf.div(tf.sqrt(v), Math.sqrt(1 - beta2 ** step)), epsilon)
    const update = tf.mul(tf.div(m, denominator), learningRate / (1 - beta1 ** step))
    const p = tf.sub(tf.mul(parameters, 1 - learningRate * weightDecay), update) as Tensor1D
    const a = average && ema !== null ? mix(average, p, 1 - averageDecayAt(step, ema)) : undefined
    dispose()
    parameters = tf.keep(p)
    firstMoment = tf.keep(m)
    secondMoment = tf.keep(v)
    average = a && tf.keep(a)
  }

  function dispose(): void {
    tf.dispose([parameters, firstMoment, secondMoment, ...(average ? [average] : [])])
  }

  return {
    name: 'tensorflow',
    step(batch, learningRate) {
      step += 1
      return tf.tidy(() => {
        const { loss, gradient } = lossAndGradient(batch)
        adamWStep(gradient, learningRate)
        return loss.dataSync()[0]!
      })
    },
    state: () => ({
      parameters: parameters.dataSync<'float32'>().slice(),
      firstMoment: firstMoment.dataSync<'float32'>().slice(),
      secondMoment: secondMoment.dataSync<'float32'>().slice(),
      average: average?.dataSync<'float32'>().slice(),
      step,
    }),
    liveTensors: () => tf.memory().numTensors,
    dispose,
  }
}
