import { describe, expect, it } from 'vitest'
import { measuredParts } from '../../../src/database/measured/measure-parts.ts'
import { verdictsOnParts } from '../../../src/database/measured/verdicts.ts'
import type { Detection } from '../../../src/measure/detection.ts'
import type { PrivacyMeasures } from '../../../src/measure/privacy/privacy.ts'
import { databaseSentences, unjudgedSentences } from '../../../src/report/database/verdict.ts'
import { databaseOf, shopOf } from '../../report/database/families.ts'

/** A detection of 200 rows on either side, unless others are given. */
const detected = (what: string, auc: number, others: Partial<Detection> = {}) => ({
  what,
  measured: { auc, low: auc - 0.05, high: auc + 0.05, null: 0.5, rows: 200, repeats: 1, ...others },
})

/** Attacks of which the strongest has such an interval, without copies. */
function attacked(what: string, [low, auc, high]: readonly number[], others: Partial<PrivacyMeasures> = {}) {
  const counts = { isBeyondChance: false }
  const measured = {
    attacks: [{ name: 'distance', auc, adjusted: { low, high }, atOnePercent: null }],
    membership: { attack: 'distance', auc, low, high },
    copies: { exact: counts, near: counts },
    copied: null,
    singlingOut: { values: { told: false }, combinations: { told: false } },
    rows: { against: { compared: 200 } },
    ...others,
  }
  return { what, measured: measured as unknown as PrivacyMeasures }
}

const few = { rows: { against: { compared: 59 } } } as Partial<PrivacyMeasures>

const on = (
  detections: ReturnType<typeof detected>[],
  attacks: ReturnType<typeof attacked>[] = [],
  open: string[] = [],
) => verdictsOnParts({ detections, attacks, open })

describe('the verdict on the rows of several tables', () => {
  it('is of the part with the worst grade', () => {
    const [good, fair] = [detected('customers', 0.6, { low: 0.55, high: 0.65 }), detected('orders', 0.601)]
    expect(on([good]).verdicts.rows).toEqual({ grade: 'good', auc: 0.6, real: 0.5, low: 0.55, high: 0.65 })
    expect(on([good, fair, good])).toMatchObject({
      verdicts: { rows: { grade: 'fair', auc: 0.601 } },
      verdictsOf: { rows: { what: 'orders', compared: 200 } },
    })
    // its whole interval is beyond, although others are found more often
    const poor = detected('items', 0.72, { low: 0.701 })
    const wide = detected('orders', 0.79, { low: 0.69, high: 0.89 })
    expect(on([wide, poor]).verdictsOf.rows).toEqual({ what: 'items', compared: 200 })
  })

  it('is of the part that is found more often than real rows by most, among several with that grade', () => {
    const parts = [
      detected('customers', 0.72, { null: 0.6 }),
      detected('orders', 0.65),
      detected('items', 0.64, { null: 0.45 }),
    ]
    expect(on(parts)).toMatchObject({
      verdicts: { rows: { grade: 'fair', auc: 0.65, real: 0.5 } },
      verdictsOf: { rows: { what: 'orders' } },
    })
  })
})

describe('the verdict on people in several tables', () => {
  const slight = attacked('customers', [0.511, 0.7, 0.89])
  const clear = attacked('orders', [0.551, 0.58, 0.61])

  it('is of the part with the worst grade', () => {
    const none = attacked('items', [0.5, 0.53, 0.56])
    expect(on([], [none]).verdicts.people).toEqual({ grade: 'none', auc: 0.53, low: 0.5, high: 0.56 })
    expect(on([], [none, slight]).verdictsOf.people).toEqual({
      what: 'customers',
      compared: 200,
      copied: null,
    })
    expect(on([], [slight, clear, none])).toMatchObject({
      verdicts: { people: { grade: 'clear', auc: 0.58, low: 0.551, high: 0.61 } },
      verdictsOf: { people: { what: 'orders' } },
    })
  })

  it('is of the part with the largest effect among several with that grade, whichever way it points', () => {
    const turned = attacked('items', [0.3, 0.38, 0.449])
    expect(on([], [clear, turned, clear]).verdictsOf.people).toMatchObject({ what: 'items' })
    const copied = attacked('notes', [0.5, 0.6, 0.7], { copied: 0.97 })
    const found = on([], [clear, turned, copied])
    expect(found.verdictsOf.people).toEqual({ what: 'notes', compared: 200, copied: 0.97 })
    expect(databaseSentences(found)[1]).toMatch(
      /^People: these samples give training rows away.* 97\.0 % of notes are copies of training rows\.$/,
    )
  })
})

describe('parts with too few judging rows', () => {
  it('are named, and take no grade from the others', () => {
    const found = on(
      [detected('orders', 0.55), detected('visits', 0.9, { rows: 59 })],
      [attacked('orders', [0.45, 0.5, 0.55]), attacked('visits', [0.8, 0.9, 1], few)],
      ['products'],
    )
    expect(found.verdicts).toMatchObject({
      rows: { grade: 'good', auc: 0.55 },
      people: { grade: 'none', auc: 0.5 },
    })
    expect(found.verdictsOf.unjudged).toEqual(['products', 'visits'])
    expect(unjudgedSentences(found)).toEqual(['There are too few rows to judge products, visits.'])
  })

  it('have no grade if all are', () => {
    const none = { grade: null, auc: null, low: null, high: null }
    const found = on([detected('visits', 0.9, { rows: 59 })], [attacked('visits', [0.8, 0.9, 1], few)])
    expect(found.verdicts).toEqual({ rows: { ...none, real: null }, people: none })
    expect(found.verdictsOf).toEqual({ rows: null, people: null, unjudged: ['visits'] })
    for (const sentence of databaseSentences(found)) expect(sentence).toMatch(/too few rows to say/)
    expect(unjudgedSentences(found)).toEqual([])
  })

  it('show that samples are copies', () => {
    const copies = attacked('visits', [0.4, 0.5, 0.6], { ...few, copied: 1 })
    expect(on([], [copies])).toMatchObject({
      verdicts: { people: { grade: 'clear', auc: null } },
      verdictsOf: { people: { what: 'visits', copied: 1 } },
    })
  })
})

it('a sentence names the part that it is of, with how many rows the classifier learned from', () => {
  const parts = on(
    [detected('customers with one of their orders', 0.64)],
    [attacked('orders', [0.52, 0.55, 0.58])],
  )
  const [rows, people] = databaseSentences(parts)
  expect(rows).toContain(
    'Where it does best, on customers with one of their orders, a classifier that learned from 200 real rows',
  )
  expect(people).toContain('Where it does best, on orders: shown a training row and another real row')
})

describe('the parts of a database', () => {
  const families = 310
  const [train, against] = [shopOf(1000, families), shopOf(2000, families)].map(databaseOf)
  const limits = { maxRows: 200, maxRepeats: 1, rounds: 25 }
  const partsOf = (samples: ReturnType<typeof databaseOf>) =>
    measuredParts({ samples, against: against!, train: train! }, limits, 0, {})

  it('are each table, children with their parent, and parents with the sums of their children', async () => {
    const { detections, attacks, open } = await partsOf(databaseOf(shopOf(5000, families)))
    expect(detections.map(({ what }) => what)).toEqual([
      'customers',
      'orders',
      'customers with one of their orders',
      'customers with the sums of their orders',
    ])
    expect(detections.map(({ measured }) => measured.rows)).toEqual([200, 200, 200, 200])
    expect(attacks.map(({ what }) => what)).toEqual([
      'customers',
      'orders',
      'customers with the sums of their orders',
    ])
    expect(open).toEqual([])
    const { verdicts } = verdictsOnParts({ detections, attacks, open })
    expect(verdicts).toMatchObject({ rows: { grade: 'good' }, people: { grade: 'none' } })
  })

  it('give training rows away that samples copy', async () => {
    const found = verdictsOnParts(await partsOf(train!))
    expect(found.verdicts).toMatchObject({ rows: { grade: 'good' }, people: { grade: 'clear' } })
    expect(found.verdictsOf.people).toMatchObject({ copied: 1 })
  })

  it('are left out that can not be measured', async () => {
    const [few, other] = [shopOf(2000, 15), shopOf(5000, families)].map(databaseOf)
    const sources = { samples: other!, against: few!, train: train! }
    const found = await measuredParts(sources, limits, 0, {})
    expect(found).toEqual({ detections: [], attacks: [], open: ['customers', 'orders'] })
  })
})
