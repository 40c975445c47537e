import { apartPredictorGraph } from '../../onnx/build/predictor.ts'
import { encodeModelFile } from '../../onnx/card-graph.ts'
import type { ModelFile } from '../../onnx/read.ts'
import type { Provider, ProviderDefinition } from '../provider.ts'
import { takesOneForAll } from '../shared-chunk.ts'

/** A provider that is a runtime of others, which gets our own encoding of each model. */
export function ofRuntime<N extends string>(definition: ProviderDefinition<N>): Provider<N> {
  return { ...definition, encode: encodeForRuntime }
}

/** Our own encoding of what a model file holds, in which t and the condition may be one row for all where they are so in chunks. */
export function encodeForRuntime(file: ModelFile): Uint8Array {
  if (!takesOneForAll(file)) return encodeModelFile(file)
  const { network, weights } = file.network
  const graph = apartPredictorGraph(network, weights, file.description.predictionType)
  return encodeModelFile({ ...file, graph })
}
