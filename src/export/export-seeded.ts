import { describeSampler } from '../diffusion/samplers/index.ts'
import { cardKey } from '../model/card.ts'
import type { Description } from '../model/description.ts'
import { seededGraph } from '../onnx/build/seeded.ts'
import { seededOpset } from '../onnx/build/seeded-ops.ts'
import type { Graph } from '../onnx/graph.ts'
import { encodeGraph } from '../onnx/proto.ts'
import { finish, type SamplerExport, type TrainedModel, wholeProcess } from './export-model.ts'

/**
 * Makes seeded.onnx: noise, reverse process and decoding in one graph, for engines without Moonstep's code.
 * Throws as `exportSampler` does.
 */
export async function exportSeeded(trained: TrainedModel, options: SamplerExport = {}): Promise<Uint8Array> {
  const { card, folded } = await wholeProcess(trained, options)
  const graphOf = ({ encoding, process }: Description) =>
    seededGraph({ folded, process: process(), encoding })
  return finish(card, graphOf, encodeSeededFile)
}

function encodeSeededFile(graph: Graph, description: Description, json: string): Uint8Array {
  const { sampler, timesteps } = description.process()
  const doc =
    `Samples of a diffusion model by seed and index, ${describeSampler(sampler)}, in ${timesteps.length} steps: ` +
    'for CPUs and WASM, as GPUs lack some of its operators.'
  return encodeGraph(graph, { name: 'seeded', doc, metadata: { [cardKey]: json } }, seededOpset)
}
