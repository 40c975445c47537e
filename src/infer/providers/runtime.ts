import { encodeModelFile } from '../../onnx/card-graph.ts'
import type { Provider, ProviderDefinition } from '../provider.ts'

/** A provider that is a runtime of others, which gets our own encoding of each model. */
export function ofRuntime<N extends string>(definition: ProviderDefinition<N>): Provider<N> {
  return { ...definition, encode: encodeModelFile }
}
