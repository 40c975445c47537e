import { describe, expect, it } from 'vitest'
import { avoidedOf, mayBeMade } from '../../../src/table/generated/avoid.ts'
import { hashOf } from '../../../src/table/inference/cells.ts'
import { chance, lower } from './texts.ts'

const draws = chance(3)
const textsOf = (count: number) => Array.from({ length: count }, () => draws.of(lower, 12))
const avoiding = (texts: readonly string[]) => mayBeMade(avoidedOf(new Set(texts.map(hashOf))))

describe('texts of the rows', () => {
  it.each([0, 1, 2, 3, 10, 1000, 20_000])('may not be made again, of which there are %i', (count) => {
    const rows = textsOf(count)
    const isFree = avoiding(rows)
    expect(rows.filter(isFree)).toEqual([])
    expect(textsOf(2000).filter(isFree).length).toBeGreaterThan(2000 / 8 - 5 * Math.sqrt(2000 / 8))
  })

  it('leave e^-1.5 of all others, so that a text which may not be made is only 1.3 times as likely one of them', () => {
    const rows = textsOf(30_000)
    const others = textsOf(20_000)
    const isFree = avoiding(rows)
    const share = others.filter(isFree).length / others.length
    expect(Math.abs(share - Math.exp(-1.5))).toBeLessThan(0.015)
    // how much likelier a text of the rows is not made than another
    const ratio = rows.filter((text) => !isFree(text)).length / rows.length / (1 - share)
    expect(ratio).toBeGreaterThan(1)
    expect(ratio).toBeLessThan(1.35)
  })

  it('are not on the card, which has a bit for each group', () => {
    const { groups, free } = avoidedOf(new Set(textsOf(1500).map(hashOf)))
    expect(groups).toBe(1000)
    expect(atob(free).length).toBe(125)
  })
})
