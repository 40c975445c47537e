import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { describeWith, python } from '../helpers/needs.ts'

// which also brings pandas and SciPy
describeWith('sdmetrics', "the bench's judge of margins", () => {
  it('takes real rows for chance, and sees a share that is off', () => {
    const script = new URL('margins.py', import.meta.url).pathname
    const judged = JSON.parse(execFileSync(python, [script], { encoding: 'utf8' }))
    expect(judged.columns, 'but the constant one').toEqual(['member', 'name', 'number', 'whole', 'date'])
    expect(Math.abs(judged.real - 1)).toBeLessThan(0.05)
    // rows of the table itself have no error but their own: the root of 4000 / (4000 + 2000)
    expect(Math.abs(judged.resampled - Math.sqrt(2 / 3))).toBeLessThan(0.05)
    expect(judged.commonest, 'the commonest name five points too common').toBeGreaterThan(3.5)
    expect(judged.unseen, 'a name that no real row has').toBeGreaterThan(3)
    for (const ratio of judged.gaps) expect(ratio, 'half of the gaps lost').toBeGreaterThan(3.5)
    for (const { distance, oracle, chance, resampled } of judged.oracles) {
      expect(distance).toBeCloseTo(oracle, 12)
      expect(Math.abs(chance / resampled - 1), 'the mean of 200 pairs').toBeLessThan(0.15)
    }
  })
})
