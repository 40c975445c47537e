import { type Network, weightShapes } from '../model/network.ts'
import type { TrainingConfig } from '../model/run-config.ts'
import type { EngineName } from '../model/run-names.ts'
import { elementCount, type NamedWeights, weightOf } from '../model/weights.ts'
import { cosine, power } from '../numerics/elementary.ts'
import type { Points } from '../numerics/points.ts'

/**
 * One training step's data: for each row the first layer's inputs besides the features of t (`inputsOf`), its timestep and
 * the network's targets, which are 0 or 1 for logits.
 */
export interface Batch {
  readonly x_t: Points
  readonly t: Int32Array
  readonly target: Points
  /**
   * [rows, dim]: the loss's derivative by an output is this factor times (p - target), where p is the output of a number,
   * or the softmax of logits. So the loss is the sum of 1/2 factor (output - target)^2, and of factor times cross-entropies.
   */
  readonly factors: Float32Array
}

/** The state of training: flat tensors of all parameters in the state dict's order. */
export interface EngineState {
  readonly parameters: Float32Array
  readonly firstMoment: Float32Array
  readonly secondMoment: Float32Array
  /** Exponential moving average of the parameters, if kept. */
  readonly average: Float32Array | undefined
  /** Steps taken so far. */
  readonly step: number
}

/** The parts of the state that a step reads and updates, each a flat tensor. */
export const stateNames = ['parameters', 'firstMoment', 'secondMoment', 'average'] as const
export type StateName = (typeof stateNames)[number]

/** Options of an engine. */
export interface EngineOptions {
  readonly network: Network
  /** The state to begin from or resume. */
  readonly state: EngineState
  readonly weightDecay: number
  /** Decay of AdamW's second moment. Default: 0.999. */
  readonly beta2?: number | undefined
  /** Decay of the moving average; null for none. */
  readonly ema: number | null
  /** The engine chooses by default. */
  readonly threads?: number | undefined
  /** Rows of every batch, fixed in advance so that threads can share them. */
  readonly batchSize: number
}

/** Computes training steps: the loss, its gradients, AdamW and the moving average. */
export interface TrainingEngine {
  readonly name: EngineName
  /** Takes one step in place and returns the loss before it, which may be NaN. */
  step(batch: Batch, learningRate: number): number | Promise<number>
  state(): EngineState
  /** Number of live tensors in the backend, the same after every step. */
  liveTensors(): number
  dispose(): void | Promise<void>
}

/** The weights to sample with: the moving average, if kept. */
export function resultWeights(
  { average, parameters }: Pick<EngineState, 'average' | 'parameters'>,
  network: Network,
): NamedWeights {
  const flat = average ?? parameters
  let at = 0
  return new Map(
    weightShapes(network).map(([name, shape]) => {
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

/** The state before the first step; the average, if kept, starts as the parameters. */
export function initialState(parameters: Float32Array, ema: number | null): EngineState {
  return {
    parameters,
    firstMoment: new Float32Array(parameters.length),
    secondMoment: new Float32Array(parameters.length),
    average: ema === null ? undefined : parameters,
    step: 0,
  }
}

/** AdamW's constants, PyTorch's defaults; a run chooses the decoupled weight decay. */
export const adamW = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const

/** The learning rate of step `step` (from 0) of `steps`, with a linear warm-up in the first `warmup` steps. */
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
 * The decay of the moving average after `step` steps. It grows to `decay`, so that the average forgets the initial
 * weights (as in TensorFlow's ExponentialMovingAverage with num_updates).
 */
export function averageDecayAt(step: number, decay: number): number {
  return Math.min(decay, (1 + step) / (10 + step))
}

/** Scalars of a step of AdamW (Loshchilov and Hutter (2019), algorithm 2). */
export interface StepScalars {
  /** Learning rate and epsilon, including the moments' bias corrections. */
  readonly rate: number
  readonly epsilon: number
  /** Factor of the parameters after weight decay. */
  readonly decay: number
  /** Share of the new parameters in the moving average; 0 without one. */
  readonly share: number
}

/**
 * The scalars of a step, counted from 1. With the moments' corrections c1 and c2, rate m / (sqrt(v / c2) + epsilon) /
 * c1 is (rate sqrt(c2) / c1) m / (sqrt(v) + epsilon sqrt(c2)).
 */
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

/** Throws if a batch's parts differ in size, or if it has another number of rows than the engine was made for. */
export function requireRows({ x_t: { count }, target, t }: Batch, rows: number): void {
  if (count !== rows) throw new Error(`a batch of ${count} rows: the engine was made for ${rows}`)
  if (target.count !== count || t.length !== count)
    throw new Error(`a batch of ${count} rows, ${target.count} targets and ${t.length} timesteps`)
}
