import { describe, expect, it } from 'vitest'
import { createSchedule } from '../../src/diffusion/schedule.ts'
import { createNetwork, tableTraits } from '../../src/model/network.ts'
import { blocksOf, encodeCells } from '../../src/table/encodings/encoding.ts'
import { fitTable } from '../../src/table/encodings/fit.ts'
import { batchesOf } from '../../src/train/batches.ts'
import { petTable } from '../helpers/tables.ts'

const table = petTable(500)
const encoding = fitTable(table)
const codes = encodeCells(encoding, table)
const schedule = createSchedule({ kind: 'karras', sigmaMin: 0.04, sigmaMax: 6, rho: 7 }, 30)
const batchSize = 250
const blocks = blocksOf(encoding)
const network = createNetwork(
  { ...tableTraits, hidden: [8], time: { kind: 'log_sigma', width: 16 } },
  blocks,
  schedule.alphaBars,
)
const source = {
  network,
  blocks,
  codes,
  predictionType: 'sample',
  lossWeighting: 'none',
  batchSize,
  seed: 3,
} as const
const dim = 18
const numbers = blocks.filter(({ size }) => size === 1).length
const width = 2 * dim + blocks.length + 6 * numbers
const draw = batchesOf(source)
const batches = Array.from({ length: 40 }, (_, step) => structuredClone(draw(step)))
const marksOf = (x_t: Float32Array, i: number) =>
  Array.from(x_t.subarray(i * width + 2 * dim, i * width + 2 * dim + blocks.length))

describe('batches of a table', () => {
  it('are a function of seed and step alone', () => {
    const again = batchesOf(source)
    expect(again(17)).toEqual(batches[17])
    expect(again(2)).toEqual(batches[2])
    expect(batchesOf({ ...source, seed: 4 })(2)).not.toEqual(batches[2])
  })

  it('stay as they are while the next one is drawn', () => {
    const again = batchesOf(source)
    const first = again(0)
    const second = again(1)
    expect([first, second]).toEqual(batches.slice(0, 2))
    expect(again(2)).toBe(first)
  })

  it('have each row once a pass, and each timestep as often as the others', () => {
    // of two batches of 250 rows, the categories of kind that are targets are those of all rows
    const kinds = new Float64Array(4)
    for (const { target } of batches.slice(0, 2))
      for (let i = 0; i < batchSize; i++) for (let k = 0; k < 4; k++) kinds[k]! += target.data[i * dim + k]!
    const all = [0, 1, 2, 3].map(
      (kind) => codes.data.filter((code, k) => k % 8 === 0 && code === kind).length,
    )
    expect([...kinds]).toEqual(all)
    for (const { t } of batches) {
      const counts = new Map<number, number>()
      for (const each of t) counts.set(each, (counts.get(each) ?? 0) + 1)
      expect(counts.size).toBe(30)
      for (const count of counts.values()) expect(Math.abs(count - 250 / 30)).toBeLessThanOrEqual(2)
    }
  })

  it('know nothing of half of the rows, one block or all but one of an eighth each', () => {
    const sizes: number[] = []
    for (const { x_t } of batches)
      for (let i = 0; i < batchSize; i++)
        sizes.push(marksOf(x_t.data, i).reduce((sum, mark) => sum + mark, 0))
    const share = (size: number) => sizes.filter((each) => each === size).length / sizes.length
    // a row of random marks may know none too; a missing value is never known
    expect(share(0)).toBeGreaterThan(0.5)
    expect(share(0)).toBeLessThan(0.6)
    expect(share(1)).toBeGreaterThan(0.12)
    expect(share(blocks.length - 1)).toBeGreaterThan(0.03)
  })

  it('count what is to be drawn alone, a missing value never, and rows with less to draw for more', () => {
    for (const { x_t, factors } of batches.slice(0, 10))
      for (let i = 0; i < batchSize; i++) {
        const marks = marksOf(x_t.data, i)
        const own = blocks.map(({ start, size }) =>
          Array.from(factors.subarray(i * dim + start, i * dim + start + size), (each) => each * batchSize),
        )
        const drawn = own.filter(([weight]) => weight! > 0).length
        const factor = Math.fround(Math.sqrt(blocks.length / Math.max(1, drawn)))
        for (const [b, of] of own.entries()) {
          const { size } = blocks[b]!
          const isCounted = of[0]! > 0
          expect(marks[b] === 1 && isCounted).toBe(false)
          if (isCounted)
            for (const weight of of)
              expect(Math.abs(weight - (size === 1 ? 6 : 1) * factor)).toBeLessThan(1e-5)
          else expect(of.every((weight) => weight === 0)).toBe(true)
        }
      }
  })

  it('hide a known value from the noisy inputs and a drawn one from the known ones', () => {
    for (const { x_t } of batches.slice(0, 10))
      for (let i = 0; i < batchSize; i++) {
        const marks = marksOf(x_t.data, i)
        for (const [b, { start, size }] of blocks.entries())
          for (let d = start; d < start + size; d++) {
            const [noisy, known] = [x_t.data[i * width + d]!, x_t.data[i * width + dim + d]!]
            expect(marks[b] === 1 ? noisy : known).toBe(0)
            expect(Number.isFinite(noisy)).toBe(true)
          }
      }
  })
})
