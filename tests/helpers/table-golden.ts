import { inputsOf } from '../../src/model/inputs.ts'
import { createNetwork, tableTraits } from '../../src/model/network.ts'
import type { NamedWeights } from '../../src/model/weights.ts'
import type { Condition, Points } from '../../src/numerics/points.ts'
import { pointsFromRows } from '../../src/numerics/points.ts'
import type { Batch } from '../../src/train/engine.ts'
import { golden } from './golden.ts'

type Matrix = number[][]
type Flat = Record<string, number[]>

interface Known {
  x_t: Matrix
  t: number[]
  known: Matrix
  known_values: Matrix
}

interface GoldenTable {
  blocks: { kind: 'number' | 'category'; width: number }[]
  hidden: number[]
  T: number
  sigmas: number[]
  optimizer: { beta2: number; weightDecay: number; averageDecay: number }
  weights: Record<string, { shape: number[]; data: number[] }>
  steps: (Known & {
    target: Matrix
    weights: Matrix
    learningRate: number
    u: Matrix
    loss: number
    parameters: Flat
    average: Flat
    firstMoment: Flat
  })[]
  predictions: Known & { output: Matrix; sample: Matrix }
}

/** make_table_steps.py made it with PyTorch in float64. */
export const goldenTable = golden<GoldenTable>('table_steps.json')

let start = 0
const blocks = goldenTable.blocks.map(({ width: size }) => {
  const block = { size, start }
  start += size
  return block
})

export const tableNetwork = createNetwork(
  { ...tableTraits, hidden: goldenTable.hidden, time: { kind: 'log_sigma', width: 16 } },
  blocks,
  [1, ...goldenTable.sigmas.map((sigma) => 1 / (1 + sigma ** 2))],
)

export const tableWeights: NamedWeights = new Map(
  Object.entries(goldenTable.weights).map(([name, { shape, data }]) => [
    name,
    { shape, data: Float32Array.from(data) },
  ]),
)

export const exact = (rows: Matrix): Points<Float64Array> => ({
  data: Float64Array.from(rows.flat()),
  count: rows.length,
  dim: rows[0]!.length,
})

export const exactCondition = ({ known, known_values }: Known): Condition<Float64Array> => ({
  known: exact(known),
  values: exact(known_values),
})

export const conditionIn = ({ known, known_values }: Known): Condition => ({
  known: pointsFromRows(known),
  values: pointsFromRows(known_values),
})

/** The batch of a golden step, as engines take it. */
export function goldenBatch(step: GoldenTable['steps'][number]): Batch {
  const factors = pointsFromRows(step.weights)
  // an error's factor in the gradient: of a squared one it is twice its weight
  for (const { size, start: at } of blocks)
    if (size === 1) for (let i = 0; i < factors.count; i++) factors.data[i * factors.dim + at]! *= 2
  return {
    x_t: inputsOf(tableNetwork, pointsFromRows(step.x_t), conditionIn(step)),
    t: Int32Array.from(step.t),
    target: pointsFromRows(step.target),
    factors: factors.data.map((factor) => factor / factors.count),
  }
}
