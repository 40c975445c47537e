import { parameterCount } from '../../../model/network.ts'
import { requireRows, type StateName, stateNames, stepScalars, type TrainingEngine } from '../../engine.ts'
import { nextOf, trainingStepGraph } from './graphs.ts'
import type { OnnxEngineOptions, StepTensor } from './session.ts'
import { rowFeeder } from './shares.ts'
import { createTeam, sharesOf } from './team.ts'

/**
 * Trains on onnxruntime. On one thread, each step is one run of one graph; on several, each thread computes the
 * gradient of its share of the batch, and AdamW follows. Runs in Node and in pages.
 */
export async function createOnnxEngine(options: OnnxEngineOptions): Promise<TrainingEngine> {
  const shares = sharesOf(options)
  return shares > 1 ? createTeam(options, shares) : createSoloist(options)
}

/** Runs each step as one graph, whose outputs are the next step's inputs. */
async function createSoloist(options: OnnxEngineOptions): Promise<TrainingEngine> {
  const { network, beta2, ema, threads, runtime, state: initial } = options
  const session = await runtime.createSession(trainingStepGraph(network, ema !== null, beta2), {
    threads: runtime.startHelper ? 1 : threads,
  })
  const dims = [1, parameterCount(network)]
  const usedNames = stateNames.filter((name) => name !== 'average' || ema !== null)
  const stateOf = (dataOf: (name: StateName) => Float32Array) =>
    new Map(usedNames.map((name): [StateName, StepTensor] => [name, { data: dataOf(name), dims }]))

  let step = initial.step
  let state = stateOf((name) => initial[name]!.slice())
  /** The previous state, whose memory receives the next one. */
  let spare = stateOf(() => new Float32Array(parameterCount(network)))
  const feedRows = rowFeeder(network)

  return {
    name: 'onnx',
    async step(batch, learningRate) {
      requireRows(batch)
      const rows = feedRows(batch, 0, batch.x_t.count)
      const feeds: Record<string, StepTensor> = { ...rows, ...Object.fromEntries(state) }
      const { rate, epsilon, decay, share } = stepScalars(step + 1, learningRate, options)
      const scalars = { negativeRate: -rate, epsilon, decay, ...(ema !== null && { share }) }
      for (const [name, value] of Object.entries(scalars))
        feeds[name] = { data: Float32Array.of(value), dims: [1, 1] }
      const into = Object.fromEntries([...spare].map(([name, tensor]) => [nextOf(name), tensor]))
      const next = await session.run(feeds, ['loss', ...Object.keys(into)], into)
      step += 1
      spare = state
      state = stateOf((name) => next[nextOf(name)]!)
      return next.loss![0]!
    },
    state: () => ({
      parameters: state.get('parameters')!.data.slice(),
      firstMoment: state.get('firstMoment')!.data.slice(),
      secondMoment: state.get('secondMoment')!.data.slice(),
      average: state.get('average')?.data.slice(),
      step,
    }),
    liveTensors: () => usedNames.length,
    dispose: () => session.release(),
  }
}
