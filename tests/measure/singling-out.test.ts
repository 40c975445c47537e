import { describe, expect, it } from 'vitest'
import {
  distinctRows,
  matchesOf,
  rareCombinations,
  rareValues,
  riskOf,
  singleOut,
} from '../../src/measure/privacy/singling-out.ts'
import { singlingOutSentence } from '../../src/report/privacy.ts'
import { petTable } from '../helpers/tables.ts'
import { realAndSamples } from '../report/measured.ts'

const pets = (train: number, against: number, samples: number, count = 300) =>
  realAndSamples({
    train: petTable(count, train),
    against: petTable(count, against),
    samples: petTable(count, samples),
  })

const test = ({ columns, train, against, samples }: ReturnType<typeof pets>) =>
  singleOut({ columns, members: train, others: against, samples }, 0.01, 0, {})

describe('the predicates of singling out', () => {
  const { columns, samples } = pets(1, 2, 3)

  it('describe exactly one sample each, and all are different', () => {
    for (const predicates of [rareValues(columns, samples, 0), rareCombinations(columns, samples, 0)]) {
      expect(predicates.length).toBeGreaterThan(50)
      for (const predicate of predicates) expect(matchesOf(predicate, samples, 2)).toHaveLength(1)
      expect(new Set(predicates.map((terms) => JSON.stringify(terms))).size).toBe(predicates.length)
    }
  })

  it('of combinations point away from the median', () => {
    for (const predicate of rareCombinations(columns, samples, 0)) {
      expect(predicate).toHaveLength(3)
      for (const { column, is, value } of predicate) {
        if (columns[column]!.isCategory || Number.isNaN(value)) expect(is).toBe('equal')
        else {
          const cells = samples.columns[column]!.filter((cell) => !Number.isNaN(cell)).sort()
          const isAbove = value > (cells[(cells.length - 1) >> 1]! + cells[cells.length >> 1]!) / 2
          expect(is).toBe(isAbove ? 'from' : 'up to')
        }
      }
    }
  })

  it('treat a missing cell as a value, and are open at the ends of a range', () => {
    const one = { columns: [Float64Array.of(3, 1, 1, 5, Number.NaN)], count: 5 }
    const terms = rareValues([{ name: 'x', isCategory: false }], one, 0).map(([term]) => term)
    expect(terms).toHaveLength(4)
    expect(terms).toContainEqual({ column: 0, is: 'from', value: 5 })
    expect(terms).toContainEqual({ column: 0, is: 'equal', value: 3 })
    expect(terms).toContainEqual({ column: 0, is: 'equal', value: Number.NaN })
    // two have the smallest value
    expect(terms.some((term) => term!.is === 'up to')).toBe(false)
  })

  it('treat equal samples as one', () => {
    const rows = { columns: [Float64Array.of(1, 2, 1), Float64Array.of(Number.NaN, 2, Number.NaN)], count: 3 }
    expect(distinctRows(rows).count).toBe(2)
  })
})

describe('singling out', () => {
  it('finds training rows among samples that repeat them', async () => {
    const sets = pets(1, 2, 1)
    const { values, combinations } = await test({ ...sets, train: distinctRows(sets.train) })
    for (const { attack, control, risk, told } of [values, combinations]) {
      // every predicate that describes one sample describes the row that it is
      expect(attack.share).toBe(1)
      expect(control.share).toBeLessThan(0.6)
      expect(risk!.low).toBeGreaterThan(0.4)
      expect(told).toBe(true)
    }
  })

  it('finds no more training rows than held-out rows if samples are of the same kind', async () => {
    const { values, combinations } = await test(pets(1, 2, 3))
    for (const risks of [values, combinations]) {
      expect(risks.told).toBe(false)
      expect(risks.risk!.low).toBe(0)
      expect(singlingOutSentence(risks, 'value')).toContain('no more training rows than held-out rows')
    }
  })

  it('does not count a predicate that describes two rows', async () => {
    const rows = (...cells: number[]) => ({ columns: [Float64Array.from(cells)], count: cells.length })
    const columns = [{ name: 'x', isCategory: false }]
    const sets = { columns, members: rows(1, 2, 3, 3), others: rows(3, 8, 8, 9), samples: rows(2, 3, 5, 5) }
    const { values } = await singleOut(sets, 0.01, 0, {})
    // of the members up to 2 describes two, equal to 3 two, and equal to 2 one; of the others equal to 3 one, from 5 three
    expect(values).toMatchObject({ predicates: 5, attack: { count: 1 }, control: { count: 1 } })
    expect(values.rows).toEqual({ train: 1, against: 1 })
  })

  it("computes anonymeter's risk", () => {
    expect(riskOf(0, 0, 0)).toBeNull()
    const { value, low, high } = riskOf(400, 100, 500)!
    expect(value).toBeGreaterThan(0.74)
    expect(value).toBeLessThan(0.75)
    expect(high - value).toBeCloseTo(value - low, 12)
    expect(riskOf(10, 90, 500)).toMatchObject({ value: 0, low: 0 })
  })

  it('stops when it is aborted', async () => {
    const { columns, train, against, samples } = pets(1, 2, 3, 50)
    const signal = AbortSignal.abort(new Error('enough'))
    const sets = { columns, members: train, others: against, samples }
    await expect(singleOut(sets, 0.01, 0, { signal })).rejects.toThrow('enough')
  })
})
