import { InputError } from '../core/errors.ts'
import { shortFloat32 } from '../core/format.ts'
import { type Process, walk } from '../diffusion/process.ts'
import type { GoldenCall, GoldenSample } from '../model/card.ts'
import { referencePredictor } from '../model/compute/reference.ts'
import { exampleCondition } from '../model/inputs.ts'
import type { Network } from '../model/network.ts'
import type { NamedWeights } from '../model/weights.ts'
import { type Condition, type Points, sliceRows, toFloat64 } from '../numerics/points.ts'
import { standardNormals, streams } from '../numerics/random.ts'

const goldenCalls = 4
const goldenSamples = 2

function inputs(dim: number, count: number, stream: 0 | 1, step = 0): Points<Float64Array> {
  const data = standardNormals({ seed: 0, stream, step, start: 0, count, dim })
  return { data: Float64Array.from(data, shortFloat32), count, dim }
}

/** A few network calls at timesteps from T to 1, with the reference's outputs. Throws if one overflows float32. */
export async function makeGoldenCalls(network: Network, weights: NamedWeights): Promise<GoldenCall[]> {
  const { T, dim } = network
  const x_t = inputs(dim, goldenCalls, streams.x_T)
  const t = Array.from({ length: goldenCalls }, (_, i) => Math.round(T - (i * (T - 1)) / (goldenCalls - 1)))
  const condition = goldenCondition(network, goldenCalls)
  const output = await referencePredictor(network, weights).predict(x_t, t, condition)
  if (!fitsFloat32(output))
    throw new InputError(
      "the network's output is not finite in float32: train it again, for example with a lower learning rate",
      'bad-model',
    )
  return t.map((timestep, i) => ({
    x_t: row(x_t, i),
    t: timestep,
    output: row(output, i),
    ...(condition && { known: row(condition.known, i), values: row(condition.values, i) }),
  }))
}

function goldenCondition(network: Network, count: number): Condition<Float64Array> | undefined {
  if (!network.takesCondition) return undefined
  const { known, values } = exampleCondition(network, count)
  return { known: toFloat64(known), values: toFloat64(values) }
}

/** A few whole reverse processes, with the reference's samples. Throws if a state overflows float32. */
export async function makeGoldenSample(
  network: Network,
  weights: NamedWeights,
  process: Process,
): Promise<GoldenSample> {
  const x_T = inputs(network.dim, goldenSamples, streams.x_T)
  const noise = process.isStochastic
    ? process.timesteps.map((_, j) => inputs(network.dim, goldenSamples, streams.reverseNoise, j))
    : []
  const predictor = referencePredictor(network, weights)
  const condition = goldenCondition(network, goldenSamples)
  let x_0 = x_T
  const states = walk(process, predictor, { x_T, noise: (j) => noise[j]!, condition })
  for await (const { step, t, x } of states) {
    if (!fitsFloat32(x))
      throw new InputError(
        `the reverse process overflows float32 by step ${step}, at t = ${t}: the network does not undo ` +
          'the noise of its schedule: train it longer, or use a less steep schedule',
        'bad-model',
      )
    x_0 = x
  }
  return {
    x_T: rows(x_T),
    noise: noise.map(rows),
    x_0: rows(x_0),
    ...(condition && { known: rows(condition.known), values: rows(condition.values) }),
  }
}

function fitsFloat32({ data }: Points<Float64Array>): boolean {
  return data.every((x) => Number.isFinite(Math.fround(x)))
}

function row(points: Points<Float64Array>, i: number): number[] {
  return Array.from(sliceRows(points, i, i + 1).data, shortFloat32)
}

function rows(points: Points<Float64Array>): number[][] {
  return Array.from({ length: points.count }, (_, i) => row(points, i))
}
