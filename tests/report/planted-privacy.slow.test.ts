import { describe, expect, it } from 'vitest'
import type { PrivacyReport } from '../../src/report/privacy.ts'
import { privacyOf } from './measured.ts'
import {
  drawSets,
  dropsMinority,
  freshRows,
  leaksColumn,
  loadTable,
  type Planted,
  repeats,
  repeatsSome,
  repeatsWithNoise,
} from './planted.ts'

const tables = {
  census: { rows: 700, seeds: [0, 1], column: 'fnlwgt', minority: ['income', '>50K'] },
  // few rows, and many equal ones
  titanic: { rows: 430, seeds: [0], column: 'fare', minority: ['embarked', 'Q'] },
  // many numbers that are 0 in most rows
  shoppers: {
    rows: 600,
    seeds: [0],
    column: 'ProductRelated_Duration',
    minority: ['VisitorType', 'New_Visitor'],
  },
} as const

type Name = keyof typeof tables

/** Reports on the privacy of planted samples, one for each seed. */
async function reportsOf(name: Name, planted: Planted): Promise<PrivacyReport[]> {
  const { rows, seeds } = tables[name]
  const table = await loadTable(name)
  const reports: PrivacyReport[] = []
  for (const seed of seeds) {
    const sets = drawSets(table, [rows, rows, rows], seed)
    const { train, against } = sets
    reports.push(await privacyOf({ train, against, samples: planted(sets, seed), seed }))
  }
  return reports
}

const attackOf = ({ attacks }: PrivacyReport, wanted: string) => attacks.find(({ name }) => name === wanted)!

interface Case {
  readonly verdict: PrivacyReport['verdict']
  readonly samples: (name: Name) => Planted
  /** What must be significant on census, or what must not. */
  readonly holds: (report: PrivacyReport) => void
}

const cases: Readonly<Record<string, Case>> = {
  'repeats training rows': {
    samples: () => repeats,
    verdict: 'flagged',
    holds: (report) => {
      expect(attackOf(report, 'distance')).toMatchObject({ auc: 1, told: true })
      expect(report.copies.exact).toMatchObject({ isBeyondChance: true, members: { share: 1 } })
      expect(report.singlingOut.values.told && report.singlingOut.combinations.told).toBe(true)
      expect(report.closest.share).toBe(1)
    },
  },
  'repeats training rows with small noise': {
    samples: () => repeatsWithNoise(0.02),
    verdict: 'flagged',
    holds: (report) => {
      expect(report.copies.exact.isBeyondChance).toBe(false)
      for (const name of ['distance', 'calibrated distance', 'density']) {
        expect(attackOf(report, name).auc).toBeGreaterThan(0.85)
        expect(attackOf(report, name).told).toBe(true)
      }
    },
  },
  'repeats training rows with large noise': {
    samples: () => repeatsWithNoise(0.4),
    verdict: 'flagged',
    holds: (report) => {
      const calibrated = attackOf(report, 'calibrated distance')
      expect(calibrated.told).toBe(true)
      expect(calibrated.auc).toBeLessThan(0.75)
    },
  },
  'leaks a column of values that few rows share': {
    samples: (name) => leaksColumn(tables[name].column),
    verdict: 'flagged',
    holds: (report) => {
      expect(attackOf(report, 'column')).toMatchObject({ column: 'fnlwgt', told: true })
      expect(attackOf(report, 'column').sentence).toContain('fnlwgt')
      expect(attackOf(report, 'distance').told).toBe(false)
      expect(report.singlingOut.values.told).toBe(true)
    },
  },
  'drops a minority': {
    samples: (name) => dropsMinority(...(tables[name].minority as [string, string])),
    verdict: 'not flagged',
    holds: ({ attacks }) => expect(attacks.every(({ told }) => told === false)).toBe(true),
  },
  'gives other real rows': {
    samples: () => freshRows,
    verdict: 'not flagged',
    holds: ({ closest }) => expect(Math.abs(closest.share - 0.5)).toBeLessThan(0.08),
  },
}

describe.each(Object.keys(tables) as Name[])('on %s a generator', (name) => {
  it.each(Object.entries(cases))('that %s gets the right verdict', async (_, { samples, verdict, holds }) => {
    for (const report of await reportsOf(name, samples(name))) {
      expect(report.verdict).toBe(verdict)
      if (name === 'census') holds(report)
    }
  })
})

it('a generator that repeats one training row in fifty samples is flagged', async () => {
  for (const { verdict, copies } of await reportsOf('census', repeatsSome(0.02))) {
    expect(verdict).toBe('flagged')
    expect(copies.exact).toMatchObject({ isBeyondChance: true, members: { count: 14 } })
  }
})

it('other real rows are flagged in at most 1 of 20 draws', async () => {
  // alarms in 3 of 10 draws would pass with a probability of .008
  const census = await loadTable('census')
  const flagged: number[] = []
  for (let seed = 100; seed < 120; seed++) {
    const { train, against, fresh } = drawSets(census, [350, 350, 350], seed)
    const report = await privacyOf({ train, against, samples: fresh, seed })
    expect(report.flagged).not.toBeNull()
    if (report.flagged) flagged.push(seed)
  }
  expect(flagged.length).toBeLessThanOrEqual(1)
})
