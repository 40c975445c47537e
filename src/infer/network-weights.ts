import { weightsDigest } from '../model/safetensors.ts'
import type { ModelFile } from '../onnx/read.ts'

/** What a student's card calls its teacher's sha256. Of a sampler.onnx there is none: its weights are folded. */
export function digestOfWeights({ network }: ModelFile): string | undefined {
  return network.kind === 'whole' ? weightsDigest(network.weights) : undefined
}
