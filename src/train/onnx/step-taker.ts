import type { Batch, EngineOptions } from '../engine.ts'
import type { StepRuntime, StepTensor } from './session.ts'

export interface OnnxEngineOptions extends EngineOptions {
  readonly runtime: StepRuntime
}

/** The runtime's part of a step. */
export interface StepTaker {
  /**
   * The loss, and each state's next (`nextOf`), in the memory of `into` where the runtime fills it. `state` are the
   * inputs that aren't rows of the batch.
   */
  take(
    batch: Batch,
    state: Readonly<Record<string, StepTensor>>,
    into: Readonly<Record<string, StepTensor>>,
  ): Promise<{ readonly loss: number; readonly next: Readonly<Record<string, Float32Array>> }>
  release(): Promise<void>
}
