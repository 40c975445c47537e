import { moved } from '../../../src/browser/worker-calls.ts'
import { InputError, messageOf } from '../../../src/core/errors.ts'
import type { Process } from '../../../src/diffusion/process.ts'
import type { Description } from '../../../src/model/description.ts'
import { type FloatArray, type Points, toFloat32 } from '../../../src/numerics/points.ts'
import type { NamedTable } from '../../../src/table/table.ts'
import type { CommittedModel } from '../committed-model.ts'
import type { ProcessChoice } from '../process-choice.ts'
import type { RealPoints } from '../real-points.ts'
import type { Learning } from './field.ts'
import type { LossCurve } from './loss-curve.ts'
import { pageFile } from './page-file.ts'
import { fetchRun, modelOfRun, type PointsModel } from './points-model.ts'
import { plainReverseProcess, startPoints } from './process.ts'
import type { StudentQuestion, TeacherComparison } from './teacher.ts'

export interface State {
  /** The number of steps taken. */
  readonly step: number
  readonly t: number
  /** [count, dim], scaled. */
  readonly points: Points
}

/** What the page needs of the open model, which the worker computes. */
export interface OpenModel
  extends Pick<PointsModel, 'columns' | 'origin'>,
    Pick<Description, 'schedule' | 'predictionType' | 'recommended'> {
  /** Its model.onnx, for onnxruntime: the URL of a committed one, or a file's bytes. */
  readonly onnx: string | Uint8Array
}

let model: PointsModel | undefined
/** The last that was asked for. */
let opening: Promise<OpenModel> | undefined
let sampling = new AbortController()

/** The open model, or the one that is being opened, since the page shows what it asked for. */
async function opened(): Promise<PointsModel> {
  for (let awaited: typeof opening; awaited !== opening; ) {
    awaited = opening
    await awaited?.catch(() => {})
  }
  if (!model) throw new InputError('no model is open: choose one', 'missing')
  return model
}

/** Reads a model and keeps it for later calls, unless another one is asked for meanwhile. */
function open(reading: Promise<Pick<OpenModel, 'onnx'> & { model: PointsModel }>): Promise<OpenModel> {
  const mine = reading.then(({ model: read, onnx }) => {
    const another = () => new InputError('another model was opened', 'conflict')
    if (mine !== opening) throw another()
    sampling.abort(another())
    model = read
    const { columns, description, origin } = read
    const { dataset, seed, teacher } = origin
    const { schedule, predictionType, recommended } = description
    return { columns, schedule, predictionType, recommended, origin: { dataset, seed, teacher }, onnx }
  })
  opening = mine
  return mine
}

async function readRun(run: CommittedModel) {
  const { model } = await fetchRun(run)
  return { model, onnx: run.onnx }
}

async function readFile(file: Blob, name: string) {
  const { readModelFile } = await import('./reader-file.ts').catch((error) => {
    throw new InputError(
      `the part of this page that reads ONNX files does not load (${messageOf(error)}): connect to its server, and give ${name} again`,
      'cannot-read',
    )
  })
  return readModelFile(file, name)
}

/** The reader's choice of process. Throws InputError on options out of range. */
function processIn({ description }: PointsModel, { sampler, numSteps }: ProcessChoice): Process {
  return description.process({ sampler, numSteps })
}

/** The first samples need neither this nor CSV; what they wait for is kept small. */
const distances = () => import('./distance.ts')

/** What the page asks its worker. All points are scaled, as the network sees them, unless noted. */
export const lesson = {
  /** Opens a committed run, and keeps it for the calls below. Throws if its weights are missing or broken. */
  openRun(run: CommittedModel): Promise<OpenModel> {
    return open(readRun(run))
  },

  /** The same for a model.onnx. Throws if it is none, or not of points. */
  openFile(file: Blob, name: string): Promise<OpenModel> {
    return open(readFile(file, name))
  },

  /**
   * Runs the reverse process in plain TypeScript and reports every state as it comes. A call ends the one before. Throws
   * InputError on options out of range.
   */
  async sample(choice: ProcessChoice, count: number, onState: (state: State) => void): Promise<void> {
    const shown = await opened()
    sampling.abort(new InputError('another sampling was asked for', 'conflict'))
    sampling = new AbortController()
    const x_T = startPoints(shown, choice.seed, count)
    const states = plainReverseProcess(shown, processIn(shown, choice), choice.seed, x_T, sampling.signal)
    for await (const { step, t, x } of states) {
      const points = toFloat32(x)
      onState(moved({ step, t, points }, [points.data.buffer]))
    }
  },

  /** Ends the current sampling. */
  stop(): void {
    sampling.abort(new InputError('the samples were computed elsewhere', 'conflict'))
  },

  /** Only the samples [count, dim], in parallel with other computations. */
  async samples(choice: ProcessChoice, count: number): Promise<Points> {
    const shown = await opened()
    let x_0 = startPoints(shown, choice.seed, count)
    for await (const { x } of plainReverseProcess(shown, processIn(shown, choice), choice.seed, x_0)) x_0 = x
    return toFloat32(x_0)
  },

  /**
   * Samples of a student and its teacher, both committed models, from the same noise, and the distance between them.
   * Throws if there is no answer, no model, or another teacher than the student's.
   */
  async compareWithTeacher(question: StudentQuestion): Promise<TeacherComparison> {
    const { compareWithTeacher } = await import('./teacher.ts')
    return compareWithTeacher(question)
  },

  /**
   * The states of a point's path from `start` (dim coordinates) without noise, as the field alone leads it. Replaces a
   * sampler that adds noise with ddim.
   */
  async path(choice: ProcessChoice, start: readonly number[]): Promise<number[][]> {
    const x_T = { data: Float64Array.from(start), count: 1, dim: start.length }
    return (await this.paths(choice, x_T)).map(({ data }) => [...data])
  },

  /** The same for many points: all of them after each step. */
  async paths(choice: ProcessChoice, starts: Points<FloatArray>): Promise<Points<FloatArray>[]> {
    const x_T = { ...starts, data: Float64Array.from(starts.data) }
    const states: Points<FloatArray>[] = []
    const shown = await opened()
    const chosen = processIn(shown, choice)
    const process = chosen.isStochastic ? processIn(shown, { ...choice, sampler: 'ddim' }) : chosen
    for await (const { x } of plainReverseProcess(shown, process, choice.seed, x_T))
      states.push({ ...x, data: x.data.slice() })
    return states
  },

  /** The negative predicted noise [count, dim] at t at each point, by the model or a network in training. */
  async field(points: Points, t: number, learning?: Learning): Promise<Points> {
    const { noiseField } = await import('./field.ts')
    return noiseField(learning ? modelOfRun(learning.config, learning.weights) : await opened(), points, t)
  },

  /** Sets the real points, scaled, to measure distances to: `count` of a dataset; none if unknown. */
  async setData(real: RealPoints | undefined, count: number): Promise<void> {
    const { setData } = await distances()
    setData(real, count)
  },

  /** Sliced Wasserstein-2 distance between points and the data. Throws if there is no data. */
  async distanceToData(points: Points): Promise<number> {
    return (await distances()).distanceToData(points)
  },

  /** The same between random halves of the data, each with at most `count` points. Throws if there is no data. */
  async nullDistance(count: number): Promise<number> {
    return (await distances()).nullDistance(count)
  },

  /**
   * A CSV file's points in data units, with the columns in the model's order, or a training file's own two columns.
   * Throws on anything but a CSV of numbers, other columns than the model's, or rows nowhere near its training data.
   */
  async readCsv(file: Blob, name: string, isToTrainOn = false): Promise<NamedTable> {
    const { fittingCsv, planeCsv, textOf } = await import('./fitting-csv.ts')
    const text = await textOf(file, name)
    return isToTrainOn ? planeCsv(text, name) : fittingCsv((await opened()).columns, text, name)
  },

  /** Points as the CSV file that `moonstep sample` writes: in data units, with columns of whole numbers rounded. */
  async csv(points: Points<FloatArray>): Promise<string> {
    const { pointsToCsv } = await import('../../../src/table/formats/csv.ts')
    const { decode } = await import('../../../src/table/encodings/decode.ts')
    const { pointsOf } = await import('../../../src/table/table.ts')
    const { columns } = await opened()
    const names = columns.map(({ name }) => name)
    return pointsToCsv(toFloat32(pointsOf(decode({ columns }, toFloat32(points)))), names)
  },

  /** A run's history.csv as a curve to draw. Throws if there is no answer, or no table of step and loss. */
  async lossCurve(url: string): Promise<LossCurve> {
    const { parseCsv } = await import('../../../src/table/formats/csv.ts')
    const { thinned } = await import('./loss-curve.ts')
    const name = url.slice(url.lastIndexOf('/') + 1)
    return thinned(parseCsv(new TextDecoder().decode(await pageFile(url)), name))
  },
}

export type Lesson = typeof lesson
