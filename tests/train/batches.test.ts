import { describe, expect, it } from 'vitest'
import { lossWeightings } from '../../src/diffusion/prediction.ts'
import { createSchedule } from '../../src/diffusion/schedule.ts'
import { inputRows } from '../../src/model/inputs.ts'
import { maxAbsDifference, type Points } from '../../src/numerics/points.ts'
import { type BatchSource, batchesOf, pairsOf } from '../../src/train/batches.ts'
import type { Batch } from '../../src/train/engine.ts'
import { bitsOf } from '../helpers/bits.ts'
import { drawBatch, meanFactors, pointNetwork, pointSource } from '../helpers/networks.ts'
import { petSource } from '../helpers/tables.ts'

const schedule = createSchedule({ kind: 'polynomial', betaStart: 1e-4, betaEnd: 0.9, power: 3 }, 10)
// row i is (i, -i), far apart, so that x_t identifies its row
const x_0: Points = {
  data: Float32Array.from({ length: 2000 }, (_, k) => (k % 2 ? -1 : 1) * (k >> 1)),
  count: 1000,
  dim: 2,
}

const plain = { x_0, schedule, predictionType: 'epsilon', lossWeighting: 'none', seed: 3 } as const

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

/** The rows that a batch's points were made of, from x_t = sqrt(alphaBar) x_0 + sqrt(1 - alphaBar) epsilon. */
function rowsOf({ x_t, t, target }: ReturnType<typeof drawBatch>): number[] {
  return Array.from(t, (timestep, i) => {
    const alphaBar = schedule.alphaBars[timestep]!
    return (x_t.data[2 * i]! - Math.sqrt(1 - alphaBar) * target.data[2 * i]!) / Math.sqrt(alphaBar)
  })
}

const pets = petSource({ rows: 500, T: 30, hidden: [8], batchSize: 250 })
const { blocks, codes } = pets
const { dim } = pets.network
const { width } = inputRows(pets.network)
const marksOf = ({ x_t }: Batch, i: number) =>
  Array.from(x_t.data.subarray(i * width + 2 * dim, i * width + 2 * dim + blocks.length))
const drawPets = batchesOf(pets)
const batchesOfPets = Array.from({ length: 40 }, (_, step) => structuredClone(drawPets(step)))

interface Kind {
  readonly source: BatchSource
  /** Chi-squared of t, which has T - 1 degrees of freedom: exceeded once in a million. */
  readonly chiSquared: number
  /** The factor in the mean over the rows, of a number and of a logit, and how near float32 comes to it. */
  readonly factors: { readonly number: number; readonly logit?: number; readonly bound: number }
}

const kinds: [string, Kind][] = [
  [
    'points',
    {
      source: pointSource({ ...plain, batchSize: 1000 }),
      chiSquared: 45,
      factors: { number: 2 / 2, bound: 1e-6 },
    },
  ],
  ['a table', { source: pets, chiSquared: 81, factors: { number: 6, logit: 1, bound: 1e-5 } }],
]

describe.each(kinds)('batches of %s', (_, kind) => {
  const { source } = kind
  const { T, alphaBars, takesCondition } = source.network
  const draw = batchesOf(source)
  const batches = Array.from({ length: 100 }, (_, step) => structuredClone(draw(step)))

  it('depend on the seed and the step alone', () => {
    const again = batchesOf(source)
    expect(bitsOf(again(17))).toBe(bitsOf(batches[17]))
    expect(bitsOf(again(2))).toBe(bitsOf(batches[2]))
    expect(bitsOf(batches[2]!.target)).not.toBe(bitsOf(batches[3]!.target))
    const other = batchesOf({ ...source, seed: 4 })(2)
    expect(bitsOf(other.target)).not.toBe(bitsOf(batches[2]!.target))
    expect(bitsOf(other.t)).not.toBe(bitsOf(batches[2]!.t))
  })

  it('keep their numbers while the next batch is drawn', () => {
    const again = batchesOf(source)
    const [first, second] = [again(0), again(1)]
    expect([first, second].map(bitsOf)).toEqual(batches.slice(0, 2).map(bitsOf))
    expect(again(2)).toBe(first)
  })

  it('draw t uniformly from 1 to T: chi-squared over 100 steps', () => {
    const counts = new Array<number>(T + 1).fill(0)
    for (const { t } of batches) for (const each of t) counts[each]! += 1
    expect(counts).toHaveLength(T + 1)
    expect(counts[0]).toBe(0)
    const expected = (100 * source.batchSize) / T
    const chiSquared = counts.slice(1).reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    expect(chiSquared).toBeLessThan(kind.chiSquared)
  })

  it.each(lossWeightings)(
    'weigh the blocks to draw by t, and more if they are few, with the loss weighting %s',
    (of) => {
      const { factors } = kind
      const { blocks, dim } = source.network
      const drawWeighted = batchesOf({ ...source, lossWeighting: of })
      let worst = 0
      for (let step = 0; step < 10; step++) {
        const batch = drawWeighted(step)
        for (const [i, t] of batch.t.entries()) {
          const snr = alphaBars[t]! / (1 - alphaBars[t]!)
          const weight = of === 'min_snr' ? Math.min(snr, 5) / snr : 1
          const counted = blocks.filter(({ start }) => batch.factors[i * dim + start]! > 0)
          const share = Math.sqrt(blocks.length / Math.max(1, counted.length))
          for (const block of blocks)
            for (let d = block.start; d < block.start + block.size; d++) {
              const unit = block.size === 1 ? factors.number : factors.logit!
              const expected = counted.includes(block) ? unit * weight * share : 0
              const factor = batch.factors[i * dim + d]!
              const error = Math.abs(factor * source.batchSize - expected)
              if (expected === 0 && factor !== 0) worst = Number.POSITIVE_INFINITY
              worst = Math.max(worst, error)
            }
          if (!takesCondition) expect(counted).toEqual(blocks)
        }
      }
      expect(worst).toBeLessThan(factors.bound)
    },
  )
})

it('a full batch of points holds every row in order', () => {
  const rows = rowsOf(drawBatch({ ...plain, batchSize: 1000 }, 0))
  expect(maxAbsDifference(rows, upTo(1000))).toBeLessThanOrEqual(1e-2)
})

describe('a mini-batch of points', () => {
  const source = { ...plain, batchSize: 64 }

  it('has the factors of a mean of squares', () => {
    expect([...new Set(drawBatch(source, 0).factors)]).toEqual([2 / 128])
  })

  it('draws other rows at each step, from all of the data', () => {
    const rows = [0, 1].map((step) => rowsOf(drawBatch(source, step)).map(Math.round))
    expect(rows[0]).toHaveLength(64)
    expect(rows[0]).not.toEqual(rows[1])
    const seen = new Set(
      Array.from({ length: 200 }, (_, step) => rowsOf(drawBatch(source, step)).map(Math.round)).flat(),
    )
    // 12,800 draws leave a row out with probability e^-12.8
    expect(seen.size).toBe(1000)
    expect(Math.min(...seen)).toBe(0)
    expect(Math.max(...seen)).toBe(999)
  })
})

describe('a batch of points for another prediction type', () => {
  const epsilon = drawBatch({ ...plain, batchSize: 64 }, 5)
  const [v, clean] = (['v_prediction', 'sample'] as const).map((predictionType) =>
    drawBatch({ ...plain, predictionType, batchSize: 64 }, 5),
  )

  it('has the same x_t and t, and a target from which the same noise follows', () => {
    for (const batch of [v!, clean!]) expect([batch.x_t, batch.t]).toEqual([epsilon.x_t, epsilon.t])
    for (const [i, t] of epsilon.t.entries())
      for (const d of [0, 1]) {
        const k = 2 * i + d
        const [a, b] = [Math.sqrt(schedule.alphaBars[t]!), Math.sqrt(1 - schedule.alphaBars[t]!)]
        const [x_0, noise] = [clean!.target.data[k]!, epsilon.target.data[k]!]
        expect(a * x_0 + b * noise).toBeCloseTo(epsilon.x_t.data[k]!, 4)
        expect(a * noise - b * x_0).toBeCloseTo(v!.target.data[k]!, 4)
      }
  })
})

describe('a mini-batch of a table', () => {
  const { batchSize } = pets

  it('has each row once in a pass, and each timestep equally often', () => {
    // of two batches of 250 rows, the categories of kind that are targets are those of all rows
    const kinds = new Float64Array(4)
    for (const { target } of batchesOfPets.slice(0, 2))
      for (let i = 0; i < batchSize; i++) for (let k = 0; k < 4; k++) kinds[k]! += target.data[i * dim + k]!
    const all = [0, 1, 2, 3].map(
      (kind) => codes.data.filter((code, k) => k % codes.dim === 0 && code === kind).length,
    )
    expect([...kinds]).toEqual(all)
    for (const { t } of batchesOfPets) {
      const counts = new Map<number, number>()
      for (const each of t) counts.set(each, (counts.get(each) ?? 0) + 1)
      expect(counts.size).toBe(30)
      for (const count of counts.values()) expect(Math.abs(count - 250 / 30)).toBeLessThanOrEqual(2)
    }
  })

  it('gives no block in half of the rows, and one block or all but one in an eighth each', () => {
    const sizes: number[] = []
    for (const batch of batchesOfPets)
      for (let i = 0; i < batchSize; i++) sizes.push(marksOf(batch, i).reduce((sum, mark) => sum + mark, 0))
    const share = (size: number) => sizes.filter((each) => each === size).length / sizes.length
    // a row of random marks may have none too; a missing value is never given
    expect(share(0)).toBeGreaterThan(0.5)
    expect(share(0)).toBeLessThan(0.6)
    expect(share(1)).toBeGreaterThan(0.12)
    expect(share(blocks.length - 1)).toBeGreaterThan(0.03)
  })

  it('hides given blocks from the noisy inputs and from the loss, and drawn blocks from the given inputs', () => {
    for (const batch of batchesOfPets.slice(0, 10)) {
      const { x_t, factors } = batch
      for (let i = 0; i < batchSize; i++) {
        const marks = marksOf(batch, i)
        for (const [b, { start, size }] of blocks.entries())
          for (let d = start; d < start + size; d++) {
            const [noisy, given] = [x_t.data[i * width + d]!, x_t.data[i * width + dim + d]!]
            const isGiven = marks[b] === 1
            const hidden = isGiven ? [noisy, factors[i * dim + d]] : [given]
            if (!Number.isFinite(noisy) || hidden.some((value) => value !== 0))
              expect([i, d, hidden]).toEqual([])
          }
      }
    }
  })
})

describe('a missing cell in a batch', () => {
  const missingBlocks = blocks.filter(({ part }) => part === 'missing')
  const valuesOf = ({ column }: (typeof blocks)[number]) =>
    blocks.find((block) => block.column === column && block.part === 'value')!
  const isMissing = ({ target }: Batch, i: number, gap: (typeof blocks)[number]) =>
    target.data[i * dim + gap.start + 1] === 1

  it('counts in the loss like a value, and its value is never given', () => {
    let missing = 0
    for (const batch of batchesOfPets)
      for (let i = 0; i < pets.batchSize; i++)
        for (const gap of missingBlocks) {
          const value = valuesOf(gap)
          if (!isMissing(batch, i, gap)) continue
          missing++
          expect(marksOf(batch, i)[blocks.indexOf(value)]).toBe(0)
          expect(batch.factors[i * dim + value.start]).toBeGreaterThan(0)
        }
    expect(missing).toBeGreaterThan(1000)
  })

  it('has values as often as the rows without gaps do: chi-squared, exceeded once in a million', () => {
    const tame = blocks.find(({ column, part }) => column === 4 && part === 'value')!
    const gap = missingBlocks.find(({ column }) => column === 4)!
    const present = codes.data.filter((code, k) => k % codes.dim === 4 && !Number.isNaN(code))
    const share = present.reduce((sum, code) => sum + code, 0) / present.length
    let [ones, all] = [0, 0]
    for (const batch of batchesOfPets)
      for (let i = 0; i < pets.batchSize; i++)
        if (isMissing(batch, i, gap)) {
          all++
          ones += batch.target.data[i * dim + tame.start + 1]!
        }
    expect(all).toBeGreaterThan(300)
    expect((ones - share * all) ** 2 / (all * share * (1 - share))).toBeLessThan(23.9)
  })

  it('has other values in other passes over the rows', () => {
    const tame = blocks.find(({ column, part }) => column === 4 && part === 'value')!
    const gap = missingBlocks.find(({ column }) => column === 4)!
    // the rows of two batches are those of every pass, so values that stayed would give the same sum each time
    const onesOfPass = Array.from({ length: 20 }, (_, pass) =>
      [0, 1].reduce((sum, half) => {
        const batch = batchesOfPets[2 * pass + half]!
        const rows = Array.from({ length: pets.batchSize }, (_, i) => i)
        const ones = rows.filter(
          (i) => isMissing(batch, i, gap) && batch.target.data[i * dim + tame.start + 1] === 1,
        )
        return sum + ones.length
      }, 0),
    )
    expect(new Set(onesOfPass).size).toBeGreaterThan(3)
  })
})

describe("a student's batch", () => {
  // row i of x_T is (i, -i), of x_0 twice that
  const twice = { ...x_0, data: x_0.data.map((x) => 2 * x) }
  const network = pointNetwork({ dim: 2, T: 1, hidden: [], timeEmbedding: { kind: 'one_hot_linear' } })
  const draw = (step: number, batchSize = 64, seed = 3) =>
    pairsOf(x_0, { network, codes: twice, batchSize, seed })(step)

  it('pairs noise with its sample at t = 1, in the rows that drawBatch draws', () => {
    const { x_t, t, target, factors } = draw(7)
    expect([x_t.count, [...new Set(t)], [...new Set(factors)]]).toEqual([64, [1], [2 / 128]])
    expect(target.data).toEqual(x_t.data.map((x) => 2 * x))
    const rows = rowsOf(drawBatch({ ...plain, batchSize: 64 }, 7)).map(Math.round)
    expect(Array.from({ length: 64 }, (_, i) => x_t.data[2 * i])).toEqual(rows)
  })

  it('depends on the seed and the step alone, and holds all pairs in order if it is full', () => {
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7).x_t).not.toEqual(draw(8).x_t)
    expect(draw(7).x_t).not.toEqual(draw(7, 64, 4).x_t)
    expect(draw(7, 1000)).toEqual({
      x_t: x_0,
      t: new Int32Array(1000).fill(1),
      target: twice,
      factors: meanFactors(x_0),
    })
  })
})

describe('a name that is not learned', () => {
  // every fifth row has one; all others have the second name
  const some = {
    ...codes,
    data: codes.data.map((code, k) => (k % codes.dim === 0 ? ((k / codes.dim) % 5 === 0 ? -1 : 1) : code)),
  }
  const all = { ...codes, data: codes.data.map((code, k) => (k % codes.dim === 0 ? 1 : code)) }
  // each row once
  const [batch, known] = [some, all].map((each) =>
    structuredClone(batchesOf({ ...pets, codes: each, batchSize: 500 })(3)),
  ) as [Batch, Batch]
  const { start, size } = blocks[0]!
  const of = (data: ArrayLike<number>, i: number) =>
    Array.from({ length: size }, (_, k) => data[i * dim + start + k]!)
  const counts = (of: Batch, i: number) => of.factors[i * dim + start]! > 0
  const rows = upTo(500).filter((i) => !counts(batch, i) && marksOf(batch, i)[0] === 0)

  it('counts nothing in the loss and is never known, and its row has no value', () => {
    expect(rows).toHaveLength(100)
    for (const i of rows) expect(of(batch.target.data, i)).toEqual([0, 0, 0, 0])
    for (const i of upTo(500))
      if (!rows.includes(i)) expect(of(batch.target.data, i)).toEqual(of(known.target.data, i))
  })

  it('leaves all else of the batch as it is', () => {
    const others = upTo(500).filter((i) => !rows.includes(i))
    for (const i of others) {
      expect(marksOf(batch, i)).toEqual(marksOf(known, i))
      expect(of(batch.factors, i)).toEqual(of(known.factors, i))
    }
    for (const i of rows) expect(marksOf(batch, i).slice(1)).toEqual(marksOf(known, i).slice(1))
    expect(rows.some((i) => marksOf(known, i)[0] === 1)).toBe(true)
  })
})
