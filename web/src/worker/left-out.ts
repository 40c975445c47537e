import * as v from 'valibot'
import { InputError } from '../../../src/core/errors.ts'
import type * as network from '../../../src/model/table-network.ts'
import type * as sampler from '../../../src/onnx/build/sampler-graph.ts'
import type * as graph from '../../../src/onnx/build/table-graph.ts'
import type * as seeded from '../../../src/onnx/seeded-file.ts'
import type * as encodings from '../../../src/table/encodings/index.ts'
import type { EncodingKind } from '../../../src/table/encodings/kind.ts'
import type * as table from '../../../src/table/table.ts'
import type { Column } from '../../../src/table/table.ts'

/**
 * Replaces the code that only models of tables and sampler.onnx need (vite.config.ts): `refusal.ts` refuses both. Only a
 * card that claims to be one of these gets here.
 */
function refuse(): never {
  throw new InputError('give a model of points', 'bad-model')
}

/** All that scaled numbers need: each takes one dimension of the model. */
const linear = { size: (_: Column) => 1 } as EncodingKind

export const encodingKindOf: typeof encodings.encodingKindOf = ({ as }) =>
  as === 'linear' ? linear : refuse()
export const encodedColumnSchema = v.any() as typeof encodings.encodedColumnSchema
export const matchColumns: typeof table.matchColumns = refuse
export const tableInputs: typeof network.tableInputs = refuse
export const estimateSamples: typeof network.estimateSamples = refuse
export const conditionIn: typeof graph.conditionIn = refuse
export const stateOf: typeof graph.stateOf = refuse
export const estimateOf: typeof graph.estimateOf = refuse
export const samplerGraph: typeof sampler.samplerGraph = refuse
/** seeded.onnx holds float64, and is refused for that. */
export const refuseSeeded: typeof seeded.refuseSeeded = () => {}
