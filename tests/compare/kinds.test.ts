import { expect, it } from 'vitest'
import { predictionTypes } from '../../src/diffusion/prediction.ts'
import { exportNoisePredictor, exportSampler, type TrainedModel } from '../../src/export/export-model.ts'
import { referenceTableModel, untrainedModel } from '../helpers/models.ts'
import { compareSmall, onCpu } from './helpers.ts'

const kinds: [string, TrainedModel][] = [
  ['one column, one timestep', untrainedModel({ dim: 1, T: 1 })],
  ['seven columns, no hidden layer', untrainedModel({ dim: 7, T: 20, hidden: [] })],
  ['64 columns', untrainedModel({ dim: 64, T: 4, hidden: [32] })],
  ['a table', referenceTableModel],
  ...predictionTypes.flatMap((predictionType): [string, TrainedModel][] => [
    [
      `${predictionType}, sinusoidal_mlp, ddim`,
      untrainedModel(
        { T: 12, timeEmbedding: { kind: 'sinusoidal_mlp', width: 16 } },
        { predictionType, sampler: { name: 'ddim', eta: 0.5 } },
      ),
    ],
    [
      `${predictionType}, dpmsolver++ in five steps`,
      untrainedModel({ T: 12 }, { predictionType, sampler: { name: 'dpmsolver++', order: 2 }, numSteps: 5 }),
    ],
  ]),
]

it.each(kinds)('%s: both files pass, by every sampler', async (_, trained) => {
  for (const make of [exportNoisePredictor, exportSampler]) {
    const comparison = await compareSmall(await make(trained), { mainOnly: false, bisect: true })
    expect(comparison.file).toMatchObject({ pass: true, problems: [] })
    const cpu = onCpu(comparison)
    expect(cpu).toMatchObject({ pass: true, problems: [] })
    expect(cpu.bisect.every(({ departure, problem }) => departure === null && problem === null)).toBe(true)
    // the seven samplers, and another where the card's eta is its own
    const samplers = comparison.processes.filter(({ refused }) => refused === null)
    expect(cpu.processes).toHaveLength(make === exportSampler ? 1 : 2 * samplers.length)
    if (make === exportNoisePredictor) expect(samplers.length).toBeGreaterThanOrEqual(7)
    for (const { curve } of cpu.processes) expect(curve.at(-1)).toBeLessThan(1)
  }
})

it('states that grow to thousands are held to float32 of their size, and not to less', async () => {
  const bytes = await exportNoisePredictor(untrainedModel({ T: 50, hidden: [256, 256] }))
  const { pass, processes } = onCpu(await compareSmall(bytes, { samples: 100 }))
  expect(pass).toBe(true)
  for (const { maxAbs, smallest, curve } of processes) {
    expect(maxAbs).toBeGreaterThan(1e-3)
    expect(smallest.factor).toBeLessThan(0.1)
    expect(curve[1]).toBeLessThan(1e-4)
  }
})

it('a thousand timesteps take one batch of a thousand for all of them, and processes of fifty steps', async () => {
  const schedule = { kind: 'linear', betaStart: 1e-4, betaEnd: 0.02 } as const
  const trained = untrainedModel({ T: 1000, hidden: [100, 100, 100] }, { schedule, numSteps: 100 })
  const comparison = await compareSmall(await exportNoisePredictor(trained), {
    mainOnly: false,
    samples: undefined,
  })
  expect(comparison.pass).toBe(true)
  const { calls } = onCpu(comparison)
  expect(calls).toMatchObject({ pass: true, calls: 1 + 3 * 1000 + 1 })
  expect(comparison.processes.map(({ timesteps }) => timesteps.length)).toEqual([
    100, 50, 50, 50, 50, 50, 50, 50,
  ])
  // what the reference can afford
  expect(comparison.processes[0]!.samples).toBeLessThan(1000)
})

it('a process that float32 cannot hold is named, and the rest is compared', async () => {
  const schedule = { kind: 'betas', betas: new Array<number>(25).fill(0.999) } as const
  const trained = untrainedModel({ dim: 1, T: 25, hidden: [] }, { schedule, predictionType: 'epsilon' })
  const comparison = await compareSmall(await exportNoisePredictor(trained))
  expect(comparison.processes).toMatchObject([{ refused: expect.stringMatching(/overflow/) }])
  expect(onCpu(comparison)).toMatchObject({ pass: true, processes: [], distances: null })
  expect(onCpu(comparison).calls!.pass).toBe(true)
})
