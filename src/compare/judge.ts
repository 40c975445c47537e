import type { Points } from '../core/points.ts'
import { pause } from '../core/work.ts'
import { processOf, walk } from '../diffusion/process.ts'
import { noisePredictorGraph } from '../export/noise-predictor-graph.ts'
import { samplerGraph } from '../export/sampler-graph.ts'
import { type Network, weightShapes } from '../model/network.ts'
import { referencePredictor } from '../model/reference.ts'
import { elementCount, type NamedWeights } from '../model/weights.ts'
import { interpretGraph } from '../onnx/interpret.ts'
import { decodeModel, encodeModel, type IModel } from '../onnx/proto.ts'
import { encodingOf } from '../table/encoding.ts'
import type { Plan } from './plans.ts'
import type { Reference } from './reference-weights.ts'
import { ownWeights, type Subject } from './subject.ts'

/** What every provider is held against: float64, in plain TypeScript. */
export interface Judge {
  /** Whose weights it has; null for the model's own. */
  readonly weightsOf: string | null
  /** The network's outputs [count, dim] for x_t at a timestep a row; nothing of a sampler.onnx alone. */
  readonly predict: ((x_t: Points, t: ArrayLike<number>) => Promise<Float64Array>) | null
  /** Every state of a process in scaled space, x_T first, each [count, dim]. */
  readonly process: (plan: Plan, signal?: AbortSignal) => Promise<Float64Array[]>
  /** The graph that an export of the judge's weights makes, to be held against the model's own. */
  readonly expected: IModel
}

/** The judge of a model: by the reference's weights, or by its own. */
export function createJudge(subject: Subject, reference: Reference | undefined): Judge {
  if (reference) return networkJudge(subject, reference.weights, reference.name)
  return subject.file.isSampler ? foldedJudge(subject) : networkJudge(subject, ownWeights(subject), null)
}

function networkJudge(subject: Subject, weights: NamedWeights, weightsOf: string | null): Judge {
  const { network, file } = subject
  const { predictionType } = file.card
  const predictor = referencePredictor(network, weights)
  return {
    weightsOf,
    predict: async (x_t, t) => (await predictor.predict(toFloat64(x_t), t)).data,
    async process({ process, x_T, noise }, signal) {
      const states: Float64Array[] = []
      const steps = walk(process(), predictor, {
        x_T: toFloat64(x_T),
        noise: (j) => toFloat64(noise[j]!),
      })
      for await (const { x } of steps) {
        states.push(x.data)
        await pause(signal)
      }
      return states
    },
    expected: asInFile(
      file.isSampler
        ? samplerModel(subject, weights, hasTrajectory(subject))
        : noisePredictorGraph(network, weights, predictionType).build(unnamed),
    ),
  }
}

/**
 * The judge of a sampler.onnx alone: the graph that its card calls for, made anew, with the weights that the file
 * folded, in float64. So an op or a coefficient that isn't the card's is seen; a folded weight is taken as it is.
 */
function foldedJudge(subject: Subject): Judge {
  const { network } = subject
  const { dim } = network
  const made = (trajectory: boolean): IModel => {
    const model = samplerModel(subject, zeroWeights(network), trajectory)
    const own = new Map(subject.model.graph!.initializer!.map((tensor) => [tensor.name, tensor]))
    const initializer = model.graph!.initializer!.map((tensor) =>
      isFolded(tensor.name!) ? (own.get(tensor.name) ?? tensor) : tensor,
    )
    return { ...model, graph: { ...model.graph!, initializer } }
  }
  const { graph } = made(true)
  return {
    weightsOf: null,
    predict: null,
    async process({ x_T, noise }) {
      const values = interpretGraph(graph!, feedsOf(x_T, noise))
      const { shape, data } = values.get('trajectory')!
      const size = x_T.count * dim
      return Array.from({ length: shape[0]! }, (_, k) => data.subarray(k * size, (k + 1) * size))
    },
    expected: asInFile(made(hasTrajectory(subject))),
  }
}

/** The constants that hold weights: the rest follow from the card. */
export function isFolded(name: string): boolean {
  return /^(model|t_encoder)\./.test(name)
}

/** Inputs of a sampler.onnx in float64. */
export function feedsOf(x_T: Points, noise: readonly Points[]) {
  const { count, dim } = x_T
  const rows = new Float64Array(noise.length * count * dim)
  noise.forEach(({ data }, j) => {
    rows.set(data, j * count * dim)
  })
  return {
    x_T: { shape: [count, dim], data: Float64Array.from(x_T.data) },
    ...(noise.length > 0 && { noise: { shape: [noise.length, count, dim], data: rows } }),
  }
}

function samplerModel(
  { network, file: { card } }: Subject,
  weights: NamedWeights,
  trajectory: boolean,
): IModel {
  const process = processOf(card)
  return samplerGraph({ network, weights, process, encoding: encodingOf(card), trajectory }).build(unnamed)
}

/** A file holds its attributes in float32. */
function asInFile(model: IModel): IModel {
  return decodeModel(encodeModel(model), 'the expected model')
}

function hasTrajectory({ file }: Subject): boolean {
  return file.outputs.includes('trajectory')
}

function zeroWeights(network: Network): NamedWeights {
  return new Map(
    weightShapes(network).map(([name, shape]) => [
      name,
      { shape, data: new Float32Array(elementCount(shape)) },
    ]),
  )
}

function toFloat64({ data, count, dim }: Points): Points<Float64Array> {
  return { data: Float64Array.from(data), count, dim }
}

const unnamed = { name: 'expected', doc: '', metadata: {} }
