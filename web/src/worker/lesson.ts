import { moved } from '../../../src/browser/worker-calls.ts'
import { InputError } from '../../../src/core/errors.ts'
import type { Process } from '../../../src/diffusion/process.ts'
import { download } from '../../../src/infer/model.ts'
import type { ModelCard } from '../../../src/model/card.ts'
import { type FloatArray, type Points, toFloat32 } from '../../../src/numerics/points.ts'
import { type ModelFile, readModel } from '../../../src/onnx/read.ts'
import { decode } from '../../../src/table/encodings/encoding.ts'
import type { NamedTable } from '../../../src/table/table.ts'
import type { ProcessChoice } from '../process-choice.ts'
import type { RealPoints } from '../real-points.ts'
import type { Learning } from './field.ts'
import type { LossCurve } from './loss-curve.ts'
import { plainWalk, startPoints } from './process.ts'
import type { BesideTeacher, StudentQuestion } from './teacher.ts'

export interface State {
  /** The number of steps taken. */
  readonly step: number
  readonly t: number
  /** [count, dim], scaled. */
  readonly points: Points
}

let model: ModelFile | undefined
let sampling = new AbortController()

function opened(): ModelFile {
  if (!model) throw new InputError('no model is open: choose one, or drop a model.onnx', 'missing')
  return model
}

/** Throws InputError as `readModel` does, or on a card that this page has no code for (vite.config.ts). */
async function readModelOfPoints(bytes: Uint8Array, name: string): Promise<ModelFile> {
  try {
    return readModel(bytes, name)
  } catch (error) {
    const { requireModelOfPoints } = await import('./refusal.ts')
    requireModelOfPoints(bytes, name)
    throw error
  }
}

/** The reader's choice of process. Throws InputError on options out of range. */
function processIn({ description }: ModelFile, { sampler, numSteps }: ProcessChoice): Process {
  return description.process({ sampler, numSteps })
}

/** The first samples need neither this nor CSV; what they wait for is kept small. */
const distances = () => import('./distance.ts')

/** What the page asks its worker. All points are scaled, as the network sees them, unless noted. */
export const lesson = {
  /** Reads and checks a model, and keeps it for the calls below. Throws without an answer or a moonstep model.onnx. */
  async open(source: string | Blob, name: string): Promise<{ card: ModelCard; bytes: Uint8Array }> {
    const bytes =
      typeof source === 'string' ? await download(source) : new Uint8Array(await source.arrayBuffer())
    const file = await readModelOfPoints(bytes, name)
    sampling.abort(new InputError('another model was opened', 'conflict'))
    model = file
    return { card: file.card, bytes }
  },

  /**
   * Walks from noise to data in plain TypeScript and reports every state as it comes. A call ends the one before. Throws
   * InputError on options out of range.
   */
  async sample(choice: ProcessChoice, count: number, onState: (state: State) => void): Promise<void> {
    const file = opened()
    sampling.abort(new InputError('another sampling was asked for', 'conflict'))
    sampling = new AbortController()
    const x_T = startPoints(file, choice.seed, count)
    const states = plainWalk(file, processIn(file, choice), choice.seed, x_T, sampling.signal)
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
    const file = opened()
    let x_0 = startPoints(file, choice.seed, count)
    for await (const { x } of plainWalk(file, processIn(file, choice), choice.seed, x_0)) x_0 = x
    return toFloat32(x_0)
  },

  /**
   * Samples of a student and its teacher, both committed models, from the same noise, and the distance between them.
   * Throws if there is no answer, no model, or another teacher than the student's.
   */
  async besideTeacher(question: StudentQuestion): Promise<BesideTeacher> {
    const { besideTeacher } = await import('./teacher.ts')
    return besideTeacher(question)
  },

  /**
   * The states of a point's path from `start` (dim coordinates) without noise, as the field alone leads it. Replaces a
   * sampler that adds noise with ddim.
   */
  async path(choice: ProcessChoice, start: readonly number[]): Promise<number[][]> {
    const x_T = { data: Float64Array.from(start), count: 1, dim: start.length }
    const path: number[][] = []
    const file = opened()
    const chosen = processIn(file, choice)
    const process = chosen.isStochastic ? processIn(file, { ...choice, sampler: 'ddim' }) : chosen
    for await (const { x } of plainWalk(file, process, choice.seed, x_T)) path.push([...x.data])
    return path
  },

  /** The negative predicted noise [count, dim] at t at each point, by the model or a network in training. */
  async field(points: Points, t: number, learning?: Learning): Promise<Points> {
    const { learningField, noiseField } = await import('./field.ts')
    return learning ? learningField(learning, points, t) : noiseField(opened(), points, t)
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
    const { fittingCsv, planeCsv } = await import('./fitting-csv.ts')
    const text = await file.text()
    return isToTrainOn ? planeCsv(text, name) : fittingCsv(opened().card, text, name)
  },

  /** Points as the CSV file that `moonstep sample` writes: in data units, with columns of whole numbers rounded. */
  async csv(points: Points<FloatArray>): Promise<string> {
    const { pointsToCsv } = await import('../../../src/table/formats/csv.ts')
    const { card, description } = opened()
    return pointsToCsv(toFloat32(decode(description.encoding, toFloat32(points)).points), card.columns)
  },

  /** A run's history.csv as a curve to draw. Throws if there is no answer, or no table of step and loss. */
  async lossCurve(url: string): Promise<LossCurve> {
    const { parseCsv } = await import('../../../src/table/formats/csv.ts')
    const { thinned } = await import('./loss-curve.ts')
    const name = url.slice(url.lastIndexOf('/') + 1)
    return thinned(parseCsv(new TextDecoder().decode(await download(url)), name))
  },
}

export type Lesson = typeof lesson
