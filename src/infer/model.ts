/// <reference lib="esnext.disposable" preserve="true" />
import { InputError, messageOf, wrongType } from '../core/errors.ts'
import type { ProcessChoice } from '../diffusion/process.ts'
import type { SamplerConfig } from '../diffusion/samplers/index.ts'
import type { ModelCard } from '../model/card.ts'
import type { Description } from '../model/description.ts'
import type { Points } from '../numerics/points.ts'
import type { ModelFile } from '../onnx/read.ts'
import type { Generator } from '../table/generated/index.ts'
import type { TableOf, TableRow } from '../table/inference/rows.ts'
import type { Given } from '../table/known.ts'
import type { ChunkWorkers, Skipped } from './provider.ts'
import type { Session, SessionInfo, Uses } from './session.ts'

export interface LoadOptions<P extends string = string> {
  /**
   * Default: `cpu` in Node, `simd` in a page. A named provider never falls back to another; `auto` takes the first that
   * runs, in Node of cuda, cpu and wasm.
   */
  readonly provider?: P | 'auto' | undefined
  /** CPU threads. Default: all cores in Node, one in a page. */
  readonly threads?: number | undefined
  /** Provider `cuda`: the GPU's index. Default: 0. */
  readonly deviceId?: number | undefined
  /** Provider `cuda`: whether to allow TF32. Default: as NVIDIA_TF32_OVERRIDE in the environment says. */
  readonly tf32?: boolean | undefined
  /** Whether to test the provider with the card's golden vectors. Default: true. */
  readonly selfTest?: boolean | undefined
  /**
   * Tables only: whether columns that the package @faker-js/faker makes get texts in the format of the training rows instead, the
   * same ones where it is installed. Default: false, and a model that needs the package doesn't load without it.
   */
  readonly withoutFaker?: boolean | undefined
}

/** Options of `sample`. The card's recommendation fills in the sampler and its steps. */
export interface SampleOptions extends ProcessChoice {
  readonly count: number
  /** Seed, 0 by default. Sample i of a seed is the same for any count. */
  readonly seed?: number | undefined
  /** Index of the first sample among those of the seed, up to 2^53. Default: 0. */
  readonly from?: number | undefined
  /** Start points [count, dim], instead of the seed's. */
  readonly x_T?: Points | undefined
  /** Noise of each step, [steps][count, dim], instead of the seed's. */
  readonly noise?: readonly Points[] | undefined
  /** Whether to return every intermediate state. */
  readonly trajectory?: boolean | undefined
  /**
   * Tables only: known cells of every sample, by column name, or ranges of them; null is a missing cell. The other cells are
   * drawn to match. A list has the known cells of each sample, in their order.
   */
  readonly given?: Given | readonly Given[] | undefined
  /** Tables only: whether to draw no missing cells. */
  readonly complete?: boolean | undefined
  /** Whether to clip samples to the ranges of the data's columns. */
  readonly clip?: boolean | undefined
  /** Samples that go through the process together. It does not change the samples. */
  readonly chunkSize?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Receives warnings; defaults to `console.warn`. */
  readonly onWarning?: ((message: string) => void) | undefined
  readonly onProgress?: ((progress: { done: number; count: number }) => void) | undefined
  /**
   * Receives every state of every chunk, x_T first. The process waits for a returned promise; `seconds` excludes that
   * time.
   */
  readonly onStep?: ((state: SampleStep) => void | Promise<void>) | undefined
}

/** The state of a chunk after a step. */
export interface SampleStep {
  /** Steps taken so far. */
  readonly step: number
  /** The timestep of `x`; 0 means samples. */
  readonly t: number
  /** Index of the chunk's first sample among those of the seed. */
  readonly from: number
  /** [chunk, dim], in scaled space. */
  readonly x: Points
}

/** Samples, whose rows are of the type that `sample<R>` was asked for; it is not checked. */
export interface SampleResult<R extends object = TableRow> extends SessionInfo {
  /** The samples as rows of their columns, in data units; whole numbers are rounded. */
  readonly table: TableOf<R>
  /**
   * [count, columns]: the cells of `table` in float32.
   *
   * @deprecated Of the model of a table: use `table.columns[d].cells`, or `toRows(table)`. There it is made when it is first read,
   * with a warning, is in no copy of the result, and ends with the next version. A model of points keeps it.
   */
  readonly points: Points
  /** [count, dim] in scaled space. */
  readonly x_0: Points
  /** Every state in scaled space, x_T first, if requested. */
  readonly trajectory: readonly Points[] | undefined
  readonly sampler: SamplerConfig
  /** The timesteps that steps were taken from. */
  readonly timesteps: readonly number[]
  /** Seconds of sampling, including the noise. */
  readonly seconds: number
}

/** Some samples of a stream, in order. */
export interface SampledChunk<R extends object = TableRow> {
  /** Index of the first sample among those of the seed. */
  readonly from: number
  /** The samples as rows of their columns, in data units; whole numbers are rounded. */
  readonly table: TableOf<R>
  /**
   * [n, columns]: the cells of `table` in float32.
   *
   * @deprecated Of the model of a table: use `table.columns[d].cells`, or `toRows(table)`. There it is made when it is first read,
   * with a warning, is in no copy of the result, and ends with the next version. A model of points keeps it.
   */
  readonly points: Points
  /** [n, dim] in scaled space. */
  readonly x_0: Points
  /** Every state in scaled space, x_T first, if requested. */
  readonly trajectory: readonly Points[] | undefined
  /** Seconds of sampling so far, including the noise but not the time spent in the loop over the stream. */
  readonly seconds: number
}

/** A stream of samples and the session that draws them. */
export interface SampleStream<R extends object = TableRow>
  extends SessionInfo,
    AsyncIterable<SampledChunk<R>> {
  readonly sampler: SamplerConfig
  readonly timesteps: readonly number[]
}

/** A loaded model. `await using model = await loadModel(...)` disposes of it at the end of the block. */
export interface Model {
  /** The file's card: columns, schedule, network, and how to sample it. */
  readonly card: ModelCard
  /** What runs it. */
  readonly info: SessionInfo
  /** Providers that `auto` skipped; empty if one was named. */
  readonly skipped: readonly Skipped[]
  /** Draws samples: the function `sample` on this model. */
  sample<R extends object = TableRow>(options: SampleOptions): Promise<SampleResult<R>>
  /** Draws samples chunk by chunk: the function `sampleStream` on this model. */
  sampleStream<R extends object = TableRow>(options: SampleOptions): SampleStream<R>
  /**
   * Releases the session once running calls of `sample` and chunks have ended; a second call does nothing. Reading a
   * stream after that throws.
   */
  dispose(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** A model's internals, for the code that samples it. */
export interface ModelInternals {
  readonly file: ModelFile
  readonly session: Session
  /** The calls of `sample` and the chunks of streams that `dispose` waits for. */
  readonly uses: Uses
  /** Samples chunks in parallel, if the provider can. */
  readonly workers: ChunkWorkers | undefined
  /** Makes the texts of generated columns, if the model has some. */
  readonly generator?: Generator | undefined
  /** Rows at a time, if the provider sets it. */
  readonly chunkSize: number | undefined
}

export function descriptionOf(model: Model): Description {
  return internalsOf(model).file.description
}

const internals = new WeakMap<object, ModelInternals>()

export function keepInternals(model: Model, modelInternals: ModelInternals): void {
  internals.set(model, modelInternals)
}

/** Returns a model's internals. Throws InputError unless it came from `loadModel`. */
export function internalsOf(model: Model): ModelInternals {
  const modelInternals = internals.get(Object(model))
  if (!modelInternals) throw wrongType('model', model, 'give the model that loadModel resolves to')
  return modelInternals
}

/** What a model is loaded from: a path or URL as text, a URL, its bytes or a Blob. */
export type ModelSource = string | URL | Uint8Array | Blob

export async function readSource(source: ModelSource, read: (name: string) => Promise<Uint8Array>) {
  if (source instanceof Uint8Array) return { bytes: source, name: 'the model' }
  if (source instanceof Blob) return { bytes: new Uint8Array(await source.arrayBuffer()), name: 'the model' }
  if (typeof source !== 'string' && !(source instanceof URL))
    throw wrongType('the model', source, 'give a path, a URL, a Uint8Array or a Blob')
  const name = String(source)
  return { bytes: await read(name), name }
}

export async function download(url: string): Promise<Uint8Array> {
  return new Uint8Array(await (await downloadBlob(url)).arrayBuffer())
}

/** Downloads a file as a Blob, which a browser need not hold in memory. */
export async function downloadBlob(url: string): Promise<Blob> {
  try {
    const response = await fetch(url)
    if (!response.ok) throw new InputError(`the server answered ${response.status}`, 'cannot-read')
    return await response.blob()
  } catch (error) {
    const problem = `cannot fetch ${url}: ${reasonOf(error)}: give the URL of a model.onnx`
    throw new InputError(problem, 'cannot-read')
  }
}

/** Node's fetch only says that it failed; the reason is in the error's cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined
  return cause?.message || cause?.code || messageOf(error)
}
