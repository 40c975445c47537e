import { type PredictionType, predictionTypes } from '../../src/diffusion/prediction.ts'
import type { SamplerExport, TrainedModel } from '../../src/export/export-model.ts'
import type { SampleOptions } from '../../src/infer/model.ts'
import type { TimeEmbedding } from '../../src/model/network.ts'
import { pointsFromRows } from '../../src/numerics/points.ts'
import { placeOf } from '../../src/table/columns.ts'
import { columnsAt } from '../../src/table/table.ts'
import { diffusersPaths, exactPaths, type GoldenPath } from '../helpers/golden-paths.ts'
import {
  type GoldenCall,
  goldenCall,
  goldenTableCall,
  referenceModel,
  untrainedModel,
} from '../helpers/models.ts'
import { flightTable, orderTable, visitTable } from '../helpers/related-tables.ts'
import { nameTable, petModel, salaryTable, untrainedTable } from '../helpers/tables.ts'

/** A draw, its sampler, and the states that it passes; without them it should end where the float64 reference does. */
export type Process = readonly [
  name: string,
  options: SampleOptions,
  choice: SamplerExport,
  path: readonly number[][][] | undefined,
]

/** What the models of one kind are tested with. */
interface Kind {
  /** The model of most tests. */
  readonly trained: TrainedModel
  readonly call: GoldenCall
  /** Of the model; the first is the recommended one. */
  readonly processes: readonly [Process, ...Process[]]
  /** Models that are called at each timestep, with the embedding that they have. */
  readonly embeddings: readonly (readonly [PredictionType, TimeEmbedding, TrainedModel])[]
  readonly shapes: readonly (readonly [string, TrainedModel])[]
  /** What may be asked of a draw. */
  readonly requests: readonly (readonly [string, Partial<SampleOptions>])[]
}

const processOf = ({ name, sampler, timesteps, x_T, noise, trajectory }: GoldenPath): Process => {
  const { name: of, ...parameters } = sampler
  const given = noise.length > 0 && { noise: noise.map(pointsFromRows) }
  const options = { count: x_T.length, x_T: pointsFromRows(x_T), ...given, trajectory: true }
  return [name, options, { sampler: of, ...parameters, timesteps }, trajectory]
}

const points: Kind = {
  trained: referenceModel,
  call: goldenCall,
  processes: [processOf(exactPaths[0]), ...[...exactPaths.slice(1), ...diffusersPaths].map(processOf)],
  embeddings: predictionTypes.flatMap((predictionType) =>
    ([{ kind: 'one_hot_linear' }, { kind: 'sinusoidal_mlp', width: 32 }] as const).map(
      (timeEmbedding) =>
        [
          predictionType,
          timeEmbedding,
          untrainedModel({ T: 200, timeEmbedding }, { predictionType }),
        ] as const,
    ),
  ),
  shapes: [
    ['one column', untrainedModel({ dim: 1, T: 3 })],
    ['one timestep', untrainedModel({ dim: 2, T: 1 })],
    ['seven columns, no hidden layer', untrainedModel({ dim: 7, T: 20, hidden: [] })],
  ],
  requests: [
    ['as they are', {}],
    ['clipped to the ranges of the data', { clip: true }],
  ],
}

export const { table: pets, ...petsModel } = petModel()

/** A model of some of the columns of pets. */
const modelOf = (...names: string[]) => {
  const order = names.map((name) => placeOf(pets.columns, name))
  return untrainedTable(columnsAt(pets, order))
}

const petsProcess = (name: string, choice: SamplerExport): Process => [
  name,
  { count: 7, seed: 4, given: { kind: 'cat' } },
  choice,
  undefined,
]
const strided = { timesteps: [6, 4, 3, 1] }

const table: Kind = {
  trained: petsModel,
  call: goldenTableCall,
  processes: [
    // points have every sampler with every parameter
    petsProcess('sde-dpmsolver++', {}),
    petsProcess('ddim eta 0.5, strided', { sampler: 'ddim', eta: 0.5, ...strided }),
    petsProcess('heun, strided', { sampler: 'heun', ...strided }),
  ],
  embeddings: [['sample', { kind: 'log_sigma', width: 16 }, petsModel]],
  shapes: [
    ['one column of names', modelOf('kind')],
    ['one column of dates', modelOf('born')],
    ['a column with gaps and one with nothing to learn', modelOf('price', 'id')],
    ['columns that others determine', untrainedTable(flightTable(400))],
    ['sums of columns', untrainedTable(orderTable(400))],
    ['dates and their parts', untrainedTable(visitTable(900))],
    ['frequent values of a number', untrainedTable(salaryTable(900))],
    ['many names', untrainedTable(nameTable(900))],
  ],
  requests: [
    ['with nothing given', {}],
    ['with a category given', { given: { kind: 'cat' } }],
    ['with several cells given, one of them missing', { given: { tame: true, weight: 12.5, price: null } }],
    ['with no cell missing', { complete: true, given: { legs: 4 } }],
  ],
}

export const kinds: ['points' | 'a table', Kind][] = [
  ['points', points],
  ['a table', table],
]
