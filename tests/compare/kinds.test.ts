import { expect, it } from 'vitest'
import { callCases, processCases } from '../../src/compare/cases.ts'
import { predictionTypes } from '../../src/diffusion/prediction.ts'
import { exportNoisePredictor, exportSampler, type TrainedModel } from '../../src/export/export-model.ts'
import { readModel } from '../../src/onnx/read.ts'
import { referenceTableModel, untrainedModel } from '../helpers/models.ts'
import { compareSmall, onCpu } from './helpers.ts'

const kinds: [string, TrainedModel][] = [
  ['one column, one timestep', untrainedModel({ dim: 1, T: 1 })],
  ['seven columns, no hidden layer', untrainedModel({ dim: 7, T: 8, hidden: [] })],
  ['64 columns', untrainedModel({ dim: 64, T: 4, hidden: [32] })],
  ['a table', referenceTableModel],
  [
    'dpmsolver++ in five steps',
    untrainedModel({ T: 12 }, { sampler: { name: 'dpmsolver++', order: 2 }, numSteps: 5 }),
  ],
  ...predictionTypes.map((predictionType): [string, TrainedModel] => [
    `${predictionType}, sinusoidal_mlp, ddim`,
    untrainedModel(
      { T: 6, timeEmbedding: { kind: 'sinusoidal_mlp', width: 16 } },
      { predictionType, sampler: { name: 'ddim', eta: 0.5 } },
    ),
  ]),
]

it.each(kinds)('both files of a right model pass by every sampler: %s', async (_, trained) => {
  for (const make of [exportNoisePredictor, exportSampler]) {
    const comparison = await compareSmall(await make(trained), { mainOnly: false, bisect: true })
    expect(comparison.file).toMatchObject({ pass: true, problems: [] })
    const cpu = onCpu(comparison)
    expect(cpu).toMatchObject({ pass: true, problems: [] })
    expect(cpu.bisect.every(({ departure, problem }) => departure === null && problem === null)).toBe(true)
    // the seven samplers, and another if the card has another eta
    const samplers = comparison.processes.filter(({ refused }) => refused === null)
    expect(cpu.processes).toHaveLength(make === exportSampler ? 1 : 2 * samplers.length)
    if (make === exportNoisePredictor) expect(samplers.length).toBeGreaterThanOrEqual(7)
    for (const { curve } of cpu.processes) expect(curve.at(-1)).toBeLessThan(1)
  }
})

it('states that grow to thousands may differ by float32 of their size, and one batch has all timesteps', async () => {
  const bytes = await exportNoisePredictor(untrainedModel({ T: 50, hidden: [160, 160] }))
  const { pass, calls, processes } = onCpu(await compareSmall(bytes, { samples: 32 }))
  expect(pass).toBe(true)
  expect(calls).toMatchObject({ pass: true, calls: 1 + 3 * 50 + 1 })
  for (const { maxAbs, smallest, curve } of processes) {
    expect(maxAbs).toBeGreaterThan(1e-3)
    expect(smallest.factor).toBeLessThan(0.1)
    expect(curve[1]).toBeLessThan(1e-4)
  }
})

it('a model of a thousand timesteps is compared in few large batches, and in processes of fifty steps', async () => {
  const schedule = { kind: 'linear', betaStart: 1e-4, betaEnd: 0.02 } as const
  const trained = untrainedModel({ T: 1000, hidden: [100, 100, 100] }, { schedule, numSteps: 100 })
  const file = readModel(await exportNoisePredictor(trained))
  expect(callCases(file)).toHaveLength(1 + 3 * 1000 + 1)
  const cases = processCases(file, {})
  expect(cases.map(({ timesteps }) => timesteps.length)).toEqual([100, 50, 50, 50, 50, 50, 50, 50])
  // as many as the reference can draw in a second
  expect(cases[0]!.x_T.count).toBeLessThan(1000)
})

it('a process whose numbers float32 cannot hold is refused, and the rest is compared', async () => {
  const schedule = { kind: 'betas', betas: new Array<number>(25).fill(0.999) } as const
  const trained = untrainedModel({ dim: 1, T: 25, hidden: [] }, { schedule, predictionType: 'epsilon' })
  const comparison = await compareSmall(await exportNoisePredictor(trained))
  expect(comparison.processes).toMatchObject([{ refused: expect.stringMatching(/overflow/) }])
  expect(onCpu(comparison)).toMatchObject({ pass: true, processes: [], distances: null })
  expect(onCpu(comparison).calls!.pass).toBe(true)
})
