import type { Points } from '../../core/points.ts'
import { parameterCount } from '../../model/network.ts'
import type { Batch, EngineOptions, TrainingEngine } from '../engine.ts'
import { averageFeeds, optimizerFeeds } from './optimizer.ts'
import type { CreateStepSession, StepTensor } from './session.ts'
import { fedWeight, nextOf, stateNames, trainingStepGraph } from './step-graph.ts'

export interface OnnxEngineOptions extends EngineOptions {
  readonly createSession: CreateStepSession
}

/**
 * Training steps on onnxruntime: one run of one graph each, whose outputs are the next one's inputs. Nothing here
 * is Node's alone.
 */
export async function createOnnxEngine(options: OnnxEngineOptions): Promise<TrainingEngine> {
  const { network, weightDecay, ema, threads, createSession } = options
  const session = await createSession(trainingStepGraph(network, ema !== null), { threads })
  const dims = [1, parameterCount(network)]
  const kept = stateNames.filter((name) => name !== 'average' || ema !== null)
  const outputs = ['loss', ...kept.map(nextOf)]
  const weightsOf = rowWeights()

  let step = options.state.step
  let state = new Map(kept.map((name) => [name, options.state[name]!]))

  return {
    name: 'onnx',
    async step(batch, learningRate) {
      const { x_t, t, target } = batch
      const scalars = {
        ...optimizerFeeds(step + 1, learningRate, weightDecay),
        ...(ema === null ? {} : averageFeeds(step + 1, ema)),
      }
      const feeds: Record<string, StepTensor> = {
        x_t: columnsOf(x_t),
        target: columnsOf(target),
        t: { data: new Float32Array(t), dims: [1, t.length] },
        weights: { data: weightsOf(batch), dims: [1, t.length] },
      }
      for (const [name, data] of state) feeds[name] = { data, dims }
      for (const [name, value] of Object.entries(scalars))
        feeds[name] = { data: Float32Array.of(value), dims: [1, 1] }
      const results = await session.run(feeds, outputs)
      step += 1
      state = new Map(kept.map((name) => [name, results[nextOf(name)]!]))
      return results.loss![0]!
    },
    state: () => ({
      parameters: state.get('parameters')!.slice(),
      firstMoment: state.get('firstMoment')!.slice(),
      secondMoment: state.get('secondMoment')!.slice(),
      average: state.get('average')?.slice(),
      step,
    }),
    liveTensors: () => kept.length,
    dispose: () => session.release(),
  }
}

/** Points [count, dim] as a matrix [dim, count]. */
function columnsOf({ data, count, dim }: Points): StepTensor {
  const columns = new Float32Array(count * dim)
  for (let i = 0, k = 0; i < count; i++) for (let d = 0; d < dim; d++, k++) columns[d * count + i] = data[k]!
  return { data: columns, dims: [dim, count] }
}

/** The weights of a batch's rows as the graph takes them; equal ones are made once. */
function rowWeights(): (batch: Batch) => Float32Array {
  let equal = new Float32Array()
  return ({ x_t: { count, dim }, weights }) => {
    const size = count * dim
    if (weights) return weights.map((weight) => fedWeight(weight, size))
    if (equal.length !== count) equal = new Float32Array(count).fill(fedWeight(1, size))
    return equal
  }
}
