import { createSchedule } from '../../../diffusion/schedule.ts'
import { initialWeights, postNetwork, weightShapes } from '../../../model/network.ts'
import { maxAbsDifference, type Points } from '../../../numerics/points.ts'
import { standardNormals, streams } from '../../../numerics/random.ts'
import { type BatchSource, batchesOf } from '../../batches.ts'
import { flatten, initialState } from '../../engine.ts'
import { createOnnxEngine } from './engine.ts'
import type { CreateStepSession } from './session.ts'

const schedule = createSchedule({ kind: 'karras', sigmaMin: 0.2, sigmaMax: 5, rho: 7 }, 3)
const network = postNetwork({ dim: 2, hidden: [3, 2] }, schedule.alphaBars)
const count = 6
const codes: Points = {
  data: standardNormals({ seed: 0, stream: streams.datasets, step: 0, start: 0, count, dim: network.dim }),
  count,
  dim: network.dim,
}

/** A quick training without files: three steps of a small network that exercise every part of a step. */
export const goldenTraining = {
  network,
  source: {
    network,
    blocks: network.blocks.map((block, column) => ({
      ...block,
      column,
      part: 'value',
      split: (code: number) => code,
    })),
    codes,
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

/** float32 errors are about 1e-7 here; a wrong term causes about 1e-2. */
const tolerance = 1e-5

/**
 * Compares training steps in this machine's sessions with the same steps in float64, and returns the problem, if any.
 * Throws if no session can be created.
 */
export async function goldenStepsProblem(createSession: CreateStepSession): Promise<string | undefined> {
  const { source, parameters, steps, learningRate, weightDecay, ema } = goldenTraining
  const [state, runtime] = [initialState(parameters, ema), { createSession }]
  const { batchSize } = source
  const options = { network, state, weightDecay, ema, batchSize, threads: 1, runtime }
  const engine = await createOnnxEngine(options)
  try {
    const losses: number[] = []
    const drawBatch = batchesOf(source)
    for (let step = 0; step < steps; step++) losses.push(await engine.step(drawBatch(step), learningRate))
    const reached = engine.state()
    const worst = Math.max(
      maxAbsDifference(losses, goldenValues.losses),
      maxAbsDifference(reached.parameters, goldenValues.parameters),
      maxAbsDifference(reached.average ?? [], goldenValues.average),
      maxAbsDifference(reached.firstMoment, goldenValues.firstMoment),
    )
    // written so that NaN fails
    return worst <= tolerance ? undefined : `onnxruntime's training steps are off by ${worst.toPrecision(2)}`
  } finally {
    await engine.dispose()
  }
}

/**
 * The golden training's results, in float64 from finite differences and the papers' formulas. The first moment is
 * included because AdamW's steps hide a gradient's scale. tests/train/onnx-golden.test.ts recomputes them.
 */
export const goldenValues = {
  losses: [0.457989, 0.424924, 0.562174],
  parameters: [
    0.535991, 0.128502, 0.349359, 0.184175, -0.083894, -0.261839, -0.101978, -0.285701, 0.162128, -0.062472,
    -0.14033, 0.275626, 0.154939, 0.341277, -0.120623, 0.600521, 0.411236, 0.398411, -0.197863, -0.109053,
    0.031811, -0.57374, -0.574982, -0.220127, -0.275848, -0.258763, 0.106136, -0.563668, -0.271051, -0.33546,
  ],
  average: [
    0.523246, 0.133767, 0.361269, 0.191052, -0.098974, -0.265211, -0.086205, -0.299448, 0.177222, -0.047305,
    -0.126332, 0.276083, 0.137901, 0.358365, -0.106662, 0.584622, 0.428379, 0.412789, -0.182738, -0.097107,
    0.045023, -0.562897, -0.559614, -0.208764, -0.289408, -0.240341, 0.090678, -0.557052, -0.289734,
    -0.344611,
  ],
  firstMoment: [
    -0.0000079, 0.0000333, 0.0000361, 0.0000615, -0.0061373, -0.0003593, 0.0023068, -0.0049467, 0.0012987,
    0.0011898, 0.0013816, -0.0000226, -0.0004512, 0.005238, 0.0028169, -0.0010583, 0.0069422, 0.0042328,
    0.0053956, 0.0001185, 0.0000985, 0.0001539, 0.0099308, 0.0002428, -0.0014168, 0.000258, -0.0014742,
    0.0001551, -0.0517393, -0.0318396,
  ],
} as const
