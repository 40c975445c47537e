import { type Setting, sampler } from '../group.ts'
import { contest, race } from '../race.ts'
import { figure, type Goal, max, missingRow, type Row } from '../row.ts'

const seedStep = { subject: 'seed', what: 'seed network, 1000 points', steps: 100 } as const
const tableStep = { subject: 'table', what: '256 x 3, 30 columns, 1000 rows', steps: 15 } as const

/** Training and sampling in Chromium by our own kernels, beside others in the same page, PyTorch, and Node's CPU. */
export async function browser(setting: Setting): Promise<Row[]> {
  const web = { 'onnxruntime-web': max(0.6, 0.47), 'jax-js': max(0.45, 0.33), tfjs: max(0.4, 0.3) }
  return [
    ...(await stepRows(setting, seedStep, 1, web)),
    ...(await stepRows(setting, seedStep, 2, { 'onnxruntime-web': max(0.6, 0.45), 'jax-js': max(0.4, 0.3) })),
    ...(await stepRows(setting, tableStep, 1, { 'onnxruntime-web': max(0.7, 0.55) })),
    ...(await trainingRows(setting)),
    ...(await samplingRows(setting)),
  ]
}

/** A step beside other libraries, with the share of their time that it may take. */
function stepRows(
  { pool, moons, rounds }: Setting,
  step: typeof seedStep | typeof tableStep,
  threads: number,
  goals: Readonly<Record<string, Goal>>,
): Promise<Row[]> {
  const contestant = (library: string) => pool.page(threads, { task: 'step', ...step, library, data: moons })
  const libraries = ['simd', ...Object.keys(goals)]
  const what = `a training step in Chromium, ${step.what}`
  return contest({
    contestants: Object.fromEntries(libraries.map((library) => [library, contestant(library)])),
    lines: Object.entries(goals).map(([each, goal]) => [what, 'slowdown', 'simd', each, each, goal]),
    rounds,
    threads,
  })
}

async function trainingRows({ pool, rounds, moons: data }: Setting): Promise<Row[]> {
  const what = 'a step of train in Chromium, seed network, 1000 points'
  const eager = { task: 'training.prepare_steps', variant: 'eager', data, steps: 600 }
  const rows = await contest({
    contestants: { page: pool.page(1, { task: 'train', data, steps: 1500 }), eager: pool.peer(1, eager) },
    lines: [[what, 'slowdown', 'page', 'eager', "PyTorch, the seed's script", max(1.15, 0.95)]],
    rounds,
    threads: 1,
  })
  const whole = "a CSV file of 1000 points to samples of the post's quality, in Chromium"
  const { csv } = await race({ csv: pool.page(1, { task: 'csv', data }) }, rounds)
  if ('missing' in csv!) return [...rows, missingRow(whole, csv.missing)]
  return [...rows, { ...figure(whole, csv!.median, 's', max(1, 0.6)), threads: 1 }]
}

async function samplingRows({ pool, rounds }: Setting): Promise<Row[]> {
  const inPage = (provider: string, threads: number, count: number) =>
    pool.page(threads, { task: 'sample', model: sampler, count, provider })
  const what = (count: string) => `${count} samples in Chromium, DDPM, T = 10`
  const one = await contest({
    contestants: { simd: inPage('simd', 1, 20_000), wasm: inPage('wasm', 1, 20_000) },
    lines: [[what('20,000'), 'slowdown', 'simd', 'wasm', 'onnxruntime-web', max(0.38, 0.3)]],
    rounds,
    threads: 1,
  })
  const node = pool.ours(2, { task: 'sample', model: sampler, count: 100_000, repeats: 1 })
  const two = await contest({
    contestants: { simd: inPage('simd', 2, 100_000), node },
    lines: [[what('100,000'), 'slowdown', 'simd', 'node', "Node's CPU", max(2.2, 1.6)]],
    rounds,
    threads: 2,
  })
  return [...one, ...two]
}
