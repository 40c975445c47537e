import type { EngineOptions } from '../../engine.ts'
import type { SimdEngineOptions } from '../simd/engine.ts'

/** A float32 tensor, row by row. */
export interface StepTensor {
  readonly data: Float32Array
  readonly dims: readonly number[]
}

/** The graph's inputs that hold rows of a batch, a column each. */
export type RowFeeds = Readonly<Record<'x_t' | 'target' | 't' | 'weights', StepTensor>>

/** How many numbers of each a row has. */
export type RowSizes = Readonly<Record<keyof RowFeeds, number>>

/** What runs a training graph: a session of onnxruntime's CPU provider, or of its WASM in Node or a page. */
export interface StepSession {
  /** Feeds by input name to outputs by name. A runtime that can writes them `into` memory that is there. */
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

/** What a helper's thread is started with: plain data, for `Mailbox.serve` in it. */
export interface HelperStart {
  /** Of the gradient graph. */
  readonly bytes: Uint8Array
  /** The parameters, and room for the helper's gradient. */
  readonly parameters: Float32Array
  readonly gradient: Float32Array
  /** What else passes between this helper and the engine. */
  readonly memory: SharedArrayBuffer
  readonly sizes: { readonly row: RowSizes; readonly rows: number }
  /** The weights' names and shapes, in the order in which parameters and gradient hold them. */
  readonly shapes: readonly [name: string, shape: readonly number[]][]
}

/** A thread beside the engine's own. */
export interface HelperThread {
  /** Why it ended, once it has. */
  ended(): Error | undefined
  /** Ends it, whatever it does. */
  end(): Promise<void>
}

/** What hands an engine its sessions and threads: src/train imports no runtime. */
export interface StepRuntime {
  readonly createSession: CreateStepSession
  /** Starts a thread that shares memory with this one. Without it a session's own threads share each product. */
  readonly startHelper?: ((start: HelperStart) => HelperThread) | undefined
  /** Likewise for the engine `simd`: without it that has one thread. */
  readonly startSimdHelper?: SimdEngineOptions['startHelper']
}

export interface OnnxEngineOptions extends EngineOptions {
  readonly runtime: StepRuntime
}
