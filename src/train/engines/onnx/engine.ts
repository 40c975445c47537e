import { parameterCount } from '../../../model/network.ts'
import type { EngineOptions, TrainingEngine } from '../../engine.ts'
import { fillRows, roomForRows } from './gradient.ts'
import { nextOf, type StateName, scalarFeeds, stateNames, trainingStepGraph } from './graphs.ts'
import type { OnnxEngineOptions, StepTaker, StepTensor } from './session.ts'
import { createTeam, sharesOf } from './team.ts'

/**
 * Training steps on onnxruntime: one run of one graph each, or, on several threads, of its two halves. Outputs are
 * the next step's inputs. Nothing here is Node's alone.
 */
export async function createOnnxEngine(options: OnnxEngineOptions): Promise<TrainingEngine> {
  const { startHelper } = options.runtime
  const shares = sharesOf(options)
  const taker =
    startHelper && shares > 1 ? await createTeam(options, shares, startHelper) : await wholeStep(options)
  return engineOf(options, taker)
}

/** An engine whose steps `taker` takes. */
export function engineOf(
  { network, weightDecay, ema, state: initial }: EngineOptions,
  taker: StepTaker,
): TrainingEngine {
  const dims = [1, parameterCount(network)]
  const kept = stateNames.filter((name) => name !== 'average' || ema !== null)
  const stateOf = (dataOf: (name: StateName) => Float32Array) =>
    new Map(kept.map((name): [StateName, StepTensor] => [name, { data: dataOf(name), dims }]))

  let step = initial.step
  let state = stateOf((name) => initial[name]!.slice())
  /** The state before: room for the one after. */
  let spare = stateOf(() => new Float32Array(parameterCount(network)))

  return {
    name: 'onnx',
    async step(batch, learningRate) {
      const feeds: Record<string, StepTensor> = Object.fromEntries(state)
      for (const [name, value] of Object.entries(scalarFeeds(step + 1, learningRate, { weightDecay, ema })))
        feeds[name] = { data: Float32Array.of(value), dims: [1, 1] }
      const into = Object.fromEntries([...spare].map(([name, room]) => [nextOf(name), room]))
      const { loss, next } = await taker.take(batch, feeds, into)
      step += 1
      spare = state
      state = stateOf((name) => next[nextOf(name)]!)
      return loss
    },
    state: () => ({
      parameters: state.get('parameters')!.data.slice(),
      firstMoment: state.get('firstMoment')!.data.slice(),
      secondMoment: state.get('secondMoment')!.data.slice(),
      average: state.get('average')?.data.slice(),
      step,
    }),
    liveTensors: () => kept.length,
    dispose: () => taker.release(),
  }
}

/** A step as one run of one graph. */
async function wholeStep({ network, ema, threads, runtime }: OnnxEngineOptions): Promise<StepTaker> {
  const session = await runtime.createSession(trainingStepGraph(network, ema !== null), {
    threads: runtime.startHelper ? 1 : threads,
  })
  let room = roomForRows(network.dim, 0)
  return {
    async take(batch, state, into) {
      const { count } = batch.x_t
      if (room.t.data.length !== count) room = roomForRows(network.dim, count)
      fillRows(room, batch)
      const outputs = ['loss', ...Object.keys(into)]
      const next = await session.run({ ...room, ...state }, outputs, into)
      return { loss: next.loss![0]!, next }
    },
    release: () => session.release(),
  }
}
