import { afterAll, describe, expect, it } from 'vitest'
import { openNetwork } from '../../src/node/network.ts'
import type { Points } from '../../src/numerics/points.ts'
import golden from '../golden/foreign_unet.json' with { type: 'json' }

const network = await openNetwork('models/digits', { threads: 1 })
afterAll(() => network.dispose())

const { steps, labels, none } = golden
const rows = golden.noise.map((row): Points => ({ data: Float32Array.from(row), count: 2, dim: 64 }))
const [x_T, ...noise] = rows as [Points, ...Points[]]

/** Which of the model's settings a case changes. */
function nameOf({ config, guidance }: (typeof golden.cases)[number]): string {
  const others = Object.entries(config).filter(([key, value]) => network.scheduler[key] !== value)
  return [...others.map((each) => each.join(' ')), `guidance ${guidance}`].join(', ')
}

/** The largest difference, as a share of the largest value. */
function differenceOf(a: ArrayLike<number>, b: readonly number[]): number {
  const worst = b.reduce((most, value, i) => Math.max(most, Math.abs(value - a[i]!)), 0)
  return a.length === b.length ? worst / Math.max(...b.map(Math.abs)) : Number.NaN
}

const isStochastic = /DDPM|Ancestral|LCM|sde/

/**
 * What a step's weights make of the rounding of a network's outputs, which differs between processors: PNDM's are those of Adams and Bashforth
 * of order 4, (55, -59, 37, -9) / 24.
 */
const growthOf = (config: object) => (/PNDM/.test(JSON.stringify(config)) ? (55 + 59 + 37 + 9) / 24 : 1)

describe('samples of the digits network next to those of diffusers', () => {
  const cases = golden.cases.map((each) => ({ ...each, title: nameOf(each) }))
  it.each(cases)('$title', async ({ config, guidance, last, exact }) => {
    const { data } = await network.sample({
      count: 2,
      numSteps: steps,
      given: { class_labels: labels },
      ...(guidance !== 1 && { without: { class_labels: none }, guidance }),
      x_T,
      noise: isStochastic.test(JSON.stringify(config)) ? noise : undefined,
      scheduler: config,
    })
    // diffusers as shipped has tables in float32, which can put it further off than ours
    const ofTables = differenceOf(last, exact)
    const most = 1e-5 * growthOf(config)
    expect(differenceOf(data, exact)).toBeLessThan(most)
    expect(differenceOf(data, last)).toBeLessThan(ofTables > 5e-6 ? 5e-4 : most)
  })
})
