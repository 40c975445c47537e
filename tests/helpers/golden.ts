import { readFileSync } from 'node:fs'
import type { ScheduleConfig } from '../../src/diffusion/schedule.ts'
import type { NamedWeights } from '../../src/model/weights.ts'
import type { Condition, Points } from '../../src/numerics/points.ts'

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

/** States with what is known of each row, in the golden numbers of a table. */
interface GoldenRows {
  x_t: Matrix
  t: number[]
  known: Matrix
  known_values: Matrix
}

type Flat = Record<string, number[]>

/** make_table_steps.py made them with PyTorch in float64. */
export interface TableSteps {
  blocks: { kind: 'number' | 'category'; width: number }[]
  hidden: number[]
  T: number
  schedule: ScheduleConfig
  sigmas: number[]
  optimizer: { beta2: number; weightDecay: number; averageDecay: number }
  weights: Record<string, { shape: number[]; data: number[] }>
  steps: (GoldenRows & {
    target: Matrix
    weights: Matrix
    learningRate: number
    u: Matrix
    loss: number
    parameters: Flat
    average: Flat
    firstMoment: Flat
  })[]
  predictions: GoldenRows & { output: Matrix; sample: Matrix }
}

export function goldenPath(name: string): string {
  return new URL(`../golden/${name}`, import.meta.url).pathname
}

/** A file of tests/golden; make_reference.py beside it made them. */
export function golden<T>(name: string): T {
  return JSON.parse(readFileSync(goldenPath(name), 'utf8')) as T
}

/** Golden rows as points in float64. */
export function inFloat64(rows: Matrix): Points<Float64Array> {
  return { data: Float64Array.from(rows.flat()), count: rows.length, dim: rows[0]!.length }
}

/** The condition of golden rows in float64. */
export function conditionIn({ known, known_values }: GoldenRows): Condition<Float64Array> {
  return { known: inFloat64(known), values: inFloat64(known_values) }
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
