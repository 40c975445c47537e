import { readFileSync } from 'node:fs'
import type { ScheduleConfig } from '../../src/diffusion/schedule.ts'
import type { NamedWeights } from '../../src/model/weights.ts'

type Matrix = number[][]
type Weights = Record<string, number[] | Matrix>

export interface GoldenSchedule {
  kind: ScheduleConfig['kind']
  T: number
  betas: number[]
  alphas: number[]
  alphaBars: number[]
  sigmas: number[]
}

export interface TrainingSteps {
  x_0: Matrix
  schedule: ScheduleConfig & { T: number }
  optimizer: { learningRate: number; beta1: number; beta2: number; epsilon: number; weightDecay: number }
  weightsBefore: Weights
  weightsAfter: Weights
  steps: { t: number[]; noise: Matrix; x_t: Matrix; loss: number; gradNorm: number }[]
}

export interface GoldenPredictor {
  T: number
  schedule: ScheduleConfig
  scaler: { min: number[]; max: number[] }
  weights: Weights
  forward: { x_t: Matrix; t: number[]; epsilon: Matrix }
  ddpm: { x_T: Matrix; noise: Matrix[]; trajectory: Matrix[] }
}

type GeneralPath = { timesteps: number[]; trajectory: Matrix[] }

export interface GeneralSteps {
  x_T: Matrix
  noise: Matrix[]
  ddpm_fixed_large: GeneralPath
  ddpm_fixed_small_strided: GeneralPath
  ddpm_fixed_large_strided: GeneralPath
  ddim_strided: GeneralPath
  ddim_half_eta_strided: GeneralPath
  ddim_full_eta_strided: GeneralPath
}

/** What diffusers does; it keeps its tables in float32. */
export interface OtherSamplers {
  x_T: Matrix
  ddim_10: GeneralPath
  ddim_5: GeneralPath
  'dpmsolver++_2m_5': GeneralPath
  'dpmsolver++_1_5': GeneralPath
}

/** make_heun.py made them. */
export interface HeunSteps {
  x_T: Matrix
  heun_10: GeneralPath
  heun_strided: GeneralPath
}

/** make_sde_dpm_solver.py made them, from the start points and noise of general_steps.json. */
export interface SdeSteps {
  sde_10: GeneralPath
  sde_strided: GeneralPath
}

export function goldenPath(name: string): string {
  return new URL(`../golden/${name}`, import.meta.url).pathname
}

/** A file of tests/golden; make_reference.py beside it made them. */
export function golden<T>(name: string): T {
  return JSON.parse(readFileSync(goldenPath(name), 'utf8')) as T
}

/** Weights as the files write them, rounded to float32. */
export function namedWeights(weights: Weights): NamedWeights {
  return new Map(
    Object.entries(weights).map(([name, value]) => {
      const rows = value as Matrix
      const shape = Array.isArray(rows[0]) ? [rows.length, rows[0].length] : [rows.length]
      return [name, { shape, data: Float32Array.from((value as Matrix).flat()) }]
    }),
  )
}
