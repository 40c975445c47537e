import { readFileSync } from 'node:fs'
import proto from 'onnx-proto'
import { hostile } from '../input.ts'

/** A model with another column, made by faker, or without it in ways whose shares are not 256 together. */
function withWrongShares(): Uint8Array {
  const { ModelProto } = proto.onnx
  const model = ModelProto.decode(readFileSync('models/penguins/model.onnx'))
  const entry = model.metadataProps!.find(({ value }) => value?.includes('"encoding"'))!
  const card = JSON.parse(entry.value!)
  card.columns.push('code')
  card.encoding.columns.push({
    name: 'code',
    kind: 'text',
    as: 'generated',
    maker: {
      by: 'faker',
      method: 'person.lastName',
      locale: 'en',
      isNumbered: false,
      fallback: { alternatives: [{ share: 1, parts: [{ text: 'x' }] }], isUnique: false },
    },
  })
  entry.value = JSON.stringify(card)
  return ModelProto.encode(model).finish()
}

export default hostile({
  kind: 'model',
  content: () => withWrongShares(),
  is: /the shares must add up to 256/,
})
