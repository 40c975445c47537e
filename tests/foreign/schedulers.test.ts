import { describe, expect, it } from 'vitest'
import { limited } from '../../src/diffusion/limit.ts'
import { reverseProcess } from '../../src/diffusion/process.ts'
import { samplingPlanOf } from '../../src/foreign/process.ts'
import { parsePythonJson } from '../../src/foreign/settings.ts'
import type { Points } from '../../src/numerics/points.ts'
import golden from '../golden/foreign.json' with { type: 'json' }

interface Case {
  readonly name: string
  readonly config: Readonly<Record<string, unknown>>
  readonly steps?: number
  readonly timesteps?: readonly number[]
  readonly eta?: number
  readonly times: readonly number[]
  readonly units?: readonly number[]
  readonly states: readonly (readonly number[])[]
}

const { rows: count, dim } = golden
const cases = golden.cases as unknown as readonly Case[]
const noise = golden.noise.map((row): Points<Float64Array> => ({ data: Float64Array.from(row), count, dim }))

/** The analytic network of make_foreign.py. */
const network = {
  async predict(x: Points<Float64Array>, t: number | ArrayLike<number>) {
    const time = (t as number) / 1000
    return { ...x, data: x.data.map((v) => (0.7 * v) / (1 + v * v) + 0.2 * v * time + 0.1 * time) }
  },
}

/** The largest difference of a state, relative to diffusers' largest value there (or to 1). */
async function differenceOf({ config, steps, timesteps, eta, times, units, states }: Case) {
  const plan = samplingPlanOf(config, { numSteps: steps, timesteps, eta })
  const given = plan.stages.map(({ time }) => time)
  let worst = Math.max(
    ...given.map((time, j) => Math.abs(time - times[j]!) / 1000),
    given.length - times.length,
  )
  let step = 0
  for await (const { x } of reverseProcess(plan, network, {
    x_T: noise[0]!,
    noise: (j) => noise[j + 1]!,
    limited,
  })) {
    const expected = states[step]!
    const unit = units?.[step] ?? 1
    const size = Math.max(1, ...expected.map(Math.abs))
    for (const [i, value] of expected.entries()) {
      const difference = Math.abs(x.data[i]! * unit - value) / size
      if (!(difference <= worst)) worst = difference
    }
    step++
  }
  return step === states.length ? worst : Number.NaN
}

describe("diffusers' schedulers on an analytic network in float64, state by state", () => {
  it.each(cases)('$name', async (each) => {
    expect(await differenceOf(each)).toBeLessThan(1e-12)
  })

  it.each(golden.saved)('a file that save_pretrained wrote with every key is taken: %#', (text) => {
    expect(
      samplingPlanOf(parsePythonJson(text, 'the config'), { numSteps: 5 }).stages.length,
    ).toBeGreaterThan(4)
  })
})
