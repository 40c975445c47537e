import { InputError } from '../../../src/core/errors.ts'
import { counted } from '../../../src/core/format.ts'
import { referencePredictor } from '../../../src/model/compute/reference.ts'
import { readModel } from '../../../src/onnx/read.ts'
import { isScaled } from '../../../src/table/encodings/encoding.ts'
import { requireSize } from './file-size.ts'
import type { PointsModel } from './points-model.ts'

/** Reads a file that is chosen in the page. Throws InputError as `modelOfFile` does, and on one that is too large. */
export async function readModelFile(file: Blob, name: string) {
  requireSize(file, name)
  const bytes = new Uint8Array(await file.arrayBuffer())
  return { model: modelOfFile(bytes, name), onnx: bytes }
}

/**
 * Reads a model.onnx that is not the page's own. Throws InputError as `readModel` does, or, with a remedy, on a moonstep
 * model that the lesson doesn't cover. The page loads this module with the first such file: the code that reads ONNX is
 * larger than all else in its worker.
 */
export function modelOfFile(bytes: Uint8Array, name: string): PointsModel {
  const { card, description, network: inside } = readModel(bytes, name)
  const { encoding } = description
  if (!isScaled(encoding))
    throw new InputError(
      `${name} is the model of a table (${counted(encoding.columns.length, 'column')}): this page explains models of points; ` +
        'sample it with moonstep sample',
      'bad-model',
    )
  if (inside.kind === 'folded')
    throw new InputError(
      `${name} is a sampler.onnx, whose network is folded into its steps: give the model.onnx of the same run`,
      'bad-data',
    )
  return {
    description,
    columns: encoding.columns,
    predictor: referencePredictor(inside.network, inside.weights),
    origin: card,
  }
}
