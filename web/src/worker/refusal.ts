import { InputError } from '../../../src/core/errors.ts'
import { counted } from '../../../src/core/format.ts'
import { cardKey, type ModelCard } from '../../../src/model/card.ts'
import { parseGraph } from '../../../src/onnx/proto.ts'

/** Throws InputError, with a remedy, if a file is a moonstep model that the lesson doesn't cover. */
export function requireModelOfPoints(bytes: Uint8Array, name: string): void {
  const { encoding, sampler } = cardIn(bytes)
  if (encoding)
    throw new InputError(
      `${name} is the model of a table (${counted(encoding.columns.length, 'column')}): this page explains models of points; ` +
        'sample it with moonstep sample',
      'bad-model',
    )
  if (sampler)
    throw new InputError(
      `${name} is a sampler.onnx, whose network is folded into its steps: give the model.onnx of the same run`,
      'bad-data',
    )
}

/** A file's card, unchecked; empty for a file without one. */
function cardIn(bytes: Uint8Array): Partial<ModelCard> {
  try {
    const { metadata } = parseGraph(bytes, 'the model')
    return JSON.parse(metadata[cardKey] ?? '{}') ?? {}
  } catch {
    return {}
  }
}
