import { cosine, power } from '../core/elementary.ts'
import type { Points } from '../core/points.ts'
import type { Network } from '../model/network.ts'
import type { EngineName, TrainingConfig } from '../model/run-config.ts'
import { elementCount, type NamedWeights, weightOf } from '../model/weights.ts'

/**
 * One training step's data: each row a noised point, its timestep and what the network should say. Of a table, `x_t` holds
 * what is known beside it (`tableInputs`), and the target of a category is its share: 0 or 1.
 */
export interface Batch {
  readonly x_t: Points
  readonly t: Int32Array
  readonly target: Points
  /** Each row's weight in the loss, 1 without; of a table [rows, dim], the factor of each error in the gradient of a row. */
  readonly weights?: Float32Array | undefined
}

/** All that training carries from step to step: flat tensors, each of all parameters in the state dict's order. */
export interface EngineState {
  readonly parameters: Float32Array
  readonly firstMoment: Float32Array
  readonly secondMoment: Float32Array
  /** The exponential moving average of the parameters, where one is kept. */
  readonly average: Float32Array | undefined
  /** Steps taken so far. */
  readonly step: number
}

/** What an engine is made of. */
export interface EngineOptions {
  readonly network: Network
  /** Where training begins, or goes on. */
  readonly state: EngineState
  readonly weightDecay: number
  /** The decay of AdamW's second moment: 0.999 without. */
  readonly beta2?: number | undefined
  /** The moving average's decay; null for no average. */
  readonly ema: number | null
  /** The engine's own choice otherwise. */
  readonly threads?: number | undefined
  /** Rows of every batch; threads can share only what they know of. */
  readonly batchSize?: number | undefined
}

/** What takes training steps: a loss, its gradients, AdamW and the moving average. */
export interface TrainingEngine {
  readonly name: EngineName
  /** One step in place; the loss before it. The loss may be NaN: the caller looks at it. */
  step(batch: Batch, learningRate: number): number | Promise<number>
  state(): EngineState
  /** Tensors alive in the backend: the same number after every step. */
  liveTensors(): number
  dispose(): void | Promise<void>
}

/**
 * The gradient of `weight` times the mean of `size` squared errors, by one of the errors, is this factor times the
 * error: what engines take of each row, so that it multiplies once.
 */
export function errorFactor(weight: number, size: number): number {
  return (2 * weight) / size
}

/** The flat parameters as named weights. */
export function unflatten(flat: Float32Array, shapes: readonly [string, readonly number[]][]): NamedWeights {
  let at = 0
  return new Map(
    shapes.map(([name, shape]) => {
      const size = elementCount(shape)
      at += size
      return [name, { shape, data: flat.slice(at - size, at) }] as const
    }),
  )
}

/** Named weights as the flat parameters. */
export function flatten(weights: NamedWeights, shapes: readonly [string, readonly number[]][]): Float32Array {
  const parts = shapes.map(([name]) => weightOf(weights, name).data)
  const flat = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    flat.set(part, at)
    at += part.length
  }
  return flat
}

/** Training before its first step; the average starts as the parameters, where one is kept. */
export function initialState(parameters: Float32Array, ema: number | null): EngineState {
  return {
    parameters,
    firstMoment: new Float32Array(parameters.length),
    secondMoment: new Float32Array(parameters.length),
    average: ema === null ? undefined : parameters,
    step: 0,
  }
}

/** AdamW's constants: PyTorch's defaults, but for the decoupled weight decay, which a run chooses. */
export const adamW = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const

/** The learning rate of step `step` (from 0) of `steps`: it rises in the first `warmup` of them. */
export function learningRateAt(
  step: number,
  steps: number,
  { learningRate, lrDecay, warmup = 0 }: Pick<TrainingConfig, 'learningRate' | 'lrDecay' | 'warmup'>,
): number {
  const initial = warmup > 0 ? learningRate * Math.min(1, (step + 1) / warmup) : learningRate
  const progress = step / steps
  switch (lrDecay) {
    case 'none':
      return initial
    case 'linear':
      return initial * (1 - progress)
    case 'cosine':
      // Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts" (2017), equation 5
      return (initial * (1 + cosine(Math.PI * progress))) / 2
  }
}

/**
 * The decay of the weights' moving average after `step` steps: it grows to `decay`, so that the average
 * forgets the initial weights (as TensorFlow's ExponentialMovingAverage with num_updates).
 */
export function averageDecayAt(step: number, decay: number): number {
  return Math.min(decay, (1 + step) / (10 + step))
}

/** What a step of AdamW (Loshchilov and Hutter (2019), algorithm 2) multiplies all parameters by. */
export interface StepScalars {
  /** The learning rate and epsilon with the moments' bias corrections in them. */
  readonly rate: number
  readonly epsilon: number
  /** What weight decay leaves of a parameter. */
  readonly decay: number
  /** Of the new parameters in their moving average; 0 where there is none. */
  readonly share: number
}

/**
 * Those of a step, counted from 1. With the moments' corrections c1 and c2,
 * rate m / (sqrt(v / c2) + epsilon) / c1 is (rate sqrt(c2) / c1) m / (sqrt(v) + epsilon sqrt(c2)). */
export function stepScalars(
  step: number,
  learningRate: number,
  { weightDecay, ema, beta2 = adamW.beta2 }: Pick<EngineOptions, 'weightDecay' | 'ema' | 'beta2'>,
): StepScalars {
  const correction2 = Math.sqrt(1 - power(beta2, step))
  return {
    rate: (learningRate * correction2) / (1 - power(adamW.beta1, step)),
    epsilon: adamW.epsilon * correction2,
    decay: 1 - learningRate * weightDecay,
    share: ema === null ? 0 : 1 - averageDecayAt(step, ema),
  }
}
