import { inputsOf } from '../../src/model/inputs.ts'
import { type Network, networkOf, weightShapes } from '../../src/model/network.ts'
import type { NamedWeights } from '../../src/model/weights.ts'
import { pointsFromRows } from '../../src/numerics/points.ts'
import { type Batch, type EngineOptions, flatten } from '../../src/train/engine.ts'
import { golden, namedWeights, type TrainingSteps } from '../helpers/golden.ts'
import { referenceTable, referenceTableModel, referenceTableNetwork } from '../helpers/models.ts'
import { levelsOf, meanFactors } from '../helpers/networks.ts'

interface GoldenStep {
  readonly batch: Batch
  readonly learningRate: number
  readonly loss: number
  /** What is written down of the state after it. */
  readonly after: { readonly [K in 'parameters' | 'average' | 'firstMoment']?: ArrayLike<number> }
}

/** Training steps as PyTorch takes them in float64. */
export interface GoldenTraining {
  readonly options: Omit<EngineOptions, 'state'>
  readonly parameters: Float32Array
  readonly steps: readonly GoldenStep[]
  /** How near float32 comes to them. */
  readonly bounds: { readonly loss: number; readonly state: number }
}

const flatIn = (network: Network, weights: NamedWeights) => flatten(weights, weightShapes(network))

const { optimizer, schedule, x_0, steps, ...weights } = golden<TrainingSteps>('training_steps.json')
const before = namedWeights(weights.weightsBefore)
const network = networkOf(before, levelsOf(schedule.T))
const end = flatIn(network, namedWeights(weights.weightsAfter))

const points: GoldenTraining = {
  options: { network, weightDecay: optimizer.weightDecay, ema: null, batchSize: x_0.length },
  parameters: flatIn(network, before),
  steps: steps.map(({ x_t, t, noise, loss }, i) => ({
    batch: {
      x_t: pointsFromRows(x_t),
      t: Int32Array.from(t),
      target: pointsFromRows(noise),
      factors: meanFactors(pointsFromRows(noise)),
    },
    learningRate: optimizer.learningRate,
    loss,
    after: i < steps.length - 1 ? {} : { parameters: end },
  })),
  bounds: { loss: 1e-6, state: 5e-5 },
}

/** The batch of a step, as engines take it. */
function batchOf(step: (typeof referenceTable.steps)[number]): Batch {
  const factors = pointsFromRows(step.weights)
  // an error's factor in the gradient: of a squared one it is twice its weight
  for (const { size, start: at } of referenceTableNetwork.blocks)
    if (size === 1) for (let i = 0; i < factors.count; i++) factors.data[i * factors.dim + at]! *= 2
  return {
    x_t: inputsOf(referenceTableNetwork, pointsFromRows(step.x_t), {
      known: pointsFromRows(step.known),
      values: pointsFromRows(step.known_values),
    }),
    t: Int32Array.from(step.t),
    target: pointsFromRows(step.target),
    factors: factors.data.map((factor) => factor / factors.count),
  }
}

const { weightDecay, beta2, averageDecay: ema } = referenceTable.optimizer
const batchSize = referenceTable.steps[0]!.x_t.length
const inOrder = (flat: Record<string, number[]>) =>
  weightShapes(referenceTableNetwork).flatMap(([name]) => flat[name]!)

const table: GoldenTraining = {
  options: { network: referenceTableNetwork, weightDecay, beta2, ema, batchSize },
  parameters: flatIn(referenceTableNetwork, referenceTableModel.weights),
  steps: referenceTable.steps.map((step) => ({
    batch: batchOf(step),
    learningRate: step.learningRate,
    loss: step.loss,
    after: {
      parameters: inOrder(step.parameters),
      average: inOrder(step.average),
      firstMoment: inOrder(step.firstMoment),
    },
  })),
  bounds: { loss: 1e-5, state: 2e-5 },
}

export const goldenTrainings: [string, GoldenTraining][] = [
  ['points', points],
  ['a table', table],
]
