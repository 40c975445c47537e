import type { Network } from '../../../model/network.ts'
import type { HelperStart, PoolHelper } from '../../../numerics/worker-pool.ts'
import type { EngineOptions } from '../../engine.ts'
import type { StepHelperStart } from '../simd/engine.ts'

/** A float32 tensor in row-major order. */
export interface StepTensor {
  readonly data: Float32Array
  readonly dims: readonly number[]
}

/** The graph's inputs that hold rows of a batch, one per column. */
export type RowFeeds = Readonly<Record<'x_t' | 'target' | 't' | 'factors', StepTensor>>

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

/** Determines the layout of a team's memory; plain data, the same on all threads. */
export interface SharePlan {
  readonly network: Network
  /** The first row of each share of a batch, then the number of rows. */
  readonly ends: readonly number[]
}

/** Plain data that starts a helper's thread, for `helpGradient`; `bytes` are the gradient graph. */
export type GradientHelperStart = HelperStart<SharePlan> & { readonly bytes: Uint8Array }

/** The same, for this engine or for `simd`. */
export type AnyHelperStart = GradientHelperStart | StepHelperStart

/** Provides an engine with sessions and threads, since src/train imports no runtime. */
export interface StepRuntime {
  readonly createSession: CreateStepSession
  /**
   * Starts a thread with shared memory, for this engine or `simd`. If absent, a session's own threads share each
   * product, and `simd` has one thread.
   */
  readonly startHelper?: ((start: AnyHelperStart) => PoolHelper) | undefined
}

export interface OnnxEngineOptions extends EngineOptions {
  readonly runtime: StepRuntime
}
