import { processOf } from '../diffusion/process.ts'
import { describeSampler } from '../diffusion/samplers/index.ts'
import { cardKey, type ModelCard } from '../model/card.ts'
import type { FoldedNetwork, WholeNetwork } from '../model/folded.ts'
import { encodingOf } from '../table/encoding.ts'
import type { Graph } from './graph.ts'
import { noisePredictorGraph } from './noise-predictor-graph.ts'
import { encodeGraph } from './proto.ts'
import { samplerGraph } from './sampler-graph.ts'

/** What a graph follows from: a card, but for the digests that come of the graph. */
export type GraphCard = Omit<ModelCard, 'digests'>

/**
 * The graph that a card calls for, of the network's weights: what an export writes, and what a file is compared with.
 * Throws where the card's process is refused.
 */
export function graphOfCard(
  card: GraphCard,
  inside: WholeNetwork | FoldedNetwork,
  trajectory: boolean,
): Graph {
  if (inside.kind === 'whole') return noisePredictorGraph(inside.network, inside.weights, card.predictionType)
  return samplerGraph({ folded: inside, process: processOf(card), encoding: encodingOf(card), trajectory })
}

/** A model file: the graph with its card. `json` is the card. The same graph and card give the same bytes. */
export function encodeModelFile(graph: Graph, card: GraphCard, json: string): Uint8Array {
  const { T, predictionType } = card
  const metadata = { [cardKey]: json }
  if (!card.sampler) {
    const doc = `Noise predictor of a diffusion model: x_t and t (1..${T}) to ${predictionType}.`
    return encodeGraph(graph, { name: 'noise_predictor', doc, metadata })
  }
  const { sampler, timesteps, isStochastic } = processOf(card)
  const noise = isStochastic ? ' and noise' : ''
  const doc = `Reverse process of a diffusion model, ${describeSampler(sampler)}, in ${timesteps.length} steps: x_T${noise} to samples.`
  return encodeGraph(graph, { name: 'sampler', doc, metadata })
}
