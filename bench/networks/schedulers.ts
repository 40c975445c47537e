import { readFile } from 'node:fs/promises'
import { limited } from '../../src/diffusion/limit.ts'
import { type NoisePredictor, reverseProcess } from '../../src/diffusion/process.ts'
import { samplingPlanOf } from '../../src/foreign/process.ts'
import type { SchedulerConfig } from '../../src/foreign/sample.ts'
import { openNetwork } from '../../src/index.ts'
import type { Points } from '../../src/numerics/points.ts'
import { figure, type Row } from '../row.ts'

interface GoldenSettings {
  readonly name: string
  readonly config: SchedulerConfig
  readonly steps?: number
  readonly timesteps?: readonly number[]
  readonly eta?: number
  readonly units?: readonly number[]
  readonly states: readonly (readonly number[])[]
}

interface GoldenSamples {
  readonly config: SchedulerConfig
  readonly guidance: number
  readonly last: readonly number[]
  readonly exact: readonly number[]
}

const read = async (name: string) => JSON.parse(await readFile(`tests/golden/${name}.json`, 'utf8'))

/** The analytic network of tests/golden/make_foreign.py. */
const analytic: NoisePredictor<Float64Array> = {
  async predict(x, t) {
    const time = (t as number) / 1000
    return { ...x, data: x.data.map((v) => (0.7 * v) / (1 + v * v) + 0.2 * v * time + 0.1 * time) }
  },
}

/** The largest difference, as a share of the largest value or of `least`. */
function share(a: ArrayLike<number>, b: readonly number[], least = 0, unit = 1): number {
  const worst = Math.max(...b.map((value, i) => Math.abs(a[i]! * unit - value)))
  return worst / Math.max(least, ...b.map(Math.abs))
}

/** Every setting beside diffusers, by an analytic network in float64, at every step. */
export async function formulas(): Promise<Row[]> {
  const golden = await read('foreign')
  const rows: Points<Float64Array>[] = golden.noise.map((row: number[]) => ({
    data: Float64Array.from(row),
    count: golden.rows,
    dim: golden.dim,
  }))
  const measured: Row[] = []
  for (const { name, config, steps, timesteps, eta, units, states } of golden.cases as GoldenSettings[]) {
    const plan = samplingPlanOf(config, { numSteps: steps, timesteps, eta })
    let worst = 0
    for await (const { step, x } of reverseProcess(plan, analytic, {
      x_T: rows[0]!,
      noise: (j) => rows[j + 1]!,
      limited,
    }))
      worst = Math.max(worst, share(x.data, states[step]!, 1, units?.[step]))
    measured.push({ ...figure('formulas in float64', worst), line: name.replace('Scheduler', '') })
  }
  return measured
}

/** Samples of models/digits beside those of diffusers. */
export async function samples(): Promise<Row[]> {
  const golden = await read('foreign_unet')
  await using network = await openNetwork('models/digits')
  const [x_T, ...noise] = golden.noise.map((row: number[]) => ({
    data: Float32Array.from(row),
    count: 2,
    dim: 64,
  }))
  const measured: Row[] = []
  for (const { config, guidance, last, exact } of golden.cases as GoldenSamples[]) {
    const { isStochastic } = samplingPlanOf(config, { numSteps: golden.steps })
    const { data } = await network.sample({
      ...{ count: 2, numSteps: golden.steps, given: { class_labels: golden.labels }, x_T, scheduler: config },
      ...(guidance !== 1 && { without: { class_labels: golden.none }, guidance }),
      ...(isStochastic && { noise }),
    })
    const differs = ([key, value]: [string, unknown]) =>
      network.scheduler[key] !== value && key !== '_class_name'
    const settings = Object.entries(config)
      .filter(differs)
      .map((each) => each.join(' '))
    const name = String(config._class_name).replace('Scheduler', '')
    const line = `${[name, ...settings].join(', ')}${guidance === 1 ? '' : `, guidance ${guidance}`}`
    measured.push(
      { ...figure('to diffusers as shipped', share(data, last)), line },
      { ...figure('to its tables in float64', share(data, exact)), line },
      { ...figure('between these two', share(last, exact)), line },
    )
  }
  return measured
}
