import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { moonstep } from '../command.ts'
import { type MeasureRows, type Setting, sampler, seed, seedsOf } from '../group.ts'
import type { Request } from '../pool/protocol.ts'
import { type Contest, type Contestant, contest } from '../race.ts'
import { figure, max, min, missingRow, type Row } from '../row.ts'

const script = "PyTorch, the seed's script"
const eager = 'PyTorch, eager, T = 10'
const best = "PyTorch's best settings"
const products = 'its matrix products alone'

type Contestants = Record<'ours' | 'peer', (request: Request) => Contestant>
type OnThreads = (contestants: Contestants, setting: Setting) => Omit<Contest, 'threads'>

/** Contests with the same number of threads for all: two, then one. */
const onThreads =
  (of: OnThreads): MeasureRows =>
  async (setting) => {
    const rows: Row[] = []
    for (const threads of [2, 1]) {
      const ours = (request: Request) => setting.pool.ours(threads, request)
      const peer = (request: Request) => setting.pool.peer(threads, request)
      rows.push(...(await contest({ ...of({ ours, peer }, setting), threads })))
    }
    return rows
  }

/** A step of the post's recipe on all 1000 points: batch, loss, gradients, AdamW. */
export const training = onThreads(({ ours, peer }, { rounds, moons }) => {
  const engine = (engine: string, steps: number) =>
    ours({ task: 'train', engine, dataset: moons, recipe: 'post', steps })
  const inPyTorch = (variant: string) =>
    peer({ task: 'training.prepare_steps', variant, data: moons, steps: 600 })
  const what = 'a training step, seed network, 1000 points'
  return {
    contestants: {
      onnx: engine('onnx', 5000),
      eager: inPyTorch('eager'),
      fused: inPyTorch('fused'),
      compiled: inPyTorch('compiled'),
      tensorflow: engine('tensorflow', 300),
      simd: engine('simd', 200),
      products: ours({ task: 'training products', rows: 1000, repeats: 600 }),
    },
    lines: [
      [what, 'speedup', 'onnx', 'eager', script, min(1.8, 2.5)],
      [what, 'speedup', 'onnx', ['eager', 'fused', 'compiled'], best, min(1.2, 1.6)],
      [what, 'slowdown', 'onnx', 'products', products],
      [`${what}, engine tensorflow`, 'speedup', 'tensorflow', 'eager', script],
      [`${what}, engine simd`, 'speedup', 'simd', 'eager', script],
    ],
    rounds,
  }
})

/** Whole trainings, from the data to the weights, of about the same quality (docs/quality.md). */
export const trainingRun = onThreads(({ ours, peer }, setting) => {
  const { moons } = setting
  const run = (steps: number) => ours({ task: 'train run', dataset: moons, recipe: 'points', steps })
  const what = (steps: number) => `training until the seed's quality: ${steps} steps, default recipe`
  const theirs = peer({ task: 'training.prepare_run', data: moons, steps: 5000 })
  return {
    contestants: { 150: run(150), 250: run(250), script: theirs },
    // 250 steps are the issue's; 150 also leave a margin to the seed's quality
    lines: [
      [what(150), 'speedup', '150', 'script', `${script}, 5000 steps`, min(30, 50)],
      [what(250), 'speedup', '250', 'script', `${script}, 5000 steps`],
    ],
    rounds: seedsOf(setting, 3).length,
  }
})

const settings = ['eager', 'chunked', 'compiled']
const inPyTorch = (peer: Contestants['peer'], count: number, repeats: number) => {
  const request = { task: 'sampling.prepare', weights: `${seed}/weights.safetensors`, count, repeats }
  return Object.fromEntries(settings.map((variant) => [variant, peer({ ...request, variant })]))
}

/** 100,000 samples, noise included: the seed's DDPM in 10 steps, and 5 evaluations of the default recipe's model. */
export const sampling = onThreads(({ ours, peer }, { rounds }) => {
  const count = 100_000
  const draw = (model: unknown) => ours({ task: 'sample', model, count, repeats: 1 })
  const what = '100,000 samples, DDPM, T = 10, noise included'
  return {
    contestants: {
      sampler: draw(sampler),
      ...inPyTorch(peer, count, 1),
      products: ours({ task: 'sampling products', count }),
      model: draw(`${seed}/model.onnx`),
      python: peer({ task: 'runtime.prepare_samples', model: sampler, count, chunk: 4000 }),
      five: draw({ run: 'models/two-moons', numSteps: 5 }),
    },
    lines: [
      [what, 'speedup', 'sampler', 'eager', eager, min(2, 2.8)],
      [what, 'beyondNoise', 'sampler', 'products', products, max(1.4, 1.1)],
      [what, 'speedup', 'sampler', settings, best, min(1, 1.4)],
      [what, 'speedup', 'sampler', 'python', "Python's onnxruntime on our sampler.onnx"],
      [`${what}, step by step on model.onnx`, 'speedup', 'model', 'eager', eager],
      ['100,000 samples in 5 evaluations, default recipe', 'speedup', 'five', 'eager', eager, min(4, 6)],
    ],
    rounds,
  }
})

/** One sample of the seed's DDPM in 10 steps. */
export const oneSample = onThreads(({ ours, peer }, { rounds }) => {
  const draw = ours({ task: 'sample', model: sampler, count: 1, repeats: 3000 })
  return {
    contestants: { ours: draw, ...inPyTorch(peer, 1, 300) },
    lines: [
      ['one sample, DDPM, T = 10', 'speedup', 'ours', 'eager', 'PyTorch, eager', min(15, 22)],
      ['one sample, DDPM, T = 10', 'speedup', 'ours', settings, best],
    ],
    rounds: 3 * rounds,
  }
})

/** A student that samples in one evaluation, against the seed's loop of ten; and the time to distil it. */
export async function student(setting: Setting): Promise<Row[]> {
  const model = 'models/two-moons-student/sampler.onnx'
  if (!existsSync(model)) return [missingRow('the distilled student', `there is no ${model}`)]
  const draws = (what: string, count: number, repeats: number, reach: number) =>
    onThreads(({ ours, peer }, { rounds }) => ({
      contestants: {
        ours: ours({ task: 'sample', model, count, repeats }),
        eager: inPyTorch(peer, count, Math.ceil(repeats / 10)).eager!,
      },
      lines: [[`${what} of the student, one evaluation`, 'speedup', 'ours', 'eager', eager, min(reach)]],
      rounds,
    }))(setting)
  const rows = [
    ...(await draws('100,000 samples', 100_000, 1, 12)),
    ...(await draws('one sample', 1, 3000, 40)),
  ]
  const { seconds } = moonstep('distill', 'models/two-moons', '--out', join(setting.folder, 'student'))
  return [...rows, figure('moonstep distill, the whole process', seconds, 's', max(60))]
}
