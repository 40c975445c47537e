import { beforeAll, describe, expect, it } from 'vitest'
import { streams, uniforms } from '../../src/numerics/random.ts'
import { reportPage } from '../../src/report/page/page.ts'
import { type Report, report } from '../../src/report/report.ts'
import { reportText } from '../../src/report/terminal.ts'

/** Uniform numbers for each of some rows. */
function uniformsOf(count: number, dim: number, seed: number): (i: number) => number[] {
  const all = uniforms({ seed, stream: streams.datasets, step: 92, start: 0, count, dim })
  return (i) => [...all.subarray(dim * i, dim * (i + 1))]
}

/** Orders whose city has one of its postal codes, whose total is quantity times price, and whose days are in order. */
function ordersOf(count: number, seed: number) {
  const u = uniformsOf(count, 6, seed)
  return Array.from({ length: count }, (_, i) => {
    const [a, b, c, d, e, f] = u(i)
    const city = Math.floor(30 * a!)
    const [quantity, price] = [1 + Math.floor(20 * c!), Math.round(10_000 * d!) / 100]
    const ordered = Math.floor(200 * e!)
    return {
      city: `city ${city}`,
      code: `c${10 * city + Math.floor(4 * b!)}`,
      quantity,
      price,
      total: Math.round(100 * quantity * price) / 100,
      ordered,
      delivered: ordered + Math.floor(60 * f! * f!),
    }
  })
}

/** Two columns that have nothing to do with each other. */
const unrelated = (count: number, seed: number) => {
  const u = uniformsOf(count, 2, seed)
  return Array.from({ length: count }, (_, i) => ({
    length: Math.round(1000 * u(i)[0]!),
    width: Math.round(1000 * u(i)[1]!),
  }))
}

const real = { train: ordersOf(1000, 1), against: ordersOf(240, 2) }
const samples = ordersOf(240, 3)
/** Three of ten totals are wrong, and half of the cities have the code of another one. */
const broken = samples.map((row, i) => ({
  ...row,
  total: i % 10 < 3 ? row.total + 1 : row.total,
  code: i % 2 ? samples[(i + 100) % 240]!.code : row.code,
}))

const sentenceOn = ({ always }: Report, part: string) => always.find(({ says }) => says.startsWith(part))

let good: Report
let bad: Report
beforeAll(async () => {
  good = await report({ ...real, samples })
  bad = await report({ ...real, samples: broken })
}, 60_000)

describe('what always holds in real rows', () => {
  it('is found, with the share of samples beside it, and fails where samples break it', () => {
    expect(sentenceOn(bad, 'total')).toMatchObject({
      says: 'total = quantity * price',
      columns: ['total', 'quantity', 'price'],
      real: 1,
      samples: 0.7,
      fails: true,
      sentence: 'total = quantity * price: in 100 % of real rows, and in 70.0 % of the samples.',
    })
    const together = sentenceOn(bad, 'city and code')!
    const kept = broken.filter(({ city, code }) =>
      real.train.some((row) => row.city === city && row.code === code),
    )
    expect(together.samples).toBeCloseTo(kept.length / broken.length, 10)
    expect(together).toMatchObject({ real: 1, fails: true })
    expect(sentenceOn(bad, 'ordered <= delivered')).toMatchObject({ real: 1, samples: 1, fails: false })
    for (const { samples, real } of bad.always) expect(samples + real).not.toBeNaN()
  })

  it('comes first in the report if samples break it, worst first', () => {
    const differences = bad.always.map(({ real, samples }) => real - samples)
    expect(differences).toEqual(differences.toSorted((a, b) => b - a))
    const first = 'Samples break 2 of 3 things that always hold in your rows.'
    expect(bad.verdict.startsWith(`${first} Rows: `)).toBe(true)
    const [head, ...lines] = reportText(bad).split('\n')
    expect(head).toBe(first)
    expect(lines[0]).toBe('- city and code go together as in the training rows: in 100 % of real rows, and')
    const page = reportPage(bad, { ...real, samples: broken }, { title: 'Orders' })
    const ids = [...page.matchAll(/<section id="([\w-]+)"/g)].map(([, id]) => id)
    expect(ids.slice(0, 3)).toEqual(['always', 'summary', 'quality'])
    expect(page.match(/class="fails"/g)).toHaveLength(2)
    expect(page).toContain(`<p class="lead">${first}</p>`)
  })

  it('follows the quality if samples keep it, and the verdicts are first', () => {
    expect(good.always.map(({ samples, fails }) => [samples, fails])).toEqual(
      Array.from({ length: 3 }, () => [1, false]),
    )
    expect(good.verdict.startsWith('Rows: ')).toBe(true)
    expect(reportText(good)).toContain(
      'All 3 things that were found to hold always in your rows hold in the samples',
    )
    const page = reportPage(good, { ...real, samples }, { title: 'Orders' })
    const ids = [...page.matchAll(/<section id="([\w-]+)"/g)].map(([, id]) => id)
    expect(ids.slice(0, 4)).toEqual(['summary', 'quality', 'always', 'privacy'])
    expect(page).not.toContain('class="fails"')
  })

  it('is not said of columns that have nothing to do with each other', async () => {
    const tables = { train: unrelated(1000, 1), against: unrelated(240, 2), samples: unrelated(240, 3) }
    const found = await report(tables)
    expect(found.always).toEqual([])
    expect(reportText(found)).not.toContain('always')
    expect(reportPage(found, tables, { title: 'Boards' })).not.toContain('id="always"')
  })
})
