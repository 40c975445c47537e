import { describe, expect, it } from 'vitest'
import { neighbourhoodsOf } from '../../src/measure/privacy/neighbours.ts'
import { closestOf, exactCopies, nearCopies } from '../../src/measure/privacy/privacy.ts'
import { drawSets, type RealAndSamples } from '../../src/measure/privacy/sets.ts'
import { streams, uniforms } from '../../src/numerics/random.ts'
import { caveatOf, copiesSentence } from '../../src/report/privacy.ts'
import { type Table, tableOfPoints } from '../../src/table/table.ts'
import { realAndSamples } from '../report/measured.ts'

/** Rows of two numbers. */
const tableOf = (rows: readonly (readonly number[])[]): Table =>
  tableOfPoints(
    [
      { name: 'x', kind: 'number' },
      { name: 'y', kind: 'number' },
    ],
    { data: Float64Array.from(rows.flat()), count: rows.length, dim: 2 },
  )

/** Numbers that no other row has. */
const unlike = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => [from + i, 7 * (from + i)])

const common = Array.from({ length: 10 }, () => [0.5, 0.5])

async function copies(sets: RealAndSamples) {
  const drawn = drawSets(sets, 0)
  return { exact: exactCopies(sets, drawn, 0.01), near: nearCopies(await neighbourhoodsOf(drawn), 0.01) }
}

describe('copies of training rows', () => {
  it('are counted next to copies of held-out rows and copies among real rows', async () => {
    const train = [...unlike(0, 40), ...common]
    const against = [...unlike(1000, 40), ...common]
    const samples = [...unlike(0, 20), ...unlike(5000, 20), ...common]
    const { exact } = await copies(
      realAndSamples({ train: tableOf(train), against: tableOf(against), samples: tableOf(samples) }),
    )
    expect([exact.ofTrain.count, exact.ofAgainst.count, exact.real.count]).toEqual([30, 10, 10])
    expect([exact.members.count, exact.others.count]).toEqual([30, 10])
    expect(exact.isBeyondChance).toBe(true)
    expect(copiesSentence(exact, 'exact')).toContain(
      '60 % of the samples are exact copies of a training row, and 20 % are exact copies of one of equally many held-out rows',
    )
  })

  it('do not count as beyond chance if duplicates among real rows explain them', async () => {
    const sets = realAndSamples({
      train: tableOf([...unlike(0, 40), ...common]),
      against: tableOf([...unlike(1000, 40), ...common]),
      samples: tableOf(Array.from({ length: 50 }, () => [0.5, 0.5])),
    })
    const { exact, near } = await copies(sets)
    expect(exact.ofTrain.share).toBe(1)
    expect([exact.isBeyondChance, near.isBeyondChance]).toEqual([false, false])
  })

  it('include rows with missing cells', async () => {
    const gaps = Array.from({ length: 20 }, (_, i) => [i, Number.NaN])
    const sets = realAndSamples({
      train: tableOf(gaps),
      against: tableOf(unlike(100, 20)),
      samples: tableOf(gaps),
    })
    expect((await copies(sets)).exact.ofTrain.count).toBe(20)
  })

  it('are searched among all training rows, even if few rows are held out', async () => {
    const sets = realAndSamples({
      train: tableOf(unlike(0, 200)),
      against: tableOf(unlike(1000, 20)),
      samples: tableOf([...unlike(0, 200).slice(100), ...unlike(5000, 20)]),
    })
    const { exact } = await copies(sets)
    expect([exact.members.of, exact.members.count, exact.others.of]).toEqual([200, 100, 20])
    expect(exact.isBeyondChance).toBe(true)
  })

  it('of common rows are about as many for training rows as for held-out rows', async () => {
    // 40 kinds of rows, so that any 100 rows have nearly all
    const kinds = (count: number, step: number) => {
      const u = uniforms({ seed: 0, stream: streams.datasets, step, start: 0, count, dim: 1 })
      return tableOf(Array.from(u, (x) => [Math.floor(40 * x), 0]))
    }
    const sets = realAndSamples({ train: kinds(900, 1), against: kinds(100, 2), samples: kinds(900, 3) })
    const { ofTrain, ofAgainst } = (await copies(sets)).exact
    expect(ofTrain.share).toBeGreaterThan(0.8)
    expect(Math.abs(ofTrain.share! - ofAgainst.share!)).toBeLessThan(0.12)
  })

  it('are near copies if they are at most as far away as the nearest real rows', async () => {
    const plane = (step: number) => {
      const u = uniforms({ seed: 0, stream: streams.datasets, step, start: 0, count: 400, dim: 2 })
      return Array.from({ length: 400 }, (_, i) => [u[2 * i]!, u[2 * i + 1]!])
    }
    const sets = realAndSamples({
      train: tableOf(plane(1)),
      against: tableOf(plane(2)),
      // a tenth of them lie next to a training row
      samples: tableOf(plane(3).map((row, i) => (i < 40 ? plane(1)[i]!.map((x) => x + 1e-9) : row))),
    })
    const { exact, near } = await copies(sets)
    expect(exact.members.count).toBe(0)
    expect(near.members.count).toBeGreaterThan(40)
    expect(near.others.count).toBeLessThan(20)
    expect(near.real.count).toBeLessThan(20)
    expect(near.isBeyondChance).toBe(true)
    expect(near.threshold).toBeGreaterThan(0)
    expect(near.threshold).toBeLessThan(0.1)
  })
})

describe('the share of closest rows', () => {
  it('counts ties by half, and has a caveat', () => {
    const samples = { toMembers: Int32Array.of(1, 2, 3, 3), toOthers: Int32Array.of(2, 2, 3, 1) }
    const none = { toSamples: new Int32Array(), toReal: new Int32Array(), across: new Int32Array() }
    const closest = closestOf({ samples, members: none, others: none, unit: 4, width: 1 })
    const { share, low, high } = closest
    expect(share).toBe(0.5)
    expect(low).toBeLessThan(0.2)
    expect(high).toBeGreaterThan(0.8)
    expect(caveatOf(closest)).toContain('2505.01524')
  })
})
