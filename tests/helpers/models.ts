import { readFileSync } from 'node:fs'
import type { TrainedModel } from '../../src/export/export-model.ts'
import {
  createNetwork,
  initialWeights,
  type Network,
  networkOf,
  tableTraits,
} from '../../src/model/network.ts'
import type { ExportConfig } from '../../src/model/run-config.ts'
import { readSafetensors } from '../../src/model/weights.ts'
import type { Condition, Points } from '../../src/numerics/points.ts'
import { blocksOf } from '../../src/table/encodings/encoding.ts'
import type { EncodedColumn } from '../../src/table/encodings/index.ts'
import {
  conditionIn,
  type GoldenPredictor,
  golden,
  goldenPath,
  inFloat64,
  type TableSteps,
} from './golden.ts'
import { levelsOf, type PointShape, pointNetwork } from './networks.ts'

export const reference = golden<GoldenPredictor>('noise_predictor.json')
export const referenceTable = golden<TableSteps>('table_steps.json')

/** The reference model as `export` reads it from a run folder. */
export const referenceModel: TrainedModel = {
  config: {
    T: reference.T,
    schedule: reference.schedule,
    scaler: reference.scaler,
    integerColumns: [],
    predictionType: 'epsilon',
    sampler: { name: 'ddpm', variance: 'fixed_small' },
  },
  weights: readSafetensors(readFileSync(goldenPath('noise_predictor.safetensors'))).tensors,
}

const columns = referenceTable.blocks.map(({ kind, width }, d): EncodedColumn => {
  const name = `column_${d}`
  if (kind === 'number') return { name, kind, as: 'linear', min: -2, max: 3 }
  return { name, kind, as: 'category', categories: Array.from({ length: width }, (_, k) => `name ${k}`) }
})
const timeEmbedding = { kind: 'log_sigma', width: 16 } as const

/** The network of the golden steps of a table, which have their noise levels to ten digits. */
export const referenceTableNetwork: Network = createNetwork(
  { ...tableTraits, hidden: referenceTable.hidden, time: timeEmbedding },
  blocksOf({ columns }),
  [1, ...referenceTable.sigmas.map((sigma) => 1 / (1 + sigma ** 2))],
)

/** Their network before the first step, as `export` reads it: each block is a column. */
export const referenceTableModel: TrainedModel = {
  config: {
    T: referenceTable.T,
    schedule: referenceTable.schedule,
    columns: columns.map(({ name }) => name),
    encoding: { columns },
    predictionType: 'sample',
    sampler: { name: 'sde-dpmsolver++' },
    hidden: referenceTable.hidden,
    timeEmbedding,
  },
  weights: new Map(
    Object.entries(referenceTable.weights).map(([name, { shape, data }]) => [
      name,
      { shape, data: Float32Array.from(data) },
    ]),
  ),
}

/** One call of a network, and PyTorch's result in float64. */
export interface GoldenCall {
  readonly trained: TrainedModel
  readonly network: Network
  readonly x_t: Points<Float64Array>
  readonly t: readonly number[]
  readonly condition?: Condition<Float64Array>
  readonly output: Points<Float64Array>
}

export const goldenCall: GoldenCall = {
  trained: referenceModel,
  network: networkOf(referenceModel.weights, levelsOf(reference.T)),
  x_t: inFloat64(reference.forward.x_t),
  t: reference.forward.t,
  output: inFloat64(reference.forward.epsilon),
}

const { predictions } = referenceTable

export const goldenTableCall: GoldenCall = {
  trained: referenceTableModel,
  network: referenceTableNetwork,
  x_t: inFloat64(predictions.x_t),
  t: predictions.t,
  condition: conditionIn(predictions),
  output: inFloat64(predictions.sample),
}

/** An untrained model of any shape. */
export function untrainedModel(shape: Partial<PointShape>, config: Partial<ExportConfig> = {}): TrainedModel {
  const network = pointNetwork({
    dim: shape.dim ?? 2,
    T: shape.T ?? 5,
    hidden: shape.hidden ?? [8, 6],
    timeEmbedding: shape.timeEmbedding ?? { kind: 'one_hot_linear' },
  })
  return {
    config: {
      ...referenceModel.config,
      T: network.T,
      scaler: { min: new Array(network.dim).fill(-2), max: new Array(network.dim).fill(3) },
      ...config,
    },
    weights: initialWeights(network, 1),
  }
}
