import { expect, it } from 'vitest'
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

const census = await loadTable('census')
const seeds = [0, 1, 2, 3, 4]

const attackOf = ({ attacks }: PrivacyReport, wanted: string) => attacks.find(({ name }) => name === wanted)!

interface Case {
  readonly samples: Planted
  readonly verdict: PrivacyReport['verdict']
  /** What must have found it, or found nothing. */
  readonly holds: (report: PrivacyReport) => void
}

const cases: Readonly<Record<string, Case>> = {
  'that repeats training rows': {
    samples: repeats,
    verdict: 'flagged',
    holds: (report) => {
      expect(attackOf(report, 'distance')).toMatchObject({ auc: 1, told: true })
      expect(report.copies.exact).toMatchObject({ isBeyondChance: true, members: { share: 1 } })
      expect(report.singlingOut.values.told && report.singlingOut.combinations.told).toBe(true)
      expect(report.closest.share).toBe(1)
    },
  },
  'that repeats one training row in fifty samples': {
    samples: repeatsSome(0.02),
    verdict: 'flagged',
    holds: ({ copies }) =>
      expect(copies.exact).toMatchObject({ isBeyondChance: true, members: { count: 14 } }),
  },
  'that repeats them with small noise': {
    samples: repeatsWithNoise(0.02),
    verdict: 'flagged',
    holds: (report) => {
      expect(report.copies.exact.isBeyondChance).toBe(false)
      for (const name of ['distance', 'calibrated distance', 'density']) {
        expect(attackOf(report, name).auc).toBeGreaterThan(0.85)
        expect(attackOf(report, name).told).toBe(true)
      }
    },
  },
  'that repeats them with large noise': {
    samples: repeatsWithNoise(0.4),
    verdict: 'flagged',
    holds: (report) => {
      const calibrated = attackOf(report, 'calibrated distance')
      expect(calibrated.told).toBe(true)
      expect(calibrated.auc).toBeLessThan(0.75)
    },
  },
  'that leaks a column of values that few rows share': {
    samples: leaksColumn('fnlwgt'),
    verdict: 'flagged',
    holds: (report) => {
      expect(attackOf(report, 'column')).toMatchObject({ column: 'fnlwgt', told: true })
      expect(attackOf(report, 'column').sentence).toContain('fnlwgt')
      expect(attackOf(report, 'distance').told).toBe(false)
      expect(report.singlingOut.values.told).toBe(true)
    },
  },
  'that drops a minority': {
    samples: dropsMinority('income', '>50K'),
    verdict: 'not flagged',
    holds: ({ attacks }) => expect(attacks.every(({ told }) => told === false)).toBe(true),
  },
  'that gives other real rows': {
    samples: freshRows,
    verdict: 'not flagged',
    holds: ({ closest }) => expect(Math.abs(closest.share - 0.5)).toBeLessThan(0.08),
  },
}

it.each(Object.entries(cases))(
  'a generator %s is found out on census, or passed, over five seeds',
  async (_, planted) => {
    for (const seed of seeds) {
      const sets = drawSets(census, [700, 700, 700], seed)
      const { train, against } = sets
      const report = await privacyOf({ train, against, samples: planted.samples(sets, seed), seed })
      expect(report.verdict).toBe(planted.verdict)
      planted.holds(report)
    }
  },
)
