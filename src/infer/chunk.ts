import { type Process, type ReverseState, reverseProcess } from '../diffusion/process.ts'
import { candidateSteps } from '../model/candidates.ts'
import { type Condition, type Points, toFloat32 } from '../numerics/points.ts'
import { fillStandardNormals, type Stream, streams } from '../numerics/random.ts'
import type { ModelFile } from '../onnx/read.ts'
import { conditionFeeds, type Session, sessionPredictor, type Tensor, tensorOf } from './session.ts'

/** The samples `from`, `from + 1`, … of a seed. */
export interface SeedRange {
  readonly seed: number
  readonly from: number
  readonly count: number
  /** Which of a sample's candidates, from 0; each has its own noise. Default: 0. */
  readonly candidate?: number | undefined
  /** The candidate whose noise it has in the steps that the sample's candidates share. Default: itself. */
  readonly first?: number | undefined
  /** How often the sample was drawn before, without meeting what it must. Default: 0. */
  readonly attempt?: number | undefined
}

/** Samples that go through the process together, as plain data for workers. */
export interface Chunk {
  readonly process: Process
  readonly ranges: readonly SeedRange[]
  readonly count: number
  readonly dim: number
  /** How many of the first steps a sample's candidates share. */
  readonly sharedSteps: number
  /** The state after these, to go on from, in place of x_T. */
  readonly from?: ReverseState | undefined
  /** Start points and noise of these samples, instead of the seed's. */
  readonly x_T?: Points | undefined
  readonly noise?: readonly Points[] | undefined
  /** Tables only: each sample's known cells. */
  readonly condition?: Condition | undefined
  /** Whether to keep every state, x_T first, or only x_0. */
  readonly trajectory?: boolean | undefined
}

export interface ChunkModel {
  readonly file: Pick<ModelFile, 'isSampler' | 'inputs' | 'outputs'> & {
    readonly card: Pick<ModelFile['card'], 'predictionType'>
  }
  readonly session: Session
}

interface Watch {
  readonly signal?: AbortSignal | undefined
  /** Receives every state, x_T first; the process waits for a returned promise. */
  readonly onState?: ((step: number, x: Points) => void | Promise<void>) | undefined
}

/** A chunk's states in scaled space. */
export interface ChunkStates {
  /** All of a trajectory, or the last. */
  readonly states: readonly Points[]
  /** The state after the steps that a sample's candidates share, if a call computed it. */
  readonly shared?: ReverseState | undefined
}

/** Computes the chunk's states: step by step on model.onnx, in one run of sampler.onnx. */
export async function sampleChunk(
  model: ChunkModel,
  chunk: Chunk,
  { signal, onState }: Watch = {},
): Promise<ChunkStates> {
  const { process, trajectory, sharedSteps, from } = chunk
  const { session, file } = model
  if (file.isSampler) {
    const states = await runWholeGraph(model, chunk, onState !== undefined)
    const first = process.timesteps.length + 1 - states.length
    if (onState) for (const [k, x] of states.entries()) await onState(first + k, x)
    return { states: trajectory ? states : states.slice(-1) }
  }
  const steps = reverseProcess(process, sessionPredictor(session, file.card.predictionType), {
    x_T: from?.x ?? startPoints(chunk),
    noise: (j) => noiseOf(chunk, j),
    condition: chunk.condition,
    signal,
    from,
  })
  const states: Points[] = []
  let shared: ReverseState | undefined
  for await (const state of steps) {
    const { step, x } = state
    if (trajectory || step === process.timesteps.length) states.push(x)
    if (step === sharedSteps && step > 0) shared = state
    if (onState) await onState(step, x)
  }
  return { states, shared: from ? undefined : shared }
}

async function runWholeGraph({ session, file }: ChunkModel, chunk: Chunk, isWatched: boolean) {
  const { count, dim, trajectory } = chunk
  // a watched graph without trajectory only has the end
  const output = trajectory || (isWatched && file.outputs.includes('trajectory')) ? 'trajectory' : 'x_0'
  const result = (await session.run(samplerFeeds(file, chunk), [output]))[output]!
  const size = count * dim
  return Array.from({ length: result.length / size }, (_, k) => ({
    data: result.subarray(k * size, (k + 1) * size),
    count,
    dim,
  }))
}

/** The feeds of a sampler.onnx for a chunk: the start points and, if the graph takes noise, that of all steps. */
export function samplerFeeds({ inputs }: Pick<ModelFile, 'inputs'>, chunk: Chunk): Record<string, Tensor> {
  const { process, condition } = chunk
  const feeds: Record<string, Tensor> = {
    x_T: tensorOf(startPoints(chunk)),
    ...(condition && conditionFeeds(condition)),
  }
  if (!inputs.includes('noise')) return feeds
  const { count, dim } = chunk
  const size = count * dim
  const steps = process.timesteps.length
  const data = new Float32Array(steps * size)
  // drawn in place: for a single sample, copies would take as long as the network
  for (let step = 0; step < steps; step++) {
    const at = step * size
    if (chunk.noise) data.set(chunk.noise[step]!.data, at)
    else fillNormals(data.subarray(at, at + size), chunk, streams.reverseNoise, step)
  }
  feeds.noise = { data, dims: [steps, count, dim] }
  return feeds
}

export function startPoints(chunk: Chunk): Points {
  return chunk.x_T ?? normals(chunk, streams.x_T, 0)
}

function noiseOf(chunk: Chunk, step: number): Points {
  return chunk.noise ? toFloat32(chunk.noise[step]!) : normals(chunk, streams.reverseNoise, step)
}

function normals(chunk: Chunk, stream: Stream, step: number): Points {
  const { count, dim } = chunk
  const data = new Float32Array(count * dim)
  fillNormals(data, chunk, stream, step)
  return { data, count, dim }
}

function fillNormals(data: Float32Array, chunk: Chunk, stream: Stream, step: number): void {
  const { ranges, dim, sharedSteps } = chunk
  const isShared = sharedSteps > 0 && (stream === streams.x_T || step < sharedSteps)
  const noiseOf = ({ candidate = 0, first = candidate }: SeedRange) => (isShared ? first : candidate)
  let at = 0
  for (let k = 0; k < ranges.length; ) {
    const { seed, from: start } = ranges[k]!
    const candidate = noiseOf(ranges[k]!)
    const begin = k++
    // single rows of one seed are drawn together: each by itself would take a call
    while (k < ranges.length && ranges[k]!.seed === seed && noiseOf(ranges[k]!) === candidate) k++
    const together = ranges.slice(begin, k)
    const count = together.reduce((sum, range) => sum + range.count, 0)
    const end = at + count * dim
    const part = ranges.length === 1 ? data : data.subarray(at, end)
    const indices = together.length === 1 ? undefined : indicesOf(together, count)
    const noiseStep = step + candidate * candidateSteps
    fillStandardNormals(part, { seed, stream, step: noiseStep, start, indices, count, dim })
    at = end
  }
}

function indicesOf(ranges: readonly SeedRange[], total: number): Float64Array {
  const indices = new Float64Array(total)
  let at = 0
  for (const { from, count } of ranges) for (let i = 0; i < count; i++) indices[at++] = from + i
  return indices
}
