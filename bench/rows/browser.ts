import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import { type Group, seed } from './group.ts'
import { budget, comparison, missingRow, type Row } from './row.ts'

const trainingSteps = { page: 1500, peer: 600 } as const
const seedStep = { subject: 'seed', what: 'seed network, 1000 points', steps: 100 } as const
const tableStep = { subject: 'table', what: '256 x 3, 30 columns, 1000 rows', steps: 15 } as const

/** The share of a library's time that a step may take. */
interface Goal {
  readonly library: string
  readonly reach: number
  readonly moonshot: number
}
const web = 'onnxruntime-web'
const goals: readonly {
  of: typeof seedStep | typeof tableStep
  threads: number
  against: readonly Goal[]
}[] = [
  {
    of: seedStep,
    threads: 1,
    against: [
      { library: web, reach: 0.6, moonshot: 0.47 },
      { library: 'jax-js', reach: 0.45, moonshot: 0.33 },
      { library: 'tfjs', reach: 0.4, moonshot: 0.3 },
    ],
  },
  {
    of: seedStep,
    threads: 2,
    against: [
      { library: web, reach: 0.6, moonshot: 0.45 },
      { library: 'jax-js', reach: 0.4, moonshot: 0.3 },
    ],
  },
  { of: tableStep, threads: 1, against: [{ library: web, reach: 0.7, moonshot: 0.55 }] },
]

/** Training and sampling in Chromium by our own kernels, beside others in the same page, PyTorch, and Node's CPU. */
export const browserRows: Group = async ({ team, rounds, data }) => {
  const all: Row[] = []
  for (const { of, threads, against } of goals) {
    const { subject, what, steps } = of
    const step = (library: string) =>
      team.ours(library, threads, { task: 'a step in a page', library, subject, steps, data })
    const timings = await alternate(['simd', ...against.map(({ library }) => library)].map(step), rounds)
    for (const { library, reach, moonshot } of against)
      all.push(
        comparison({
          what: `a training step in Chromium, ${what}`,
          against: library,
          threads,
          ours: timings.simd!,
          theirs: timings[library]!,
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
  const dropped = await alternate([team.ours('csv', 1, { task: 'a CSV file in a page', data })], rounds)
  const { csv } = dropped
  const what1000 = "a CSV file of 1000 points to samples of the post's quality, in Chromium"
  all.push(
    csv && 'median' in csv
      ? { ...budget(what1000, csv.median, 's', 1, 1), moonshot: 0.6 }
      : missingRow(what1000, csv && 'missing' in csv ? csv.missing : 'not measured'),
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
