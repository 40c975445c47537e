/// <reference lib="esnext.disposable" preserve="true" />
import { wrongType } from '../core/errors.ts'
import type { Points } from '../core/points.ts'
import type { ProcessChoice } from '../diffusion/process.ts'
import type { SamplerConfig } from '../diffusion/samplers/index.ts'
import type { ModelCard } from '../model/card.ts'
import type { ModelFile } from '../onnx/read.ts'
import type { Given } from '../table/condition.ts'
import type { Table } from '../table/table.ts'
import type { ChunkWorkers, Skipped } from './provider.ts'
import type { Session, SessionInfo, Uses } from './session.ts'

export interface LoadOptions<P extends string = string> {
  /**
   * `cpu` by default in Node, `wasm` in a page. One that is named never falls back to another; `auto` takes the
   * first that runs, in Node of cuda, cpu and wasm.
   */
  readonly provider?: P | 'auto' | undefined
  /** Threads that compute on the processor: by default all cores in Node, one in a page. */
  readonly threads?: number | undefined
  /** Which GPU, of provider `cuda`: 0 by default. */
  readonly deviceId?: number | undefined
  /** Of provider `cuda`: whether TF32 is allowed; as the environment has it (NVIDIA_TF32_OVERRIDE) by default. */
  readonly tf32?: boolean | undefined
  /** Whether the card's golden vectors are run on the provider: on by default. */
  readonly selfTest?: boolean | undefined
}

/** The sampler and its steps; what is left open is as the card recommends. */
export interface SampleOptions extends ProcessChoice {
  readonly count: number
  /** 0 by default. Sample i of a seed is the same whatever the count. */
  readonly seed?: number | undefined
  /** The index of the first sample among those of the seed: 0 by default, up to 2^53. */
  readonly from?: number | undefined
  /** Start points [count, dim] in place of the seed's. */
  readonly x_T?: Points | undefined
  /** Noise of each step, [steps][count, dim], in place of the seed's. */
  readonly noise?: readonly Points[] | undefined
  /** Whether to return every state on the way. */
  readonly trajectory?: boolean | undefined
  /** Of a table: what each sample has, by column name; null is a missing cell. The rest is drawn as fits it. */
  readonly given?: Given | undefined
  /** Of a table: whether no cell may be missing. */
  readonly complete?: boolean | undefined
  /** Whether to move samples into the ranges of the data's columns. */
  readonly clip?: boolean | undefined
  /** Samples that go through the process together; the samples don't depend on it. */
  readonly chunkSize?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Receives warnings of what is odd but legal; defaults to `console.warn`. */
  readonly onWarning?: ((message: string) => void) | undefined
  readonly onProgress?: ((progress: { done: number; count: number }) => void) | undefined
  /** Receives every state of every chunk, x_T first; the process waits for it, and `seconds` leaves that out. */
  readonly onStep?: ((state: SampleStep) => void | Promise<void>) | undefined
}

/** Where a chunk of samples is on its way. */
export interface SampleStep {
  /** Steps taken so far. */
  readonly step: number
  /** The timestep of `x`: 0 is the samples. */
  readonly t: number
  /** The index of the chunk's first sample among those of the seed. */
  readonly from: number
  /** [chunk, dim], in scaled space. */
  readonly x: Points
}

export interface SampleResult extends SessionInfo {
  /** The samples as rows of their columns, in data units; whole numbers are rounded. */
  readonly table: Table
  /** [count, columns]: the cells of `table` in float32. */
  readonly points: Points
  /** [count, dim] in scaled space. */
  readonly x_0: Points
  /** Every state in scaled space, x_T first, if asked for. */
  readonly trajectory: readonly Points[] | undefined
  readonly sampler: SamplerConfig
  /** The timesteps that steps were taken from. */
  readonly timesteps: readonly number[]
  /** Of sampling alone, noise included. */
  readonly seconds: number
}

/** Some samples of a stream, in order. */
export interface SampledChunk {
  /** The index of the first among those of the seed. */
  readonly from: number
  /** The samples as rows of their columns, in data units; whole numbers are rounded. */
  readonly table: Table
  /** [n, columns]: the cells of `table` in float32. */
  readonly points: Points
  /** [n, dim] in scaled space. */
  readonly x_0: Points
  /** Every state in scaled space, x_T first, if asked for. */
  readonly trajectory: readonly Points[] | undefined
  /** Of sampling this far, noise included; what the loop over the stream does in between is left out. */
  readonly seconds: number
}

/** A stream of samples, and what makes it. */
export interface SampleStream extends SessionInfo, AsyncIterable<SampledChunk> {
  readonly sampler: SamplerConfig
  readonly timesteps: readonly number[]
}

/** A model that is ready to be sampled. `await using model = await loadModel(...)` disposes of it at the block's end. */
export interface Model {
  /** What the file says of itself: columns, schedule, network, how to sample it. */
  readonly card: ModelCard
  /** What runs it. */
  readonly info: SessionInfo
  /** What `auto` passed over before it; nothing of a provider that was named. */
  readonly skipped: readonly Skipped[]
  /** Draws samples: the function `sample` on this model. */
  sample(options: SampleOptions): Promise<SampleResult>
  /** Draws samples chunk by chunk: the function `sampleStream` on this model. */
  sampleStream(options: SampleOptions): SampleStream
  /**
   * Frees what it runs on, once calls of `sample` and chunks that are under way have ended; a second call does nothing. A
   * stream that is read on after that says so.
   */
  dispose(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** What a model is made of, for the code that samples it. */
export interface ModelInternals {
  readonly file: ModelFile
  readonly session: Session
  /** The calls of `sample`, and the chunks of streams, that `dispose` waits for. */
  readonly uses: Uses
  /** What samples chunks side by side, where the provider has it. */
  readonly workers: ChunkWorkers | undefined
  /** Rows at a time, where the provider has a choice of its own. */
  readonly chunkSize: number | undefined
}

const internals = new WeakMap<object, ModelInternals>()

/** Makes a model's internals known by the model. */
export function keepInternals(model: Model, own: ModelInternals): void {
  internals.set(model, own)
}

/** Throws InputError on what is no model that `loadModel` gave. */
export function internalsOf(model: Model): ModelInternals {
  const found = internals.get(Object(model))
  if (!found) throw wrongType('model', model, 'give what loadModel resolves to')
  return found
}
