import { beforeAll, describe, expect, it } from 'vitest'
import type { DatabaseReportSources } from '../../../src/database/measured/parts.ts'
import { partsOf } from '../../../src/database/measured/parts.ts'
import { shuffled, uniforms } from '../../../src/numerics/random.ts'
import { type ReferenceReport, reportReference } from '../../../src/report/database/references.ts'
import { databaseOf, type Shop, samplesOf, shopOf } from './families.ts'

/** Enough for attacks that fail to mean something. */
const families = 310

const [train, against] = [shopOf(1000, families), shopOf(2000, families)]
const real = { train: databaseOf(train), against: databaseOf(against) }

const reportOf = (samples: Shop, others: Omit<DatabaseReportSources, 'samples'> = real) => {
  const { references } = partsOf({ ...others, samples: samplesOf(samples) })
  return reportReference(references[0]!, 0, 3, {})
}

/** Numbers of orders by customer, as an oracle counts them. */
function countsOf({ customers, orders }: Shop): number[] {
  return customers.map(({ id }) => orders.filter(({ customer_id }) => customer_id === id).length)
}

/** The Kolmogorov-Smirnov statistic by its definition. */
function kolmogorovSmirnov(a: readonly number[], b: readonly number[]): number {
  const share = (of: readonly number[], upTo: number) => of.filter((x) => x <= upTo).length / of.length
  return Math.max(...[...a, ...b].map((x) => Math.abs(share(a, x) - share(b, x))))
}

describe('the report of parents with their children', () => {
  let fresh: ReferenceReport
  beforeAll(async () => {
    fresh = await reportOf(shopOf(5000, families))
  })

  it('finds nothing in real families that were not trained on', () => {
    const { joined, family, trends, orders, astray } = fresh
    for (const { auc, null: chance } of [joined!, family!.sums]) {
      expect(Math.abs(auc - 0.5)).toBeLessThan(0.07)
      expect(Math.abs(chance - 0.5)).toBeLessThan(0.07)
    }
    expect(trends!.trends).toBeGreaterThan(trends!.real - 0.02)
    expect(trends!.worst).toEqual([])
    expect(family!.privacy.flagged).toBe(false)
    expect(orders.map(({ first, last, samples }) => [first, last, samples.broken])).toEqual([
      ['customers.joined', 'orders.placed', 0],
    ])
    expect(family!.steps!.distance).toBeLessThan(0.08)
    expect(astray).toBe(0)
  })

  it('counts children as an oracle does', async () => {
    // no attack is looked at
    const few = 120
    const all = shopOf(5000, few)
    const half = { ...all, orders: all.orders.filter((_, i) => i % 2 === 0) }
    const others = { train: shopOf(1000, few), against: shopOf(2000, few) }
    const { family } = await reportOf(half, {
      train: databaseOf(others.train),
      against: databaseOf(others.against),
    })
    const distance = kolmogorovSmirnov(countsOf(half), countsOf(others.against))
    expect(family!.count.distance).toBeCloseTo(distance, 12)
    expect(family!.count.mean.samples).toBeCloseTo(half.orders.length / few, 12)
    expect(family!.count.distance).toBeGreaterThan(3 * family!.count.null)
    expect(family!.sums.auc).toBeGreaterThan(family!.sums.null + 0.1)
  })

  it('notices children that were dealt to other parents', async () => {
    const all = shopOf(5000, families)
    const order = shuffled(all.orders.length, 1, 0)
    const dealt: Shop['orders'] = all.orders.map((row, i) => ({
      ...row,
      customer_id: all.orders[order[i]!]!.customer_id!,
    }))
    const { joined, trends, orders, family } = await reportOf({ ...all, orders: dealt })
    expect(joined!.auc).toBeGreaterThan(0.8)
    expect(trends!.trends).toBeLessThan(fresh.trends!.trends - 0.05)
    expect(trends!.worst.length).toBeGreaterThan(0)
    const joinedOf = new Map(all.customers.map(({ id, joined }) => [id, joined]))
    const early = dealt.filter(({ placed, customer_id }) => placed! < joinedOf.get(customer_id)!).length
    expect(orders[0]!.samples.broken).toBe(early)
    expect(family!.steps!.distance).toBeGreaterThan(0.15)
    // the children are as many as they were
    expect(family!.count.distance).toBe(fresh.family!.count.distance)
  })

  it('finds the parents that were trained on in samples that copy them with their children', async () => {
    const { family } = await reportOf(train)
    expect(family!.privacy.flagged).toBe(true)
    expect(family!.privacy.membership.auc).toBeGreaterThan(0.9)
    expect(family!.privacy.copies.exact.isBeyondChance).toBe(true)
  })

  it('finds them by their children alone, if all that is known of parents is drawn anew', async () => {
    const others = shopOf(5000, families)
    const renamed = train.customers.map((row, i) => ({ ...others.customers[i]!, id: row.id! }))
    const { family } = await reportOf({ ...train, customers: renamed })
    expect(family!.privacy.flagged).toBe(true)
  })

  it('takes what makes families differ for no difference between samples and real rows', async () => {
    // each customer has a height of totals that all of the orders share
    const high = (shop: Shop): Shop => ({
      ...shop,
      orders: shop.orders.map((row) => {
        const [u] = uniforms({
          seed: 5,
          stream: 0,
          step: 0,
          start: Number(row.customer_id),
          count: 1,
          dim: 1,
        })
        return { ...row, total: Math.round(1e6 * u!) / 1e3 }
      }),
    })
    const others = { train: databaseOf(high(train)), against: databaseOf(high(against)) }
    const { joined, family } = await reportOf(high(shopOf(5000, families)), others)
    expect(Math.abs(joined!.auc - 0.5)).toBeLessThan(0.07)
    expect(family!.privacy.flagged).toBe(false)
  })

  it('says what it can not measure of too few parents', async () => {
    const few = { train: databaseOf(shopOf(1000, 60)), against: databaseOf(shopOf(2000, 15)) }
    const { joined, family, trends, omitted } = await reportOf(shopOf(5000, 60), few)
    expect([joined, family, trends]).toEqual([null, null, null])
    expect(omitted).toMatchObject({ isOpen: true, sentence: expect.stringMatching(/fewer than 20 families/) })
  })
})
