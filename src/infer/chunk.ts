import type { Points } from '../core/points.ts'
import { type DrawRequest, fillStandardNormals, streams } from '../core/random.ts'
import { type Process, walk } from '../diffusion/process.ts'
import type { ModelFile } from '../onnx/read.ts'
import { type Session, sessionPredictor } from './session.ts'

/** Samples `from` (included) to `to` (excluded) of a seed: plain data, so that a worker can be handed it. */
export interface Chunk {
  readonly process: Process
  readonly seed: number
  readonly from: number
  readonly to: number
  /** Start points and noise of these samples in place of the seed's. */
  readonly x_T: Points | undefined
  readonly noise: readonly Points[] | undefined
  /** Whether every state is kept, x_T first, or x_0 alone. */
  readonly trajectory: boolean
}

/** What a chunk needs of a model: plain data but for the session. */
export interface ChunkModel {
  readonly file: Pick<ModelFile, 'isSampler' | 'inputs' | 'outputs'> & { readonly card: ChunkCard }
  readonly session: Session
}

type ChunkCard = Pick<ModelFile['card'], 'dim' | 'predictionType'>

export interface Watch {
  readonly signal?: AbortSignal | undefined
  /** Told of every state, x_T first, as it comes; the process waits for it. */
  readonly onState?: ((step: number, x: Points) => void | Promise<void>) | undefined
}

/** The chunk's states in scaled space: step by step on model.onnx, in one run of sampler.onnx. */
export function sampleChunk(model: ChunkModel, chunk: Chunk, watch: Watch = {}): Promise<Points[]> {
  return model.file.isSampler ? inOneRun(model, chunk, watch) : stepByStep(model, chunk, watch)
}

async function stepByStep(
  { session, file: { card } }: ChunkModel,
  chunk: Chunk,
  { signal, onState }: Watch,
): Promise<Points[]> {
  const { process, trajectory } = chunk
  const states: Points[] = []
  const walked = walk(process, sessionPredictor(session, card.predictionType), {
    x_T: startPoints(chunk, card.dim),
    noise: (j) =>
      pointsOf(noiseInto(new Float32Array(sizeOf(chunk, card.dim)), chunk, card.dim, j), card.dim),
    signal,
  })
  for await (const { step, x } of walked) {
    if (trajectory || step === process.timesteps.length) states.push(x)
    if (onState) await onState(step, x)
  }
  return states
}

async function inOneRun(
  { session, file: { card, inputs, outputs } }: ChunkModel,
  chunk: Chunk,
  { onState }: Watch,
): Promise<Points[]> {
  const { trajectory } = chunk
  const { timesteps } = chunk.process
  const { dim } = card
  const [count, size] = [chunk.to - chunk.from, sizeOf(chunk, dim)]
  const feeds: Record<string, { data: Float32Array; dims: number[] }> = {
    x_T: { data: startPoints(chunk, dim).data, dims: [count, dim] },
  }
  if (inputs.includes('noise')) {
    const data = new Float32Array(timesteps.length * size)
    for (let j = 0; j < timesteps.length; j++)
      noiseInto(data.subarray(j * size, (j + 1) * size), chunk, dim, j)
    feeds.noise = { data, dims: [timesteps.length, count, dim] }
  }
  // a watched graph without trajectory tells of what it has: the end
  const output = trajectory || (onState && outputs.includes('trajectory')) ? 'trajectory' : 'x_0'
  const result = (await session.run(feeds, [output]))[output]!
  const states = Array.from({ length: result.length / size }, (_, k) =>
    pointsOf(result.subarray(k * size, (k + 1) * size), dim),
  )
  if (onState)
    for (const [k, x] of states.entries()) await onState(timesteps.length - states.length + 1 + k, x)
  return trajectory ? states : [states.at(-1)!]
}

function startPoints(chunk: Chunk, dim: number): Points {
  if (chunk.x_T) return chunk.x_T
  const data = new Float32Array(sizeOf(chunk, dim))
  fillStandardNormals(data, drawOf(chunk, dim, streams.x_T, 0))
  return pointsOf(data, dim)
}

function noiseInto(data: Float32Array, chunk: Chunk, dim: number, step: number): Float32Array {
  if (chunk.noise) data.set(chunk.noise[step]!.data)
  else fillStandardNormals(data, drawOf(chunk, dim, streams.reverseNoise, step))
  return data
}

function drawOf(
  { seed, from, to }: Chunk,
  dim: number,
  stream: DrawRequest['stream'],
  step: number,
): DrawRequest {
  return { seed, stream, step, start: from, count: to - from, dim }
}

const sizeOf = ({ from, to }: Chunk, dim: number): number => (to - from) * dim

const pointsOf = (data: Float32Array, dim: number): Points => ({ data, count: data.length / dim, dim })
