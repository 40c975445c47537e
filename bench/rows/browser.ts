import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import { type Group, seed } from './group.ts'
import { comparison } from './row.ts'

/** WASM in Chromium, the data's way to the page and back included, against Node's CPU. */
export const browserRows: Group = async ({ team, rounds }) => {
  const threads = 2
  const request = { task: 'sample', model: join(seed, 'sampler.onnx'), count: 100_000, repeats: 1 }
  const timings = await alternate(
    [
      team.ours('wasm', threads, { ...request, provider: 'wasm-browser' }),
      team.ours('cpu', threads, { ...request, provider: 'cpu' }),
    ],
    rounds,
  )
  return [
    comparison({
      what: 'WASM in Chromium, 100,000 samples, DDPM, T = 10',
      against: "Node's CPU",
      threads,
      ours: timings.wasm!,
      theirs: timings.cpu!,
      by: 'slowdown',
      reach: 4,
      moonshot: 3,
    }),
  ]
}
