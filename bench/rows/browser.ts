import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import { type Group, seed } from './group.ts'
import { comparison, type Row } from './row.ts'

const trainingSteps = { page: 1500, peer: 600 } as const
const subjects = [
  { subject: 'seed', what: 'seed network, 1000 points', steps: 100, reach: 0.6, moonshot: 0.47 },
  { subject: 'table', what: '256 x 3, 30 columns, 1000 rows', steps: 15, reach: 0.7, moonshot: 0.55 },
] as const

/** Training and sampling in Chromium by our own kernels, beside onnxruntime-web in the same page, PyTorch, and Node's CPU. */
export const browserRows: Group = async ({ team, rounds, data }) => {
  const all: Row[] = []
  for (const { subject, what, steps, reach, moonshot } of subjects) {
    const step = (library: string) =>
      team.ours(library, 1, { task: 'a step in a page', library, subject, steps })
    const timings = await alternate([step('simd'), step('onnxruntime-web')], rounds)
    all.push(
      comparison({
        what: `a training step in Chromium, ${what}`,
        against: 'onnxruntime-web',
        threads: 1,
        ours: timings.simd!,
        theirs: timings['onnxruntime-web']!,
        by: 'slowdown',
        reach,
        moonshot,
      }),
    )
  }
  const trained = await alternate(
    [
      team.ours('page', 1, { task: 'train in a page', data, steps: trainingSteps.page }),
      team.peer('eager', 1, { task: 'train', variant: 'eager', data, steps: trainingSteps.peer }),
    ],
    rounds,
  )
  all.push(
    comparison({
      what: 'a step of train in Chromium, seed network, 1000 points',
      against: "PyTorch, the seed's script",
      threads: 1,
      ours: trained.page!,
      theirs: trained.eager!,
      by: 'slowdown',
      reach: 1.15,
      moonshot: 0.95,
    }),
  )
  const model = join(seed, 'sampler.onnx')
  const inPage = (runtime: string, threads: number, count: number) =>
    team.ours(runtime, threads, { task: 'sample in a page', model, count, runtime })
  const what = (count: string) => `${count} samples in Chromium, DDPM, T = 10`
  const one = await alternate([inPage('simd', 1, 20_000), inPage('wasm', 1, 20_000)], rounds)
  all.push(
    comparison({
      what: what('20,000'),
      against: 'onnxruntime-web',
      threads: 1,
      ours: one.simd!,
      theirs: one.wasm!,
      by: 'slowdown',
      reach: 0.38,
      moonshot: 0.3,
    }),
  )
  const threads = 2
  const two = await alternate(
    [
      inPage('simd', threads, 100_000),
      team.ours('cpu', threads, { task: 'sample', model, count: 100_000, repeats: 1 }),
    ],
    rounds,
  )
  all.push(
    comparison({
      what: what('100,000'),
      against: "Node's CPU",
      threads,
      ours: two.simd!,
      theirs: two.cpu!,
      by: 'slowdown',
      reach: 2.2,
      moonshot: 1.6,
    }),
  )
  return all
}
