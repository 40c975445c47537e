import { describe, expect, it } from 'vitest'
import { walk } from '../../src/diffusion/process.ts'
import type { SamplerConfig } from '../../src/diffusion/samplers/index.ts'
import { createSchedule } from '../../src/diffusion/schedule.ts'
import { referencePredictor } from '../../src/model/compute/reference.ts'
import { networkOf } from '../../src/model/network.ts'
import { maxAbsDifference, type Points } from '../../src/numerics/points.ts'
import {
  type GeneralSteps,
  type GoldenPredictor,
  golden,
  type HeunSteps,
  namedWeights,
  type OtherSamplers,
  type SdeSteps,
} from '../helpers/golden.ts'
import { levelsOf } from '../helpers/networks.ts'
import { processWith } from '../helpers/process.ts'

const reference = golden<GoldenPredictor>('noise_predictor.json')
const general = golden<GeneralSteps>('general_steps.json')
const others = golden<OtherSamplers>('samplers.json')
const heun = golden<HeunSteps>('heun.json')
const sde = golden<SdeSteps>('sde_dpm_solver.json')
const weights = namedWeights(reference.weights)
const predictor = referencePredictor(networkOf(weights, levelsOf(reference.T)), weights)
const schedule = createSchedule(reference.schedule, reference.T)

const exact = (rows: number[][]): Points<Float64Array> => ({
  data: Float64Array.from(rows.flat()),
  count: rows.length,
  dim: rows[0]!.length,
})

/** The worst difference of any state from the golden ones. */
async function worst(
  sampler: SamplerConfig,
  timesteps: number[],
  x_T: number[][],
  noise: number[][][],
  golden: number[][][],
) {
  const differences: number[] = []
  const states = walk(processWith(schedule, sampler, timesteps), predictor, {
    x_T: exact(x_T),
    noise: (j) => exact(noise[j]!),
  })
  for await (const { step, x } of states) differences.push(maxAbsDifference(x.data, golden[step]!.flat()))
  expect(differences).toHaveLength(golden.length)
  return maxAbsDifference(
    differences,
    differences.map(() => 0),
  )
}

describe('the reverse process in float64', () => {
  it('follows the golden trajectory to 1e-9 at every step', async () => {
    const { x_T, noise, trajectory } = reference.ddpm
    const timesteps = Array.from({ length: 10 }, (_, j) => 10 - j)
    // the file's noise[t] is used at step t
    const rows = timesteps.map((t) => noise[t]!)
    expect(
      await worst({ name: 'ddpm', variance: 'fixed_small' }, timesteps, x_T, rows, trajectory),
    ).toBeLessThanOrEqual(1e-9)
  })

  it.each([
    ['ddpm_fixed_large', 'fixed_large'],
    ['ddpm_fixed_small_strided', 'fixed_small'],
    ['ddpm_fixed_large_strided', 'fixed_large'],
  ] as const)('follows %s to 1e-9 at every step', async (name, variance) => {
    const { timesteps, trajectory } = general[name]
    const difference = await worst(
      { name: 'ddpm', variance },
      timesteps,
      general.x_T,
      general.noise,
      trajectory,
    )
    expect(difference).toBeLessThanOrEqual(1e-9)
  })

  it.each([
    ['ddim_strided', 0],
    ['ddim_half_eta_strided', 0.5],
    ['ddim_full_eta_strided', 1],
  ] as const)('follows %s to 1e-9 at every step', async (name, eta) => {
    const { timesteps, trajectory } = general[name]
    expect(
      await worst({ name: 'ddim', eta }, timesteps, general.x_T, general.noise, trajectory),
    ).toBeLessThanOrEqual(1e-9)
  })

  it.each([
    ['ddim_10', { name: 'ddim', eta: 0 }],
    ['ddim_5', { name: 'ddim', eta: 0 }],
    ['dpmsolver++_1_5', { name: 'dpmsolver++', order: 1 }],
    ['dpmsolver++_2m_5', { name: 'dpmsolver++', order: 2 }],
  ] as const)("follows diffusers' %s to 1e-5 at every step", async (name, sampler) => {
    const { timesteps, trajectory } = others[name]
    expect(await worst(sampler, timesteps, others.x_T, [], trajectory)).toBeLessThanOrEqual(1e-5)
  })

  it.each(['heun_10', 'heun_strided'] as const)(
    'follows %s, of an independent script, to 1e-9 at every step',
    async (name) => {
      const { timesteps, trajectory } = heun[name]
      expect(await worst({ name: 'heun' }, timesteps, heun.x_T, [], trajectory)).toBeLessThanOrEqual(1e-9)
    },
  )

  it.each(['sde_10', 'sde_strided'] as const)(
    'follows %s, of an independent script, to 1e-9 at every step',
    async (name) => {
      const { timesteps, trajectory } = sde[name]
      const { x_T, noise } = general
      expect(await worst({ name: 'sde-dpmsolver++' }, timesteps, x_T, noise, trajectory)).toBeLessThanOrEqual(
        1e-9,
      )
    },
  )

  it('stops where its signal says so', async () => {
    const controller = new AbortController()
    const process = processWith(schedule, { name: 'ddpm', variance: 'fixed_small' }, [10, 5, 1])
    const states = walk(process, predictor, {
      x_T: exact(general.x_T),
      noise: (j) => exact(general.noise[j]!),
      signal: controller.signal,
    })
    let steps = 0
    const take = async () => {
      for await (const { step } of states) {
        steps = step
        if (step === 1) controller.abort(new Error('enough'))
      }
    }
    await expect(take()).rejects.toThrow('enough')
    expect(steps).toBe(1)
  })
})
