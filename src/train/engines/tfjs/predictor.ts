import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import type { NoisePredictor } from '../../../diffusion/process.ts'
import { resultOf } from '../../../model/compute/reference.ts'
import { type FoldedNetwork, layersOnState, type WholeNetwork, weightsAt } from '../../../model/folded.ts'
import { inputsOf } from '../../../model/inputs.ts'
import { type Network, weightShapes } from '../../../model/network.ts'
import { type NamedWeights, weightOf } from '../../../model/weights.ts'
import { loadTensorflow, type Tf, tensorflowThreads, usefulThreads } from './backend.ts'
import { tfjsChain, tfjsForward } from './network.ts'

/** A network in TensorFlow's memory. */
interface TensorflowPredictor {
  readonly predictor: NoisePredictor
  /** TensorFlow's threads, which are fixed at its first load. */
  readonly threads: number
  /** Such as 'TensorFlow 2.9.1 (tfjs-node 4.22.0)'. */
  readonly runtime: string
  dispose(): void
}

/** Loads a model file's network into TensorFlow. Throws if TensorFlow's binding is missing. */
export async function tensorflowPredictor(
  inside: WholeNetwork | FoldedNetwork,
  threads = usefulThreads(inside.network),
): Promise<TensorflowPredictor> {
  const tf = loadTensorflow(threads)
  return inside.kind === 'whole' ? wholePredictor(tf, inside) : foldedPredictor(tf, inside)
}

function wholePredictor(tf: Tf, { network, weights }: WholeNetwork): TensorflowPredictor {
  const all = weightShapes(network).map(([name]) => constantTensor(tf, weights, name))
  const forward = tfjsForward(tf, network)
  return predictorOf(tf, network, all, (x, t) => {
    const timesteps =
      typeof t === 'number' ? tf.fill([x.shape[0]], t, 'int32') : tf.tensor1d(Int32Array.from(t), 'int32')
    return forward(x, timesteps as never, all).main.output
  })
}

function foldedPredictor(tf: Tf, folded: FoldedNetwork): TensorflowPredictor {
  const { network, timesteps } = folded
  const names = layersOnState(network).flatMap(({ name }) => [`${name}.weight`, `${name}.bias`])
  const shared = names.map((name) => constantTensor(tf, weightsAt(folded, timesteps[0]!), name))
  const firstBias = new Map(timesteps.map((t) => [t, constantTensor(tf, weightsAt(folded, t), names[1]!)]))
  return predictorOf(tf, network, [...shared, ...firstBias.values()], (x, t) => {
    const weights = shared.with(1, firstBias.get(typeof t === 'number' ? t : t[0]!)!)
    return tfjsChain(tf, x, weights, network).output
  })
}

function constantTensor(tf: Tf, weights: NamedWeights, name: string): Tensor {
  const { data, shape } = weightOf(weights, name)
  return tf.tensor(data, [...shape], 'float32')
}

/** Computes the first layer's inputs, and the result from the outputs, outside TensorFlow. */
function predictorOf(
  tf: Tf,
  network: Network,
  tensors: readonly Tensor[],
  forward: (x: Tensor2D, t: number | ArrayLike<number>) => Tensor2D,
): TensorflowPredictor {
  // defined by tfjs-node on the module and its backend, but missing from tfjs-core's types
  const { version } = tf as unknown as { version: Readonly<Record<string, string>> }
  const { binding } = tf.backend() as unknown as { binding: { readonly TF_Version: string } }
  return {
    predictor: {
      async predict(x_t, t, condition) {
        const { data, count, dim } = inputsOf(network, x_t, condition)
        const output = tf.tidy(() => forward(tf.tensor2d(data, [count, dim]), t).dataSync<'float32'>())
        return resultOf(network, x_t, t, { data: output, count, dim: network.dim }, condition)
      },
    },
    threads: tensorflowThreads(),
    runtime: `TensorFlow ${binding.TF_Version} (tfjs-node ${version['tfjs-node']})`,
    dispose: () => tf.dispose([...tensors]),
  }
}
