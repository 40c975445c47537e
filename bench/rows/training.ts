import { alternate } from '../alternate.ts'
import { type Group, threadCounts } from './group.ts'
import { bestSettings, comparison, type Row } from './row.ts'

const steps = { onnx: 5000, tensorflow: 300, simd: 200 } as const
const peerSteps = 600
const rows = 1000
const settings = ['eager', 'fused', 'compiled']

/** A step of the post's recipe on all 1000 points: batch, loss, gradients, AdamW. */
export const trainingRows: Group = async ({ team, rounds, data }) => {
  const all: Row[] = []
  for (const threads of threadCounts) {
    const engine = (name: keyof typeof steps) =>
      team.ours(name, threads, {
        task: 'train',
        engine: name,
        dataset: data,
        recipe: 'post',
        steps: steps[name],
      })
    const peer = (variant: string) =>
      team.peer(variant, threads, { task: 'train', variant, data, steps: peerSteps })
    const timings = await alternate(
      [
        engine('onnx'),
        ...settings.map(peer),
        engine('tensorflow'),
        engine('simd'),
        team.ours('products', threads, { task: 'training products', rows, repeats: peerSteps }),
      ],
      rounds,
    )
    const what = 'a training step, seed network, 1000 points'
    const ours = timings.onnx!
    all.push(
      comparison({
        what,
        against: "PyTorch, the seed's script",
        threads,
        ours,
        theirs: timings.eager!,
        by: 'speedup',
        reach: 1.8,
        moonshot: 2.5,
      }),
      comparison({
        what,
        ...bestSettings(timings, settings),
        threads,
        ours,
        by: 'speedup',
        reach: 1.2,
        moonshot: 1.6,
      }),
      comparison({
        what,
        against: 'its matrix products alone',
        threads,
        ours,
        theirs: timings.products!,
        by: 'slowdown',
      }),
      ...(['tensorflow', 'simd'] as const).map((name) =>
        comparison({
          what: `${what}, engine ${name}`,
          against: "PyTorch, the seed's script",
          threads,
          ours: timings[name]!,
          theirs: timings.eager!,
          by: 'speedup',
        }),
      ),
    )
  }
  return all
}
