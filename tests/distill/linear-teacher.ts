import { mkdirSync, writeFileSync } from 'node:fs'
import type { ScheduleConfig } from '../../src/diffusion/schedule.ts'
import { writeSafetensors } from '../../src/model/weights.ts'
import { runFiles } from '../../src/node/run-folder.ts'

/** What the teacher takes for x_0: this matrix times x_t. */
const matrix = [
  [0.5, -0.3],
  [0.2, 0.6],
] as const
export const betas = [0.1, 0.3, 0.5, 0.8, 0.95]
const width = 12

/**
 * A run folder, as PyTorch users write one, of a network that is linear at every timestep: LeakyReLU(z) -
 * LeakyReLU(-z) = 1.01 z. So what a deterministic sampler makes of its noise is a matrix too.
 */
export function writeLinearTeacher(run: string, more: object = {}, T = betas.length): void {
  const first = new Float32Array(width * 3)
  for (const [unit, [d, sign]] of [
    [0, 1],
    [0, -1],
    [1, 1],
    [1, -1],
  ].entries())
    first[unit * 3 + d!] = sign!
  const last = new Float32Array(2 * width)
  for (const o of [0, 1])
    for (const d of [0, 1])
      for (const sign of [0, 1]) last[o * width + 2 * d + sign] = ((sign ? -1 : 1) * matrix[o]![d]!) / 1.01
  const zeros = (n: number) => new Float32Array(n)
  const weights = new Map([
    ['t_encoder.weight', { shape: [1, T], data: zeros(T) }],
    ['t_encoder.bias', { shape: [1], data: zeros(1) }],
    ['model.0.weight', { shape: [width, 3], data: first }],
    ['model.0.bias', { shape: [width], data: zeros(width) }],
    ['model.2.weight', { shape: [2, width], data: last }],
    ['model.2.bias', { shape: [2], data: zeros(2) }],
  ])
  const schedule: ScheduleConfig = { kind: 'betas', betas }
  const config = { T, schedule, scaler: { min: [-3, 0], max: [5, 1] }, predictionType: 'sample', ...more }
  mkdirSync(run, { recursive: true })
  writeFileSync(runFiles(run).config, JSON.stringify(config))
  writeFileSync(runFiles(run).weights, writeSafetensors(weights))
}

/** The matrix that DDIM with eta 0 over `timesteps` is for that teacher: Song et al. (2021), equation 12. */
export function linearMap(timesteps: readonly number[]): number[][] {
  const alphaBar = (t: number) => betas.slice(0, t).reduce((product, beta) => product * (1 - beta), 1)
  let map = [
    [1, 0],
    [0, 1],
  ]
  for (const [j, t] of timesteps.entries()) {
    const [a, b] = [alphaBar(t), alphaBar(timesteps[j + 1] ?? 0)]
    const noise = Math.sqrt(1 - b) / Math.sqrt(1 - a)
    const step = matrix.map((row, o) =>
      row.map((x, d) => (Math.sqrt(b) - noise * Math.sqrt(a)) * x + (o === d ? noise : 0)),
    )
    map = step.map((row) => [0, 1].map((d) => row[0]! * map[0]![d]! + row[1]! * map[1]![d]!))
  }
  return map
}

/** The map applied to each point of two coordinates. */
export function mapped(map: readonly (readonly number[])[], points: ArrayLike<number>): number[] {
  return Array.from(points, (_, k) => {
    const i = k - (k % 2)
    return map[k % 2]![0]! * points[i]! + map[k % 2]![1]! * points[i + 1]!
  })
}
