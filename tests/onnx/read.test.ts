import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.ts'
import { exportNoisePredictor, exportSampler } from '../../src/export/export-model.ts'
import { cardKey } from '../../src/model/card.ts'
import { decodeModel, encodeModel, type IModel } from '../../src/onnx/proto.ts'
import { readModel } from '../../src/onnx/read.ts'
import { referenceModel } from '../helpers/models.ts'

const bytes = await exportNoisePredictor(referenceModel)

function damaged(change: (model: IModel) => void): Uint8Array {
  const model = decodeModel(bytes, 'model.onnx')
  change(model)
  return encodeModel(model)
}

function withCard(change: (card: Record<string, unknown>) => void): Uint8Array {
  return damaged((model) => {
    const entry = model.metadataProps!.find(({ key }) => key === cardKey)!
    const card = JSON.parse(entry.value!)
    change(card)
    entry.value = JSON.stringify(card)
  })
}

describe('readModel', () => {
  it('gives the card and the weights that were exported', () => {
    const { card, initializers, isSampler } = readModel(bytes)
    expect(isSampler).toBe(false)
    expect(card.schedule).toMatchObject({ kind: 'polynomial', betaStart: 1e-4, betaEnd: 0.9, power: 3 })
    expect(card.schedule.betas).toHaveLength(11)
    expect(card.scaler).toEqual(referenceModel.config.scaler)
    for (const [name, tensor] of referenceModel.weights) expect(initializers.get(name)).toEqual(tensor)
  })

  it('tells a sampler by its card', async () => {
    const { card, isSampler, inputs, outputs } = readModel(
      await exportSampler(referenceModel, { numSteps: 5 }),
    )
    expect(isSampler).toBe(true)
    expect(card.sampler).toEqual({
      name: 'ddpm',
      variance: 'fixed_small',
      eta: null,
      timesteps: [10, 8, 6, 4, 2],
    })
    expect([inputs, outputs]).toEqual([
      ['x_T', 'noise'],
      ['x_0', 'samples'],
    ])
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(0), /no ONNX file/],
    ['random bytes', Uint8Array.from({ length: 300 }, (_, i) => (i * 137) % 256), /no ONNX file/],
    ['a file cut off', bytes.slice(0, bytes.length / 2), /no ONNX file/],
    ['a foreign model', damaged((m) => void (m.metadataProps = [])), /no model card/],
    ['a card that is no JSON', damaged((m) => void (m.metadataProps![0]!.value = '{')), /no JSON/],
    ['a card of a newer format', withCard((card) => void (card.format = 99)), /format 99.*update moonstep/],
    ['a card without T', withCard((card) => void delete card.T), /model card: T/],
    ['a card of other columns', withCard((card) => void (card.columns = ['x'])), /another number/],
    [
      'one weight changed',
      damaged((m) => {
        const tensor = m.graph!.initializer!.find(({ name }) => name === 'model.4.weight')!
        tensor.rawData = Uint8Array.from(tensor.rawData!)
        tensor.rawData[17]! ^= 1
      }),
      /initializer model\.4\.weight is not what was exported/,
    ],
    [
      'an initializer missing',
      damaged(
        (m) =>
          void (m.graph!.initializer = m.graph!.initializer!.filter(({ name }) => name !== 'model.0.bias')),
      ),
      /model\.0\.bias is missing/,
    ],
  ])('refuses %s', (_, file, message) => {
    expect(() => readModel(file, 'model.onnx')).toThrow(InputError)
    expect(() => readModel(file, 'model.onnx')).toThrow(message)
  })
})
