import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import { chunk, type Group, seed, threadCounts } from './group.ts'
import { bestSettings, comparison, type Row } from './row.ts'

const count = 100_000
const settings = ['eager', 'chunked', 'compiled']

/** 100,000 samples, noise included: the seed's DDPM in 10 steps, and 5 evaluations of the default recipe's model. */
export const samplingRows: Group = async ({ team, rounds }) => {
  const all: Row[] = []
  for (const threads of threadCounts) {
    const ours = (name: string, model: unknown) =>
      team.ours(name, threads, { task: 'sample', model, count, repeats: 1 })
    const weights = join(seed, 'weights.safetensors')
    const timings = await alternate(
      [
        ours('sampler.onnx', join(seed, 'sampler.onnx')),
        ...settings.map((variant) =>
          team.peer(variant, threads, { task: 'sample', variant, weights, count, repeats: 1 }),
        ),
        team.ours('products', threads, { task: 'sampling products', count }),
        ours('model.onnx', join(seed, 'model.onnx')),
        team.peer('onnxruntime', threads, {
          task: 'onnxruntime',
          model: join(seed, 'sampler.onnx'),
          count,
          chunk,
        }),
        ours('5 evaluations', { run: 'models/two-moons', numSteps: 5 }),
      ],
      rounds,
    )
    const what = '100,000 samples, DDPM, T = 10, noise included'
    const eager = {
      against: 'PyTorch, eager, T = 10',
      theirs: timings.eager!,
      threads,
      by: 'speedup',
    } as const
    const own = { what, ours: timings['sampler.onnx']!, threads }
    all.push(
      comparison({ ...eager, ...own, reach: 2, moonshot: 2.8 }),
      comparison({
        ...own,
        against: 'its matrix products alone',
        theirs: timings.products!,
        by: 'slowdown beyond noise',
        reach: 1.4,
        moonshot: 1.1,
      }),
      comparison({
        ...own,
        ...bestSettings(timings, settings),
        by: 'speedup',
        reach: 1,
        moonshot: 1.4,
      }),
      comparison({
        ...own,
        against: "Python's onnxruntime on our sampler.onnx",
        theirs: timings.onnxruntime!,
        by: 'speedup',
      }),
      comparison({ ...eager, what: `${what}, step by step on model.onnx`, ours: timings['model.onnx']! }),
      comparison({
        ...eager,
        what: '100,000 samples in 5 evaluations, default recipe',
        ours: timings['5 evaluations']!,
        reach: 4,
        moonshot: 6,
      }),
    )
  }
  return all
}
