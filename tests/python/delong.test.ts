import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { aucOf, placementsOf, varianceOfMean } from '../../src/measure/statistics.ts'
import { standardNormals, streams } from '../../src/numerics/random.ts'
import { describeWith, python } from '../helpers/needs.ts'

/** Scores of rows of two labels, rounded so that some tie. */
function scored(members: number, others: number) {
  const count = members + others
  const noise = standardNormals({ seed: 3, stream: streams.datasets, step: 9, start: 0, count, dim: 1 })
  const labels = Array.from({ length: count }, (_, i) => (i % 3 === 0 && i / 3 < others ? 0 : 1))
  const scores = Float64Array.from(noise, (x, i) => Math.round(10 * (x + 0.6 * labels[i]!)) / 10)
  return { scores, labels }
}

describeWith('sdmetrics', "the interval of a classifier's area", () => {
  it.each([
    [80, 60],
    [300, 120],
  ])('has the variance of DeLong and of a bootstrap: %i and %i rows', (members, others) => {
    const { scores, labels } = scored(members, others)
    const script = new URL('delong.py', import.meta.url).pathname
    const input = JSON.stringify({ scores: [...scores], labels })
    const oracle = JSON.parse(execFileSync(python, [script], { input, encoding: 'utf8' }))
    const placements = placementsOf(scores, labels)
    const of = (label: number) => [...placements].filter((_, i) => labels[i] === label)
    const [ofMembers, ofOthers] = [of(1), of(0)]
    expect(aucOf(scores, labels)).toBeCloseTo(oracle.auc, 12)
    for (const [k, share] of oracle.members.entries()) expect(ofMembers[k]).toBeCloseTo(share, 12)
    for (const [k, share] of oracle.others.entries()) expect(ofOthers[k]).toBeCloseTo(share, 12)
    const variance = varianceOfMean(ofMembers) + varianceOfMean(ofOthers)
    expect(variance).toBeCloseTo(oracle.variance, 12)
    expect(variance / oracle.bootstrap).toBeGreaterThan(0.9)
    expect(variance / oracle.bootstrap).toBeLessThan(1.1)
  })
})
