import { type Process, reverseProcess } from '../../../src/diffusion/process.ts'
import type { Points } from '../../../src/numerics/points.ts'
import { standardNormals, streams } from '../../../src/numerics/random.ts'
import type { PointsModel } from './points-model.ts'
import { inSlices } from './slices.ts'

/** The states of a process from x_T [count, dim], in float64, with the seed's noise. Throws the signal's reason. */
export function plainReverseProcess(
  { predictor }: PointsModel,
  process: Process,
  seed: number,
  x_T: Points<Float64Array>,
  signal?: AbortSignal,
) {
  const { count, dim } = x_T
  return reverseProcess(process, inSlices(predictor, signal), {
    x_T,
    noise: (step) => normals({ seed, stream: streams.reverseNoise, step, count, dim }),
    signal,
  })
}

/** The seed's start points. */
export function startPoints({ columns }: PointsModel, seed: number, count: number): Points<Float64Array> {
  return normals({ seed, stream: streams.x_T, step: 0, count, dim: columns.length })
}

function normals(request: Omit<Parameters<typeof standardNormals>[0], 'start'>): Points<Float64Array> {
  const { count, dim } = request
  return { data: Float64Array.from(standardNormals({ ...request, start: 0 })), count, dim }
}
