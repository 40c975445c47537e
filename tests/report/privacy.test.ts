import { beforeAll, describe, expect, it } from 'vitest'
import { type Attack, worstAttack } from '../../src/measure/privacy/membership.ts'
import type { PrivacyReport } from '../../src/report/privacy.ts'
import { report as wholeReport } from '../../src/report/report.ts'
import type { NamedTable, Table } from '../../src/table/table.ts'
import { petTable } from '../helpers/tables.ts'
import { privacyOf } from './measured.ts'
import { changed } from './planted.ts'

const sets = { train: petTable(500, 1), against: petTable(400, 2), samples: petTable(500, 3) }
let report: PrivacyReport

beforeAll(async () => {
  report = await privacyOf(sets)
})

/** Every number and text of a result. */
function leavesOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [value]
}

describe('a privacy report', () => {
  it('has the parts that docs/report.md describes', () => {
    const { membership, attacks, copies, closest, flagged, verdict } = report
    const worst = attacks.find(({ name }) => name === membership.attack)!
    expect(membership).toEqual({ attack: worst.name, auc: worst.auc, low: worst.low, high: worst.high })
    expect(worst.auc).toBe(Math.max(...attacks.map(({ auc }) => auc!)))
    expect(attacks).toHaveLength(4)
    expect([copies.exact.ofTrain.of, copies.exact.members.of, copies.exact.others.of]).toEqual([
      500, 500, 400,
    ])
    expect(closest.share).toBeGreaterThan(0.4)
    expect([flagged, verdict]).toEqual([false, 'not flagged'])
    for (const { low, high, adjusted, sentence } of attacks) {
      expect(adjusted.low).toBeLessThan(low!)
      expect(adjusted.high).toBeGreaterThan(high!)
      expect(sentence).toMatch(
        /cannot distinguish training rows from held-out rows \(AUC \.\d\d; its interval, adjusted for the number of attacks, is \.\d\d to \.\d\d\)\.$/,
      )
    }
  })

  it('names the strongest attack', () => {
    const attack = (auc: number | null, told: boolean | null): Attack => ({
      ...report.attacks[0]!,
      auc,
      told,
    })
    const [near, far] = [attack(0.9, true), attack(0.05, true)]
    // an attack that is wrong most of the time distinguishes as well
    expect(worstAttack([attack(0.99, false), near, far])).toBe(far)
    expect(worstAttack([attack(0.5, false), near, attack(null, null)])).toBe(near)
    expect(worstAttack([attack(0.45, false), attack(0.52, false), attack(null, null)]).auc).toBe(0.52)
  })

  it('is plain JSON with shares within [0, 1]', () => {
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
    for (const leaf of leavesOf(report)) {
      expect(leaf).not.toBeUndefined()
      if (typeof leaf === 'number') expect(Number.isFinite(leaf)).toBe(true)
    }
    const shares = JSON.stringify(report).matchAll(
      /"(?:share|auc|low|high|value|p|threshold|detectable)":([^,}]*)/g,
    )
    for (const [, text] of shares) {
      const share = Number(text)
      expect(share >= 0 && share <= 1).toBe(true)
    }
  })

  it('never says that somebody is anonymous or that something is safe', async () => {
    const flagged = await privacyOf({ ...sets, samples: sets.train })
    for (const { sentences } of [report, flagged])
      expect(sentences.join(' ')).not.toMatch(/anonym(?!eter)|\bsafe|guarantee/i)
  })

  it('depends on the seed, but not on the order of rows and columns, nor on the names of categories', async () => {
    const turned = {
      train: changed(sets.train),
      against: changed(sets.against),
      samples: changed(sets.samples),
    }
    expect(await privacyOf(turned)).toEqual(report)
    expect(await privacyOf({ ...sets, seed: 1 })).not.toEqual(report)
  })

  it('takes samples with columns in another order', async () => {
    const { columns, count } = sets.samples
    const samples: NamedTable = { name: 'samples', count, columns: columns.toReversed() }
    expect(await privacyOf({ ...sets, samples })).toEqual(report)
  })
})

describe('the verdict on privacy', () => {
  it('is never negative with few rows in one of the sets', async () => {
    const few = petTable(60, 4)
    for (const name of ['train', 'against', 'samples'] as const) {
      const { flagged, verdict, enough, sentences } = await privacyOf({ ...sets, [name]: few })
      expect([flagged, verdict, enough.isEnough]).toEqual([null, 'too few rows to tell', false])
      expect(sentences[0]).toMatch(/too few rows/)
      expect(enough.sentence).toContain(`give ${enough.needed} or more of each`)
    }
  })

  it('is positive with few rows if they are enough for a finding', async () => {
    const train = petTable(60, 4)
    const { flagged } = await privacyOf({ train, against: petTable(60, 5), samples: train })
    expect(flagged).toBe(true)
  })

  it('is never negative with few samples that have values', async () => {
    const columns = sets.samples.columns.map((column) => ({ ...column, cells: column.cells.slice() }))
    const samples = { ...sets.samples, columns }
    for (const { cells } of columns) cells.fill(Number.NaN)
    // keys are no cells
    await expect(privacyOf({ ...sets, samples })).rejects.toThrow('no row with a value')
    for (const [d, { cells }] of columns.entries()) cells.set(sets.samples.columns[d]!.cells.subarray(0, 100))
    expect((await privacyOf({ ...sets, samples })).verdict).toBe('too few rows to tell')
  })

  it('is refused for other columns, few rows, infinite cells and unknown options', async () => {
    await expect(wholeReport({ ...sets, samples: [{ x: 1 }] })).rejects.toThrow(/column/)
    await expect(wholeReport({ ...sets, against: petTable(19) })).rejects.toThrow(
      'pets has 19 rows: a report needs 20',
    )
    const infinite = {
      count: 2,
      columns: [{ name: 'x', kind: 'number', cells: Float64Array.of(1, 1 / 0) }],
    } as const
    await expect(wholeReport({ train: infinite, against: infinite, samples: infinite })).rejects.toThrow(
      'Infinity',
    )
    await expect(wholeReport({ ...sets, seed: -1 })).rejects.toThrow('seed')
    await expect(wholeReport({ ...sets, ...{ alpha: 1 } })).rejects.toThrow('unknown option alpha')
  })
})

describe('the measuring of privacy', () => {
  it('reports its progress, and draws as many rows as it says', async () => {
    const stages = new Set<string>()
    const numbers = (count: number, from: number): Table => {
      const cells = Float64Array.from({ length: count }, (_, i) => ((i + from) * 0.618) % 1)
      return { count, columns: [{ name: 'x', kind: 'number', cells }] }
    }
    const { rows, sentences } = await privacyOf({
      train: numbers(6000, 0),
      against: numbers(500, 1e6),
      samples: numbers(11_000, 2e6),
      onProgress: ({ stage, done, count }) => {
        stages.add(stage)
        expect(done).toBeLessThanOrEqual(count)
      },
    })
    expect(rows).toEqual({
      train: { all: 6000, compared: 500 },
      against: { all: 500, compared: 500 },
      samples: { all: 11_000, compared: 10_000 },
    })
    expect(sentences.at(-1)).toContain('500 of 6,000 training rows')
    expect(stages).toContain('nearest rows')
  })

  it('stops when it is aborted', async () => {
    await expect(privacyOf({ ...sets, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    )
    const controller = new AbortController()
    const stopped = privacyOf({
      ...sets,
      train: petTable(3000, 1),
      against: petTable(3000, 2),
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('stopped')),
    })
    await expect(stopped).rejects.toThrow('stopped')
  })
})
