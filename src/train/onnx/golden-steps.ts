import { maxAbsDifference, type Points } from '../../core/points.ts'
import { standardNormals, streams } from '../../core/random.ts'
import { createSchedule } from '../../diffusion/schedule.ts'
import { initialWeights } from '../../model/initial-weights.ts'
import { type Network, weightShapes } from '../../model/network.ts'
import { type BatchSource, drawBatch } from '../batches.ts'
import { type EngineOptions, flatten } from '../engine.ts'
import { initialState } from '../state.ts'
import { createOnnxEngine } from './engine.ts'
import { goldenValues } from './golden-values.ts'
import type { CreateStepSession } from './session.ts'

const network: Network = { dim: 2, T: 3, hidden: [3, 2], timeEmbedding: { kind: 'one_hot_linear' } }
const count = 6
const x_0: Points = {
  data: standardNormals({ seed: 0, stream: streams.datasets, step: 0, start: 0, count, dim: network.dim }),
  count,
  dim: network.dim,
}

/** A training that takes no time and no file: three steps of a small network, all parts of a step in them. */
export const goldenTraining = {
  network,
  source: {
    x_0,
    schedule: createSchedule({ kind: 'karras', sigmaMin: 0.2, sigmaMax: 5, rho: 7 }, network.T),
    predictionType: 'v_prediction',
    lossWeighting: 'min_snr',
    batchSize: count,
    seed: 0,
  } satisfies BatchSource,
  parameters: flatten(initialWeights(network, 0), weightShapes(network)),
  steps: 3,
  learningRate: 0.05,
  weightDecay: 0.1,
  ema: 0.9,
} as const

/** float32 is off by 1e-7 here, a wrong term by a hundredth. */
const tolerance = 1e-5

/**
 * What is wrong with the steps that this machine's sessions take, if anything: held against the same steps in float64.
 * Errors: no session can be made.
 */
export async function goldenStepsProblem(createSession: CreateStepSession): Promise<string | undefined> {
  const { source, parameters, steps, learningRate, weightDecay, ema } = goldenTraining
  const options: EngineOptions = {
    network,
    state: initialState(parameters, ema),
    weightDecay,
    ema,
    threads: 1,
  }
  const engine = await createOnnxEngine({ ...options, runtime: { createSession } })
  try {
    const losses: number[] = []
    for (let step = 0; step < steps; step++)
      losses.push(await engine.step(drawBatch(source, step), learningRate))
    const state = engine.state()
    const worst = Math.max(
      maxAbsDifference(losses, goldenValues.losses),
      maxAbsDifference(state.parameters, goldenValues.parameters),
      maxAbsDifference(state.average ?? [], goldenValues.average),
      maxAbsDifference(state.firstMoment, goldenValues.firstMoment),
    )
    // so that NaN fails
    return worst <= tolerance ? undefined : `onnxruntime's training steps are off by ${worst.toPrecision(2)}`
  } finally {
    await engine.dispose()
  }
}
