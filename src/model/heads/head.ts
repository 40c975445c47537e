import type { Conversion, PredictionType, targetShares } from '../../diffusion/prediction.ts'

/**
 * How a network's outputs give x_0, and which targets they are trained on. Everything that computes, trains or exports a
 * network reads it from here, so a new head is a file in this folder and its line in index.ts.
 */
export interface Head {
  /** Its name on cards of format 3, and in the reference. */
  readonly name: string
  /**
   * Whether the outputs of a block of several dimensions are logits: x_0 is 2 p - 1 with their softmax p, and the loss is
   * the cross-entropy. Otherwise each dimension is a number of its own.
   */
  readonly hasLogits: boolean
  /** Whether the last layer's weights begin as 0. */
  readonly beginsAtZero: boolean
  /** Weight of a number's squared error. A category's cross-entropy has weight 1. */
  readonly numberWeight: number
  /** Whether a row's loss is the mean over its dimensions; otherwise it is the sum over its blocks. */
  readonly isMean: boolean
  /** A number's target: these shares of its clean value and of its noise. `type` is the run's prediction type. */
  target(alphaBar: number, type: PredictionType): ReturnType<typeof targetShares>
  /**
   * A number's x_0 from x_t and the output. Without it, the outputs are the network's result, which the sampler converts
   * by the run's prediction type.
   */
  readonly toSample?: (alphaBar: number) => Conversion
  /** The largest distance from 0 of that x_0, which is clipped to it. Without it, x_0 is not clipped. */
  readonly limit?: number
}
