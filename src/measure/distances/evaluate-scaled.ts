/** Distances between sets of points: Wasserstein, energy, nearest neighbours, maximum mean discrepancy. */
import { InputError } from '../../core/errors.ts'
import { counted } from '../../core/format.ts'
import { forEach, type Work } from '../../core/work.ts'
import { idealDenoiser } from '../../diffusion/ideal-denoiser.ts'
import { type Process, reverseProcess } from '../../diffusion/process.ts'
import type { FloatArray, Points } from '../../numerics/points.ts'
import { standardNormals, streams } from '../../numerics/random.ts'
import { median } from '../statistics.ts'
import { combineDistances, type Distances, neighbours, pairwiseDistances, ratiosOf } from './pairwise.ts'
import { halvingDistances } from './pairwise-halvings.ts'
import { halvingSlicedWasserstein2, slicedWasserstein2 } from './sliced-wasserstein.ts'
import {
  type Columns,
  chooseRows,
  evaluationSeed,
  halfSizes,
  halvingCount,
  halvings,
  type NearestTraining,
  nearestDistances,
  nearestTraining,
  nearThreshold,
  type SampledPairs,
  type TeacherDistance,
  teacherDistance,
  toColumns,
} from './subsets.ts'

export interface NamedPoints {
  readonly name: string
  readonly points: Points<FloatArray>
}

export interface ScaledRequest extends Work {
  readonly samples: NamedPoints
  readonly data: NamedPoints
  readonly training?: NamedPoints | undefined
  readonly ideal?: IdealProcess | undefined
  readonly teacher?: SampledPairs | undefined
  readonly quick?: boolean | undefined
}

export interface Evaluation extends Distances {
  /** Real against real: the median of each distance over random halvings of the data. */
  readonly null: Distances
  /** Each distance divided by the median of its absolute values over the halvings. */
  readonly ratio: Distances
  /** Also for the points of the data; null without training points. */
  readonly nearestTraining: (NearestTraining & { readonly data: NearestTraining }) | null
  /** The distances of the ideal denoiser's samples, if requested. */
  readonly ideal?: Distances & { readonly nearestTraining: NearestTraining }
  /** Distance between the samples of a student and of its teacher, if requested. */
  readonly teacher?: TeacherDistance
  readonly counts: EvaluationCounts
}

/** Numbers of points; pairs are [real points, samples]. */
export interface EvaluationCounts {
  readonly all: readonly [number, number]
  /** Points used by the pairwise distances. */
  readonly pairwise: readonly [number, number]
  readonly halvings: number
  /** Sizes of a halving's parts, for the sliced distance and for the pairwise distances. */
  readonly halves: readonly [number, number]
  readonly pairwiseHalves: readonly [number, number]
  readonly training: number | null
  readonly ideal: number | null
}

/** Maximum number of points of a set in the pairwise distances. */
export const pairwiseLimits = { full: 10_000, quick: 2000 } as const

/** Leaves every point in a half of the data `neighbours` others. */
const minPoints = 2 * (neighbours + 1)

/** Distances of samples from data, and of the data's halves from each other. Throws InputError on unfit points. */
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

/** The evaluation of rows without numbers: distances are NaN, null in JSON. */
export function emptyEvaluation(data: number, samples: number): Evaluation {
  const none = combineDistances([], () => Number.NaN)
  const limited = (count: number) => Math.min(count, pairwiseLimits.full)
  const halves = [Math.floor(data / 2), Math.ceil(data / 2)] as const
  const counts: EvaluationCounts = {
    all: [data, samples],
    pairwise: [limited(data), limited(samples)],
    halvings: halvingCount,
    halves,
    pairwiseHalves: halves,
    training: null,
    ideal: null,
  }
  return { ...none, null: none, ratio: none, nearestTraining: null, counts }
}

function checked({ name, points }: NamedPoints, min: number, reference: NamedPoints): Columns {
  if (points.dim !== reference.points.dim) {
    const problem = `${name} has ${counted(points.dim, 'column')}, ${reference.name} ${reference.points.dim}: give points of the same columns`
    throw new InputError(problem, 'bad-data')
  }
  if (points.count < min) {
    const problem = `${name} has ${counted(points.count, 'point')}: give at least ${min}, ideally 1000`
    throw new InputError(problem, 'bad-data')
  }
  return toColumns(points, name)
}

/** A model's process, and the final step on its samples. */
export interface IdealProcess {
  readonly process: Process
  /** Applied to samples at the end, in scaled space, such as rounding whole numbers. */
  readonly finish?: ((x_0: Points<Float64Array>) => Points<Float64Array>) | undefined
}

/** Pairs of a sample and a training point that take about a tenth of a second. */
const pairsAtOnce = 5e6

/** Draws `count` samples with the ideal denoiser of the training points, from x_T and noise of `sample`'s seed 0. */
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
    const states = reverseProcess(process, predictor, {
      x_T: normals(streams.x_T, 0),
      noise: (j) => normals(streams.reverseNoise, j),
      signal: work.signal,
    })
    for await (const { step, x } of states) if (step === timesteps.length) x_0.data.set(x.data, start * dim)
  }
  await forEach({ stage: 'ideal denoiser', unit: 'samples' }, count, chunk, work, rows)
  return finish(x_0)
}
