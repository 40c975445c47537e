import { cardKey, type ModelCard } from '../../src/model/card.ts'
import { decodeModel, encodeModel } from '../helpers/onnx.ts'

/** A model whose golden vectors are off: what a driver that miscomputes looks like. */
export function spoiledModel(bytes: Uint8Array, by: number): Uint8Array {
  const proto = decodeModel(bytes)
  const entry = proto.metadataProps!.find(({ key }) => key === cardKey)!
  const card: Pick<ModelCard, 'golden' | 'goldenSample'> = JSON.parse(entry.value!)
  const spoil = (row: readonly number[]) => row.map((value) => value + by)
  const golden = card.golden.map((call) => ({ ...call, output: spoil(call.output) }))
  const { goldenSample } = card
  const spoiled = goldenSample && { goldenSample: { ...goldenSample, x_0: goldenSample.x_0.map(spoil) } }
  entry.value = JSON.stringify({ ...card, golden, ...spoiled })
  return encodeModel(proto)
}
