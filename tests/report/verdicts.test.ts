import { describe, expect, it } from 'vitest'
import type { Detection } from '../../src/measure/detection.ts'
import type { PrivacyMeasures } from '../../src/measure/privacy/privacy.ts'
import {
  fewestJudging,
  type PeopleVerdict,
  peopleVerdict,
  type RowsVerdict,
  rowsVerdict,
} from '../../src/measure/verdicts.ts'
import { adviceOn, verdictSentences } from '../../src/report/verdicts.ts'

const detection = (auc: number, reach = 0.01, found: Partial<Detection> = {}): Detection => ({
  auc,
  low: auc - reach,
  high: auc + reach,
  null: 0.5,
  rows: 1000,
  repeats: 5,
  ...found,
})

describe('the grade of rows', () => {
  it.each<[string, Detection, RowsVerdict['grade']]>([
    ['guessing', detection(0.5), 'good'],
    ['worse than guessing', detection(0.44), 'good'],
    ['a tenth more than guessing', detection(0.6), 'good'],
    ['a little more than a tenth', detection(0.601), 'fair'],
    ['a tenth more than other real rows', detection(0.64, 0.01, { null: 0.54 }), 'good'],
    [
      'a tenth more than guessing, where real rows are found less than by guessing',
      detection(0.61, 0.01, { null: 0.4 }),
      'fair',
    ],
    ['an interval that reaches beyond a fifth', detection(0.59, 0.12), 'fair'],
    ['an interval that reaches a fifth', detection(0.59, 0.11), 'good'],
    ['a fifth more, with an interval that does not exclude less', detection(0.72, 0.03), 'fair'],
    ['surely a fifth more', detection(0.72, 0.015), 'poor'],
    ['sixty rows', detection(0.5, 0.01, { rows: fewestJudging }), 'good'],
    ['fewer than sixty rows', detection(0.99, 0.01, { rows: fewestJudging - 1 }), null],
  ])('%s: %s', (_, found, grade) => {
    const verdict = rowsVerdict(found)
    expect(verdict.grade).toBe(grade)
    const { auc, low, high, null: real } = found
    const figures =
      grade === null ? { auc: null, low: null, high: null, real: null } : { auc, low, high, real }
    expect(verdict).toEqual({ grade, ...figures })
  })
})

interface Made {
  /** The adjusted interval of the strongest attack, and of another one. */
  readonly strongest?: readonly [low: number, high: number]
  readonly other?: readonly [low: number, high: number]
  readonly atOnePercent?: number
  readonly rows?: number
  readonly copied?: number
  /** The lower end of the share of members that are copied beyond chance, and the upper end of others. */
  readonly copies?: readonly [members: number, others: number]
  readonly risk?: number
}

/** The measures of a privacy report, of which the verdict reads some. */
function measures(made: Made): PrivacyMeasures {
  const { strongest = [0.48, 0.52], other = [0.48, 0.52], rows = 1000, copied = null, copies, risk } = made
  const attack = (name: string, [low, high]: readonly [number, number], found: number) => ({
    name,
    auc: (low + high) / 2,
    adjusted: { low, high },
    atOnePercent: { low: found },
  })
  const shares = ([members, others]: readonly [number, number]) => ({
    members: { low: members },
    others: { high: others },
    isBeyondChance: true,
  })
  const none = { isBeyondChance: false }
  const found: unknown = {
    attacks: [attack('distance', other, 0), attack('density', strongest, made.atOnePercent ?? 0)],
    membership: { attack: 'density', auc: (strongest[0] + strongest[1]) / 2, low: 0, high: 1 },
    copies: { exact: none, near: copies ? shares(copies) : none },
    copied,
    rows: { against: { compared: rows } },
    singlingOut: { values: { told: risk !== undefined, risk: { low: risk } }, combinations: { told: false } },
  }
  return found as PrivacyMeasures
}

describe('the grade of people', () => {
  it.each<[string, Made, PeopleVerdict['grade']]>([
    ['guessing', {}, 'none'],
    ['significant and harmless', { strongest: [0.506, 0.514] }, 'none'],
    ['surely more than .51', { strongest: [0.511, 0.53] }, 'slight'],
    ['surely less than .49, which tells as much', { strongest: [0.47, 0.489] }, 'slight'],
    ['another attack than the strongest', { other: [0.511, 0.53] }, 'slight'],
    ['not surely more than .55', { strongest: [0.55, 0.58] }, 'slight'],
    ['surely more than .55', { strongest: [0.551, 0.58] }, 'clear'],
    ['surely less than .45', { strongest: [0.4, 0.449] }, 'clear'],
    ['three in a hundred found with one false alarm', { atOnePercent: 0.031 }, 'clear'],
    ['fewer of them', { atOnePercent: 0.03 }, 'none'],
    ['as many, of too few rows', { atOnePercent: 0.031, rows: 299 }, 'none'],
    ['copies beyond chance', { copies: [0.02, 0.01] }, 'slight'],
    ['many copies beyond chance', { copies: [0.04, 0.01] }, 'clear'],
    ['values of single rows', { risk: 0.01 }, 'slight'],
    ['many values of single rows', { risk: 0.03 }, 'clear'],
    ['samples that are copies', { copied: 0.5 }, 'clear'],
    ['fewer than sixty rows', { strongest: [0.9, 0.99], rows: 59 }, null],
    ['copies, of fewer than sixty rows', { copied: 1, rows: 59 }, 'clear'],
  ])('%s: %s', (_, made, grade) => {
    const verdict = peopleVerdict(measures(made))
    expect(verdict.grade).toBe(grade)
    const isJudged = (made.rows ?? 1000) >= fewestJudging
    const [low, high] = made.strongest ?? [0.48, 0.52]
    const figures = isJudged ? { auc: (low + high) / 2, low, high } : { auc: null, low: null, high: null }
    expect(verdict).toEqual({ grade, ...figures })
  })
})

const rows = (auc: number, grade: RowsVerdict['grade'] = 'good') => ({
  grade,
  auc,
  real: 0.508,
  low: auc - 0.02,
  high: auc + 0.02,
})
const people = (auc: number, grade: PeopleVerdict['grade'] = 'none') => ({
  grade,
  auc,
  low: auc - 0.03,
  high: auc + 0.03,
})
const noRows = { grade: null, auc: null, real: null, low: null, high: null }
const noPeople = { grade: null, auc: null, low: null, high: null }

describe('the sentences of the verdicts', () => {
  it('have the grade, the figures of 100 pairs and from how many rows a classifier learned', () => {
    expect(verdictSentences({ rows: rows(0.57), people: people(0.52) }, { compared: 1200 })).toEqual([
      'Rows: good, hard to distinguish from real rows. A classifier that learned from 1,200 real rows and as many synthetic ones finds the synthetic one in 57 of 100 pairs (50 is guessing, 51 for other real rows; 90 % interval 55 to 59).',
      'People: no sign that these samples give training rows away. Shown a training row and another real row, an attacker picks the training row in 52 of 100 pairs (50 is guessing; 95 % interval 49 to 55).',
    ])
  })

  it('say that too few rows say nothing, and how many there were', () => {
    const none = { rows: noRows, people: noPeople }
    expect(verdictSentences(none)[0]).toBe('Rows: too few rows to say. 60 held-out rows are needed.')
    expect(verdictSentences(none, { compared: 55, against: 'train' })[0]).toBe(verdictSentences(none)[0])
    expect(verdictSentences(none, { compared: 55 })[1]).toBe(
      'People: too few rows to say. 60 held-out rows are needed, and 55 were compared.',
    )
  })

  it('say what else was found where the figure alone is harmless, and what few rows cannot exclude', () => {
    const of = (verdict: PeopleVerdict, copied?: number) =>
      verdictSentences({ rows: noRows, people: verdict }, { copied })[1]
    expect(of(people(0.51, 'slight'))).toMatch(
      /Other tests found more: copies, or values that only one row has\.$/,
    )
    expect(of(people(0.6, 'clear'))).not.toMatch(/Other tests/)
    expect(of(people(0.4, 'clear'))).toContain(
      'in 40 of 100 pairs (50 is guessing; 95 % interval 37 to 43; turned around, this answer is right in 60)',
    )
    expect(of({ ...people(0.55), high: 0.64 })).toContain("with so few rows, 64 can't be excluded")
    expect(of(people(0.5, 'clear'), 0.982)).toMatch(/98\.2 % of them are copies of training rows\.$/)
    expect(of({ ...noPeople, grade: 'clear' })).toMatch(/Most of them are copies of training rows\.$/)
  })

  it('call only the worst grade to treat them like the real rows', () => {
    for (const grade of ['none', 'slight', 'clear', null] as const) {
      const [, sentence] = verdictSentences({ rows: rows(0.5), people: people(0.5, grade) })
      expect(sentence.includes('treat them like the real rows')).toBe(grade === 'clear')
    }
  })

  it('give no advice that was not found to help', () => {
    for (const grade of ['none', 'slight', 'clear'] as const)
      expect(adviceOn({ rows: rows(0.5), people: people(0.5, grade) }).join()).not.toMatch(/fewer steps/)
  })
})
