import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { sample } from '../../src/infer/sample.ts'
import { loadModel } from '../../src/node/providers.ts'
import { encodeModelFile } from '../../src/onnx/card-graph.ts'
import { readModel } from '../../src/onnx/read.ts'
import { tableToCsv } from '../../src/table/formats/csv-write.ts'
import { goldenPath } from '../helpers/golden.ts'
import { decodeModel, encodeModel, type IModel } from '../helpers/onnx.ts'
import { expectRefused } from '../helpers/refusals.ts'

/** A table's sampler.onnx as moonstep wrote it when its graph also decoded cells, in float32; two candidates of a row. */
const bytes = new Uint8Array(readFileSync(goldenPath('table_sampler_format_3.onnx')))
const rows = readFileSync(goldenPath('table_sampler_format_3.csv'), 'utf8')

function edited(change: (model: IModel) => unknown): Uint8Array {
  const model = decodeModel(bytes)
  change(model)
  return encodeModel(model)
}

const nodeOf = (model: IModel, name: string) => model.graph!.node!.find((node) => node.name === name)!

describe("a table's sampler.onnx of format 3", () => {
  it.each(['cpu', 'simd', 'reference'] as const)(
    'has the samples that it had, from x_0 alone: %s',
    async (provider) => {
      await using model = await loadModel(bytes, { provider })
      const { table } = await sample(model, { count: 40, seed: 5, onWarning: () => {} })
      expect(tableToCsv(table)).toBe(rows)
      expect(model.card.format).toBe(3)
    },
  )

  it('is read whatever it computes after x_0, and refused for another x_0', () => {
    const { outputs, card } = readModel(bytes)
    expect([outputs, card.format]).toEqual([['x_0'], 3])
    const decoding = edited((model) => {
      const node = model.graph!.node!.find(({ name }) => name!.startsWith('decode/Clip'))!
      node.opType = 'Softmax'
    })
    expect(encodeModelFile(readModel(decoding))).toEqual(encodeModelFile(readModel(bytes)))
    const producing = decodeModel(bytes).graph!.node!.find(({ output }) => output!.includes('x_0'))!
    const other = edited((model) => {
      nodeOf(model, producing.name!).opType = 'Sub'
    })
    expectRefused(() => readModel(other, 'sampler.onnx'), /its graph is not what its card calls for/)
  })
})
