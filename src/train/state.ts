import type { EngineState } from './engine.ts'

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
