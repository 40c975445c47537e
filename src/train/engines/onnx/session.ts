import type { EngineOptions } from '../../engine.ts'
import type { SimdEngineOptions } from '../simd/engine.ts'

/** A float32 tensor in row-major order. */
export interface StepTensor {
  readonly data: Float32Array
  readonly dims: readonly number[]
}

/** The graph's inputs that hold rows of a batch, one per column. */
export type RowFeeds = Readonly<Record<'x_t' | 'target' | 't' | 'factors', StepTensor>>

/** Numbers per row of each input. */
export type RowSizes = Readonly<Record<keyof RowFeeds, number>>

/** Runs a training graph: a session of onnxruntime's CPU provider, or of its WASM in Node or a page. */
export interface StepSession {
  /** Takes inputs and returns outputs by name. If the runtime can, it writes them to the memory of `into`. */
  run(
    feeds: Readonly<Record<string, StepTensor>>,
    outputs: readonly string[],
    into?: Readonly<Record<string, StepTensor>> | undefined,
  ): Promise<Record<string, Float32Array>>
  release(): Promise<void>
}

export type CreateStepSession = (
  bytes: Uint8Array,
  options: { readonly threads: number | undefined },
) => Promise<StepSession>

/** Plain data that starts a helper's thread, for `Mailbox.serve`. */
export interface HelperStart {
  /** The gradient graph. */
  readonly bytes: Uint8Array
  /** The parameters, and memory for the helper's gradient. */
  readonly parameters: Float32Array
  readonly gradient: Float32Array
  /** The memory of the mailbox. */
  readonly memory: SharedArrayBuffer
  readonly sizes: { readonly row: RowSizes; readonly rows: number }
  /** The weights' names and shapes, in the order of parameters and gradient. */
  readonly shapes: readonly [name: string, shape: readonly number[]][]
}

/** A thread beside the engine's own. */
export interface HelperThread {
  /** Returns why it ended, if it has. */
  ended(): Error | undefined
  /** Ends it at once. */
  end(): Promise<void>
}

/** Provides an engine with sessions and threads, since src/train imports no runtime. */
export interface StepRuntime {
  readonly createSession: CreateStepSession
  /** Starts a thread with shared memory. If absent, a session's own threads share each product. */
  readonly startHelper?: ((start: HelperStart) => HelperThread) | undefined
  /** The same for the `simd` engine. If absent, that engine has one thread. */
  readonly startSimdHelper?: SimdEngineOptions['startHelper']
}

export interface OnnxEngineOptions extends EngineOptions {
  readonly runtime: StepRuntime
}
