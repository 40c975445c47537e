import * as v from 'valibot'
import { InputError } from '../../../src/core/errors.ts'
import type * as result from '../../../src/model/compute/reference.ts'
import type { Head } from '../../../src/model/heads/head.ts'
import type * as inputs from '../../../src/model/inputs.ts'
import type * as condition from '../../../src/onnx/build/condition.ts'
import type * as graph from '../../../src/onnx/build/result.ts'
import type * as sampler from '../../../src/onnx/build/sampler.ts'
import type * as seeded from '../../../src/onnx/read.ts'
import type * as encodings from '../../../src/table/encodings/index.ts'
import type { EncodingKind } from '../../../src/table/encodings/kind.ts'
import { scaledDecoder } from '../../../src/table/encodings/linear.ts'
import type * as table from '../../../src/table/table.ts'

/**
 * Replaces the code that only models of tables and sampler.onnx need (vite.config.ts): `refusal.ts` refuses both. Only a
 * card that claims to be one of these gets here.
 */
function refuse(): never {
  throw new InputError('give a model of points', 'bad-model')
}

/** All that scaled numbers need: each takes one dimension of the model. */
const linear = { size: () => 1, decoder: scaledDecoder } as unknown as EncodingKind

export const encodingKindOf: typeof encodings.encodingKindOf = ({ as }) =>
  as === 'linear' ? linear : refuse()
export const encodedColumnSchema = v.any() as typeof encodings.encodedColumnSchema
export const matchColumns: typeof table.matchColumns = refuse
/** Its name on a card is refused by `requireModelOfPoints`. */
export const estimate = {} as Head
export const inputsOf: typeof inputs.inputsOf = (_, x_t) => x_t
export const resultOf: typeof result.resultOf = (_network, _x_t, _t, output) => output
export const conditionIn: typeof condition.conditionIn = () => undefined
export const resultInGraph: typeof graph.resultInGraph = (_graph, _network, _condition, { output }) => output
export const samplerGraph: typeof sampler.samplerGraph = refuse
/** seeded.onnx holds float64, and is refused for that. */
export const refuseSeeded: typeof seeded.refuseSeeded = () => {}
