import { InputError } from '../core/errors.ts'
import { counted } from '../core/format.ts'
import type { FloatArray, Points } from '../core/points.ts'
import { standardNormals, streams } from '../core/random.ts'
import { forEach, type Work } from '../core/work.ts'
import { idealDenoiser } from '../diffusion/ideal-denoiser.ts'
import { type Process, walk } from '../diffusion/process.ts'
import {
  type NearestTraining,
  nearestDistances,
  nearestTraining,
  nearThreshold,
  type SampledPairs,
  type TeacherDistance,
  teacherDistance,
} from './nearest.ts'
import {
  combineDistances,
  type Distances,
  median,
  neighbours,
  pairwiseDistances,
  ratiosOf,
} from './pairwise.ts'
import { halvingDistances } from './pairwise-halvings.ts'
import { halvingSlicedWasserstein2, slicedWasserstein2 } from './sliced-wasserstein.ts'
import {
  type Columns,
  chooseRows,
  evaluationSeed,
  halfSizes,
  halvingCount,
  halvings,
  toColumns,
} from './subsets.ts'

/** Points in scaled space, and what to call them in messages. */
export interface NamedPoints {
  readonly name: string
  readonly points: Points<FloatArray>
}

export interface ScaledRequest extends Work {
  readonly samples: NamedPoints
  /** Real points, best ones that the model was not trained on. */
  readonly data: NamedPoints
  /** Those that it was trained on. */
  readonly training?: NamedPoints | undefined
  /** The model's reverse process, to be run with the ideal denoiser of the training points too. */
  readonly ideal?: IdealProcess | undefined
  /** Samples of the model and of the one that it learned from. */
  readonly teacher?: SampledPairs | undefined
  /** Fewer points for the distances that take pairs of them. */
  readonly quick?: boolean | undefined
}

export interface Evaluation extends Distances {
  /** Real against real: the median of each distance over random halvings of the data. */
  readonly null: Distances
  /** Each distance by the median size of the same over the halvings. */
  readonly ratio: Distances
  /** With the same of the data's points; null without training points. */
  readonly nearestTraining: (NearestTraining & { readonly data: NearestTraining }) | null
  /** The distances of the ideal denoiser's samples, if asked for. */
  readonly ideal?: Distances & { readonly nearestTraining: NearestTraining }
  /** Between the samples of a student and of its teacher, if asked for. */
  readonly teacher?: TeacherDistance
  readonly counts: EvaluationCounts
}

/** [real points, samples] where there are two. */
export interface EvaluationCounts {
  readonly all: readonly [number, number]
  /** Of those that the distances over pairs take. */
  readonly pairwise: readonly [number, number]
  readonly halvings: number
  /** Sizes of a halving's parts, for the sliced distance and for the distances over pairs. */
  readonly halves: readonly [number, number]
  readonly pairwiseHalves: readonly [number, number]
  readonly training: number | null
  readonly ideal: number | null
}

/** Points of a set that the distances over pairs take, at most. */
export const pairwiseLimits = { full: 10_000, quick: 2000 } as const

/** So that a point in either half of the data has `neighbours` others there. */
export const minPoints = 2 * (neighbours + 1)

/**
 * How far samples are from data, and the data's halves from each other. The same points give the same distances.
 * Throws InputError on too few points, different dimensions, a value that is not finite, or `ideal` without training
 * points; the signal's reason.
 */
export async function evaluateScaled(request: ScaledRequest): Promise<Evaluation> {
  const data = checked(request.data, minPoints, request.data)
  const samples = checked(request.samples, minPoints, request.data)
  const training = request.training && checked(request.training, 1, request.data)
  if (request.ideal && !training)
    throw new InputError('the ideal denoiser needs the training points: give them', 'missing')
  const chosen = chooseRows(data, samples, pairwiseLimits[request.quick ? 'quick' : 'full'])

  const distancesOf = async (all: Columns, some: Columns): Promise<Distances> => ({
    slicedWasserstein2: await slicedWasserstein2(data, all, request),
    ...(await pairwiseDistances(chosen.data, some, request)),
  })
  const distances = await distancesOf(samples, chosen.samples)
  const sliced = await halvingSlicedWasserstein2(data, halvings(data.count, samples.count), request)
  const pairHalvings = halvings(chosen.pool.count, chosen.samples.count)
  const halves = await halvingDistances(chosen.pool, pairHalvings, request)
  const nulls = halves.map((half, h) => ({ slicedWasserstein2: sliced[h]!, ...half }))

  let near: Evaluation['nearestTraining'] = null
  let ideal: Evaluation['ideal']
  if (request.training && training) {
    const ofData = await nearestDistances(chosen.data, training, request)
    const threshold = nearThreshold(ofData)
    const nearness = async (points: Columns) =>
      nearestTraining(await nearestDistances(points, training, request), threshold)
    near = { ...(await nearness(chosen.samples)), data: nearestTraining(ofData, threshold) }
    if (request.ideal) {
      const x_0 = await idealSamples(request.ideal, request.training.points, chosen.samples.count, request)
      const columns = toColumns(x_0, "the ideal denoiser's samples")
      ideal = { ...(await distancesOf(columns, columns)), nearestTraining: await nearness(columns) }
    }
  }
  return {
    ...distances,
    null: combineDistances(nulls, median),
    ratio: ratiosOf(distances, nulls),
    nearestTraining: near,
    ...(ideal && { ideal }),
    ...(request.teacher && { teacher: teacherDistance(request.teacher) }),
    counts: {
      all: [data.count, samples.count],
      pairwise: [chosen.data.count, chosen.samples.count],
      halvings: halvingCount,
      halves: halfSizes(data.count, samples.count),
      pairwiseHalves: halfSizes(chosen.pool.count, chosen.samples.count),
      training: training?.count ?? null,
      ideal: ideal ? chosen.samples.count : null,
    },
  }
}

function checked({ name, points }: NamedPoints, min: number, reference: NamedPoints): Columns {
  if (points.dim !== reference.points.dim)
    throw new InputError(
      `${name} has ${counted(points.dim, 'column')}, ${reference.name} ${reference.points.dim}: give points of the same columns`,
      'bad-data',
    )
  if (points.count < min)
    throw new InputError(
      `${name} has ${counted(points.count, 'point')}: give at least ${min}, better 1000`,
      'bad-data',
    )
  return toColumns(points, name)
}

/** A model's process, and what is done to its samples. */
export interface IdealProcess {
  /** By epsilon, which the ideal denoiser predicts. */
  readonly process: Process
  /** What is done to samples at the end, in scaled space: rounding whole numbers, say. */
  readonly finish?: ((x_0: Points<Float64Array>) => Points<Float64Array>) | undefined
}

/** Pairs of a sample and a training point that go through the process in about a tenth of a second. */
const pairsAtOnce = 5e6

/**
 * `count` samples of the ideal denoiser of the training points: x_T and noise as `sample` draws them with seed 0.
 * All in scaled space; float64. Throws the signal's reason.
 */
export async function idealSamples(
  { process, finish = (points) => points }: IdealProcess,
  training: Points<FloatArray>,
  count: number,
  work: Work = {},
): Promise<Points<Float64Array>> {
  const { dim } = training
  const x_0 = { data: new Float64Array(count * dim), count, dim }
  const { schedule, timesteps, stages } = process
  const predictor = idealDenoiser<Float64Array>(schedule, training)
  const rows = Math.max(1, Math.floor(pairsAtOnce / (stages.length * training.count)))
  const chunk = async (start: number) => {
    const size = Math.min(rows, count - start)
    const normals = (stream: typeof streams.x_T | typeof streams.reverseNoise, step: number) => {
      const drawn = standardNormals({ seed: evaluationSeed, stream, step, start, count: size, dim })
      return { data: Float64Array.from(drawn), count: size, dim }
    }
    const states = walk(process, predictor, {
      x_T: normals(streams.x_T, 0),
      noise: (j) => normals(streams.reverseNoise, j),
      signal: work.signal,
    })
    for await (const { step, x } of states) if (step === timesteps.length) x_0.data.set(x.data, start * dim)
  }
  await forEach({ stage: 'ideal denoiser', unit: 'samples' }, count, chunk, work, rows)
  return finish(x_0)
}
