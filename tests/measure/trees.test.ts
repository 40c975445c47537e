import { describe, expect, it } from 'vitest'
import { aucOf, macroAuc, r2Of } from '../../src/measure/statistics.ts'
import { applyBins, type Feature, fitBins } from '../../src/measure/trees/bins.ts'
import { bestSplit, l2, perBin } from '../../src/measure/trees/split.ts'
import { learnTrees, type Task } from '../../src/measure/trees/trees.ts'
import { streams, uniforms } from '../../src/numerics/random.ts'

const draw = (count: number, dim: number, step = 0) =>
  uniforms({ seed: 0, stream: streams.datasets, step: 500 + step, start: 0, count, dim })

const number = (cells: ArrayLike<number>): Feature => ({ cells: Float64Array.from(cells), isCategory: false })
const category = (cells: ArrayLike<number>): Feature => ({
  cells: Float64Array.from(cells),
  isCategory: true,
})

/** Scores of the second half of rows by what was learned from the first. */
async function scoresOfOthers(features: readonly Feature[], targets: Float64Array, task: Task) {
  const half = targets.length / 2
  const part = (from: number) =>
    features.map(({ cells, isCategory }) => ({ cells: cells.slice(from, from + half), isCategory }))
  const rows = fitBins(part(0), half)
  const { scoresOf } = await learnTrees(rows, targets.slice(0, half), task)
  return scoresOf(applyBins(rows, part(half), half))
}

describe('trees', () => {
  const count = 2000
  const u = draw(count, 4)
  const column = (d: number) => Float64Array.from({ length: count }, (_, i) => u[4 * i + d]!)

  it('learn a target that needs a cut in each of two columns', async () => {
    const [x, y] = [column(0), column(1)]
    const targets = x.map((own, i) => (own < 0.5 === y[i]! < 0.5 ? 1 : 0))
    const [scores] = await scoresOfOthers([number(x), number(y)], targets, { kind: 'binary' })
    expect(aucOf(scores!, targets.slice(count / 2))!).toBeGreaterThan(0.98)
  })

  it('learn a target that depends on names without order', async () => {
    const names = column(0).map((own) => Math.floor(own * 40))
    const targets = names.map((name) => ((name * 7) % 11 < 5 ? 1 : 0))
    const [scores] = await scoresOfOthers([category(names)], targets, { kind: 'binary' })
    expect(aucOf(scores!, targets.slice(count / 2))!).toBeGreaterThan(0.98)
  })

  it('learn from missing values', async () => {
    const isMissing = column(1).map((own) => (own < 0.3 ? 1 : 0))
    const x = column(0).map((own, i) => (isMissing[i] === 1 ? Number.NaN : own))
    for (const feature of [number(x), category(x.map((own) => Math.floor(own * 10)))]) {
      const [scores] = await scoresOfOthers([feature], isMissing, { kind: 'binary' })
      expect(aucOf(scores!, isMissing.slice(count / 2))!).toBe(1)
    }
  })

  it('learn numbers in any unit, and classes', async () => {
    const [x, y] = [column(0), column(1)]
    for (const unit of [1e-6, 1, 1e9]) {
      const targets = x.map((own, i) => unit * (3 + own * 4 + (y[i]! > 0.7 ? 2 : 0)))
      const [scores] = await scoresOfOthers([number(x), number(y)], targets, { kind: 'number' })
      expect(r2Of(scores!, targets.slice(count / 2))!).toBeGreaterThan(0.99)
    }
    const classes = x.map((own, i) => Math.floor(own * 2) + (y[i]! < 0.3 ? 2 : 0))
    const scores = await scoresOfOthers([number(x), number(y)], classes, { kind: 'classes', count: 4 })
    expect(macroAuc(scores, classes.slice(count / 2))!).toBeGreaterThan(0.98)
    for (let i = 0; i < count / 2; i++)
      expect(scores.reduce((sum, own) => sum + own[i]!, 0)).toBeCloseTo(1, 12)
  })

  it('do not predict a random target', async () => {
    const features = [number(column(0)), category(column(1).map((own) => Math.floor(own * 5)))]
    const targets = column(2).map((own) => (own < 0.5 ? 1 : 0))
    const [scores] = await scoresOfOthers(features, targets, { kind: 'binary' })
    expect(Math.abs(aucOf(scores!, targets.slice(count / 2))! - 0.5)).toBeLessThan(0.08)
  })

  it('give finite scores if all rows or all targets are equal', async () => {
    const same = [number(new Float64Array(100)), number(new Float64Array(100).fill(Number.NaN))]
    for (const task of [{ kind: 'binary' }, { kind: 'number' }, { kind: 'classes', count: 3 }] as const)
      for (const features of [same, [number(column(0).slice(0, 100))]]) {
        const scores = await scoresOfOthers(features, new Float64Array(100).fill(1), task)
        for (const own of scores) expect(own.every(Number.isFinite)).toBe(true)
      }
  })

  it('merge the rarest of more than 254 names, and equally rare names together', () => {
    const cells = Float64Array.from({ length: 1400 }, (_, i) => (i < 600 ? i % 200 : i - 400))
    const { columns, binnings } = fitBins([category(cells)], 1400)
    expect(binnings[0]!.count).toBe(202)
    expect(new Set(columns[0]!.slice(0, 600)).size).toBe(200)
    expect(new Set(columns[0]!.slice(600)).size).toBe(1)
  })
})

describe('the best split', () => {
  it.each([0, 1, 2, 3, 4, 5])(
    'is the best of all cuts, with missing values on either side: draw %i',
    (step) => {
      const bins = 7
      const u = draw(bins, 3, 10 + step)
      const histogram = new Float64Array(perBin * bins)
      for (let bin = step % 2; bin < bins; bin++) {
        histogram[perBin * bin] = 40 * u[3 * bin]! - 20
        histogram[perBin * bin + 1] = 5 + 20 * u[3 * bin + 1]!
        histogram[perBin * bin + 2] = bin === 3 ? 0 : Math.ceil(30 * u[3 * bin + 2]!)
        if (bin === 3) histogram.fill(0, perBin * bin, perBin * bin + 2)
      }
      const sum = (which: readonly number[], k: number) =>
        which.reduce((total, bin) => total + histogram[perBin * bin + k]!, 0)
      const all = Array.from({ length: bins }, (_, bin) => bin)
      const score = (which: readonly number[]) => sum(which, 0) ** 2 / (sum(which, 1) + l2)
      let best = 0
      for (let cut = 0; cut < bins; cut++)
        for (const isMissingLeft of [true, false]) {
          const isLeft = (bin: number) => (bin === 0 ? isMissingLeft : bin <= cut)
          const [left, right] = [all.filter(isLeft), all.filter((bin) => !isLeft(bin))]
          if (Math.min(sum(left, 2), sum(right, 2)) < 10) continue
          best = Math.max(best, score(left) + score(right) - score(all))
        }
      const node = { gradient: sum(all, 0), hessian: sum(all, 1), rows: sum(all, 2) }
      const binnings = [{ isCategory: false, count: bins, binsOf: () => new Uint8Array() }]
      const found = bestSplit(histogram, new Int32Array(2), binnings, node, { rows: 10, guarded: 0 })
      expect(found?.gain ?? 0).toBeCloseTo(best, 9)
      const left = all.filter((bin) => found!.goesLeft[bin] === 1)
      expect(found!.left.rows).toBe(sum(left, 2))
      expect(found!.right.gradient).toBeCloseTo(node.gradient - sum(left, 0), 9)
    },
  )

  it.each([0, 1, 2, 3])('of names is the best of all subsets: draw %i', (step) => {
    const bins = 5
    const u = draw(bins, 3, 20 + step)
    const histogram = new Float64Array(perBin * bins)
    // no name is missing here, so that four are few enough to be compared as they are
    for (let bin = 1; bin < bins; bin++)
      histogram.set([40 * u[3 * bin]! - 20, 5 + 20 * u[3 * bin + 1]!, 20], perBin * bin)
    const sum = (subset: number, k: number) =>
      [1, 2, 3, 4].reduce((total, bin) => total + ((subset >> bin) & 1) * histogram[perBin * bin + k]!, 0)
    const all = 0b11110
    const score = (subset: number) => sum(subset, 0) ** 2 / (sum(subset, 1) + l2)
    let best = 0
    for (let subset = 2; subset < all; subset += 2)
      best = Math.max(best, score(subset) + score(all ^ subset) - score(all))
    const node = { gradient: sum(all, 0), hessian: sum(all, 1), rows: sum(all, 2) }
    const binnings = [{ isCategory: true, count: bins, binsOf: () => new Uint8Array() }]
    // Fisher (1958): the best subset is a beginning of the order by mean, but for what the l2 adds
    expect(
      bestSplit(histogram, new Int32Array(2), binnings, node, { rows: 1, guarded: 0 })!.gain,
    ).toBeGreaterThan(0.97 * best)
  })
})

describe('the area under the ROC curve', () => {
  it('counts each pair of rows, and ties by half', () => {
    const scores = Float64Array.of(1, 2, 2, 3, 5, 5)
    const labels = [0, 1, 0, 1, 0, 1]
    let wins = 0
    for (const [i, a] of scores.entries())
      for (const [j, b] of scores.entries())
        if (labels[i] === 1 && labels[j] === 0) wins += a > b ? 1 : a === b ? 0.5 : 0
    expect(aucOf(scores, labels)).toBe(wins / 9)
    expect(aucOf(scores, [1, 1, 1, 1, 1, 1])).toBeUndefined()
  })
})
