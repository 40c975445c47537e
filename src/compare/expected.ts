import { InputError } from '../core/errors.ts'
import { pause } from '../core/work.ts'
import { type NoisePredictor, type Process, reverseProcess } from '../diffusion/process.ts'
import { choiceOf } from '../diffusion/samplers/index.ts'
import { exportSampler } from '../export/export-model.ts'
import { type Distances, pairwiseDistances } from '../measure/distances/pairwise.ts'
import { slicedWasserstein2 } from '../measure/distances/sliced-wasserstein.ts'
import { toColumns } from '../measure/distances/subsets.ts'
import { headOf } from '../model/heads/index.ts'
import {
  allFinite,
  type Condition,
  type FloatArray,
  maxAbsDifference,
  toFloat64,
} from '../numerics/points.ts'
import { encodeModelFile } from '../onnx/card-graph.ts'
import type { ModelFile } from '../onnx/read.ts'
import { type Call, callCases, disturbances, fromOtherNoise, type ProcessCase } from './cases.ts'
import { rootMeanSquare, scaleOf, scaleOfDrift, smallDifference } from './parity.ts'

export interface CaseReport {
  readonly sampler: string
  readonly timesteps: readonly number[]
  readonly samples: number
  readonly refused: string | null
  /**
   * Tables only: the maximum change of a state when each call's state is off by 1e-6. Above 1e-5, atol is scaled up.
   */
  readonly drift: number | null
}

/** Distances between a provider's samples and the reference's from the same noise. */
export interface SampleDistances extends Pick<Distances, 'slicedWasserstein2' | 'energyV'> {
  readonly samples: number
  /** The same for two sets that the reference drew from different noise: chance alone. */
  readonly null: Pick<Distances, 'slicedWasserstein2' | 'energyV'>
}

/** A call with the reference's output, rounded to float32 once. */
export interface ExpectedCall extends Call {
  readonly expected: Float32Array
  readonly scale: number
}

/** A process with the reference's states, each rounded to float32 once. */
export interface ExpectedProcess extends ProcessCase {
  readonly process: Process
  /** x_T first, even for a sampler.onnx without trajectory. */
  readonly states: readonly Float32Array[]
  /** Factor on atol for each state: a step's error persists even if later states are small. */
  readonly scales: readonly number[]
  /** Tables only: the maximum change of a state when each call's state is off by 1e-6. */
  readonly drift: number | null
  /** The whole process as one graph: the file itself, or built from its weights. */
  readonly bytes: Uint8Array
  readonly hasTrajectory: boolean
}

/** All test cases with expected values, made once for all providers. */
export interface Expected {
  readonly file: ModelFile
  /** Empty for a sampler.onnx. */
  readonly calls: readonly ExpectedCall[]
  readonly processes: readonly ExpectedProcess[]
  /** Each process, and why one was not compared. */
  readonly cases: readonly CaseReport[]
  /** Distances of two sets that the reference drew from different noise. */
  readonly chance: SampleDistances['null'] | undefined
}

/** Computes all expected values with the reference, in two more parts than cases. Throws the signal's reason. */
export async function answersOf(
  predictor: NoisePredictor<Float64Array>,
  file: ModelFile,
  cases: readonly ProcessCase[],
  { signal, onPart }: { signal?: AbortSignal | undefined; onPart: (part: string) => void },
): Promise<Expected> {
  const disturbed = givesSamples(file) ? disturb(predictor) : undefined
  const calls = await answeredCalls(predictor, disturbed, callCases(file), signal)
  onPart('network calls')
  const processes: ExpectedProcess[] = []
  const reports: CaseReport[] = []
  for (const processCase of cases) {
    const answer = await answeredProcess(predictor, file, processCase, signal)
    const { name: sampler, timesteps, x_T } = processCase
    const report = { sampler, timesteps, samples: x_T.count }
    if (typeof answer === 'string') reports.push({ ...report, refused: answer, drift: null })
    else {
      processes.push(answer)
      reports.push({ ...report, refused: null, drift: answer.drift })
    }
    onPart(sampler)
  }
  const main = processes.find((process) => process.main)
  const other = main && (await exactStates(predictor, main.process, fromOtherNoise(main), signal)).at(-1)
  const chance = main && other && (await distancesOf(main.states.at(-1)!, other, file.card.dim, signal))
  onPart('samples')
  return { file, calls, processes, cases: reports, chance }
}

/** Whether the network's results are samples, which its logits may move far for a small difference of the input. */
function givesSamples({ network: { network } }: ModelFile): boolean {
  return headOf(network).toSample !== undefined
}

/** The smaller batches at a t are the first rows of the largest, which comes last, and are evaluated with it. */
async function answeredCalls(
  predictor: NoisePredictor<Float64Array>,
  disturbed: NoisePredictor<Float64Array> | undefined,
  calls: readonly Call[],
  signal: AbortSignal | undefined,
): Promise<ExpectedCall[]> {
  const answered: ExpectedCall[] = []
  let largest: { readonly of: ArrayBufferLike; exact: Float64Array; other: Float64Array } | undefined
  for (const call of calls.toReversed()) {
    const { data } = call.x_t
    if (data.buffer !== largest?.of) {
      const input = [toFloat64(call.x_t), call.t, exactCondition(call)] as const
      const { data: exact } = await predictor.predict(...input)
      const other = disturbed ? (await disturbed.predict(...input)).data : exact
      largest = { of: data.buffer, exact, other }
    }
    const [exact, other] = [largest.exact.subarray(0, data.length), largest.other.subarray(0, data.length)]
    const expected = Float32Array.from(exact)
    const scale = Math.max(scaleOf(rootMeanSquare(expected)), scaleOfDrift(maxAbsDifference(exact, other)))
    answered.push({ ...call, expected, scale })
    await pause(signal)
  }
  return answered.reverse()
}

/** A process with its states, or why there are none: refused steps, or states beyond float32. */
async function answeredProcess(
  predictor: NoisePredictor<Float64Array>,
  file: ModelFile,
  processCase: ProcessCase,
  signal: AbortSignal | undefined,
): Promise<ExpectedProcess | string> {
  try {
    const { config, timesteps } = processCase
    const process = file.description.process({ ...choiceOf(config), timesteps })
    const exact = await exactStates(predictor, process, processCase, signal)
    const states = exact.map((state) => Float32Array.from(state))
    // NaN comes from NaN weights, which the comparison reports
    if (
      states.some((state, k) => state.some((x, i) => !Number.isFinite(x) && Number.isFinite(exact[k]![i]!)))
    )
      return 'its states overflow float32'
    // how much the process amplifies small differences
    const disturbed =
      givesSamples(file) && (await exactStates(disturb(predictor), process, processCase, signal))
    let [largest, drift] = [0, 0]
    const scales = exact.map((state, k) => {
      largest = Math.max(largest, rootMeanSquare(state) || 0)
      if (disturbed) drift = Math.max(drift, maxAbsDifference(disturbed[k]!, state))
      return Math.max(scaleOf(largest), scaleOfDrift(drift))
    })
    const graph = file.isSampler
      ? { bytes: encodeModelFile(file), hasTrajectory: file.outputs.includes('trajectory') }
      : { bytes: await wholeGraph(file, processCase), hasTrajectory: true }
    return { ...processCase, process, states, scales, drift: disturbed ? drift : null, ...graph }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return error.message
  }
}

/** Every state of a process in float64, x_T first. */
async function exactStates(
  predictor: NoisePredictor<Float64Array>,
  process: Process,
  processCase: ProcessCase,
  signal: AbortSignal | undefined,
): Promise<Float64Array[]> {
  const states: Float64Array[] = []
  const { x_T, noise } = processCase
  const condition = exactCondition(processCase)
  const input = { x_T: toFloat64(x_T), noise: (j: number) => toFloat64(noise[j]!), condition }
  for await (const { x } of reverseProcess(process, predictor, input)) {
    states.push(x.data)
    await pause(signal)
  }
  return states
}

/** A network whose input states are disturbed by normals of `smallDifference`. */
function disturb(predictor: NoisePredictor<Float64Array>): NoisePredictor<Float64Array> {
  let calls = 0
  return {
    predict({ data, count, dim }, t, condition) {
      const errors = disturbances(calls++, count, dim)
      const x_t = { data: data.map((x, i) => x + smallDifference * errors[i]!), count, dim }
      return predictor.predict(x_t, t, condition)
    },
  }
}

/** Builds the sampler.onnx of a process from the weights of a model.onnx. */
async function wholeGraph(
  { card, network: { weights } }: ModelFile,
  { config, timesteps }: ProcessCase,
): Promise<Uint8Array> {
  const { dataset, seed, ...shared } = card
  const schedule = { kind: 'betas', betas: card.schedule.betas } as const
  const { hidden, timeEmbedding, ...network } = card.network
  return exportSampler(
    {
      config: { ...shared, schedule, sampler: card.recommended.sampler, hidden, timeEmbedding, network },
      weights,
    },
    { ...choiceOf(config), timesteps, trajectory: true, onWarning: () => {} },
  )
}

/** Distances of two sets of samples, in scaled space; undefined if a sample is not finite. */
export async function distancesOf(
  expected: FloatArray,
  other: FloatArray,
  dim: number,
  signal?: AbortSignal | undefined,
): Promise<SampleDistances['null'] | undefined> {
  if (!allFinite(expected) || !allFinite(other) || expected.length !== other.length) return undefined
  const columns = (data: FloatArray) => toColumns({ data, count: data.length / dim, dim }, 'the samples')
  const [a, b] = [columns(expected), columns(other)]
  return {
    slicedWasserstein2: await slicedWasserstein2(a, b, { signal }),
    energyV: (await pairwiseDistances(a, b, { signal })).energyV,
  }
}

function exactCondition({ condition }: Call | ProcessCase): Condition<Float64Array> | undefined {
  return condition && { known: toFloat64(condition.known), values: toFloat64(condition.values) }
}
