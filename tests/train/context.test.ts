import { describe, expect, it } from 'vitest'
import { inputRows } from '../../src/model/inputs.ts'
import { contextOfCodes } from '../../src/table/condition.ts'
import { fitTable } from '../../src/table/encodings/fit.ts'
import { batchesOf } from '../../src/train/batches.ts'
import { petSource, petTable } from '../helpers/tables.ts'

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

describe('the context of rows', () => {
  const context = ['weight', 'tame']
  const table = petTable(200)
  const encoding = fitTable(table, { context })
  const source = petSource({ rows: 200, T: 30, hidden: [8], batchSize: 100, context })
  const { network } = source
  const inputs = inputRows(network)
  const ofContext = network.blocks.flatMap((_, b) => (source.blocks[b]!.isContext ? [b] : []))
  /** The inputs of the context in a row: noisy and given values, marks, and waves of numbers. */
  const inputsOf = (data: Float32Array, i: number) => {
    const numbers = network.blocks.filter(({ size }) => size === 1)
    const at = (k: number) => data[i * inputs.width + k]!
    return ofContext
      .flatMap((b) => {
        const { start, size } = network.blocks[b]!
        const dims = upTo(size).flatMap((k) => [start + k, network.dim + start + k])
        const wave = 2 * network.dim + network.blocks.length + numbers.indexOf(network.blocks[b]!)
        const waves = size > 1 ? [] : [wave, wave + numbers.length]
        return [...dims, 2 * network.dim + b, ...waves].map(at)
      })
      .join()
  }

  it('is the same in training as in sampling, gaps included, and counts nothing in the loss', () => {
    const { known, values } = contextOfCodes(encoding, source.codes)!
    const sampled = new Float32Array(200 * inputs.width)
    const x_t = new Float32Array(network.dim).fill(0.3)
    for (let i = 0; i < 200; i++) {
      const isKnown = (b: number) => known.data[i * known.dim + b] === 1
      const row = {
        x_t,
        values: values.data.subarray(i * network.dim, (i + 1) * network.dim),
        from: 0,
        isKnown,
      }
      inputs.write(sampled, i * inputs.width, row)
    }
    const draw = batchesOf(source)
    const trained = [0, 1].map((step) => structuredClone(draw(step)))
    for (const { factors } of trained)
      for (let i = 0; i < 100; i++)
        for (const b of ofContext) {
          const { start, size } = network.blocks[b]!
          for (let d = start; d < start + size; d++) expect(factors[i * network.dim + d]).toBe(0)
        }
    // each row is once in the two batches of a pass
    const seen = trained.flatMap((batch) => upTo(100).map((i) => inputsOf(batch.x_t.data, i)))
    const asked = upTo(200).map((i) => inputsOf(sampled, i))
    expect(seen.sort()).toEqual(asked.sort())
    expect(source.codes.data.some(Number.isNaN)).toBe(true)
  })
})
