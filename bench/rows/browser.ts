import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import { type Group, seed } from './group.ts'
import { comparison } from './row.ts'

/** WASM in a page in Chromium against Node's CPU. */
export const browserRows: Group = async ({ team, rounds }) => {
  const threads = 2
  const request = { model: join(seed, 'sampler.onnx'), count: 100_000 }
  const timings = await alternate(
    [
      team.ours('wasm', threads, { task: 'sample in a page', ...request }),
      team.ours('cpu', threads, { task: 'sample', ...request, repeats: 1 }),
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
