import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import { type Group, seed, threadCounts } from './group.ts'
import { bestSettings, comparison, type Row } from './row.ts'

const repeats = { ours: 3000, peers: 300 }
const settings = ['eager', 'chunked', 'compiled']

/** One sample of the seed's DDPM in 10 steps. */
export const oneSampleRows: Group = async ({ team, rounds }) => {
  const all: Row[] = []
  for (const threads of threadCounts) {
    const weights = join(seed, 'weights.safetensors')
    const timings = await alternate(
      [
        team.ours('ours', threads, {
          task: 'sample',
          model: join(seed, 'sampler.onnx'),
          count: 1,
          repeats: repeats.ours,
        }),
        ...settings.map((variant) =>
          team.peer(variant, threads, { task: 'sample', variant, weights, count: 1, repeats: repeats.peers }),
        ),
      ],
      3 * rounds,
    )
    const shared = { what: 'one sample, DDPM, T = 10', threads, ours: timings.ours!, by: 'speedup' } as const
    all.push(
      comparison({ ...shared, against: 'PyTorch, eager', theirs: timings.eager!, reach: 15, moonshot: 22 }),
      comparison({ ...shared, ...bestSettings(timings, settings) }),
    )
  }
  return all
}
