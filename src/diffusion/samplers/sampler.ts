import type { Schedule } from '../schedule.ts'

/** A sampler's parameter: one of several values, or a number in a range. */
export type ParameterSpec =
  | {
      readonly choices: readonly (string | number)[]
      readonly default: string | number
      readonly describe: string
    }
  | { readonly min: number; readonly max: number; readonly default: number; readonly describe: string }

export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>

/** The type of a parameter's values. */
export type ParameterValue<S> = S extends { readonly choices: readonly (infer C)[] } ? C : number

/** A sampler's parameters with their values. */
export type ParametersOf<P extends ParameterSpecs> = { readonly [K in keyof P]: ParameterValue<P[K]> }

/**
 * One network call, and the next state as a linear combination of the clean samples that the calls predict:
 *
 *     x = sum over calls of x_t x_t + x_0 x_0, + noise noise
 *
 * `calls` are the coefficients of this call and those before it, newest first; x_t is each call's input state.
 */
export interface StageForm {
  /** The timestep of the call. */
  readonly t: number
  readonly calls: readonly { readonly x_t: number; readonly x_0: number }[]
  /** Coefficient of the noise; 0 for none. */
  readonly noise: number
}

/** Returns the stages of the step from t to s < t (s = 0 is the data), after a step from `previous`, if any. */
export type StepFormula = (t: number, s: number, previous: number | undefined) => readonly StageForm[]

/** A sampler: how a step of the reverse process follows from the network's output. One file each, in index.ts's list. */
export interface SamplerDefinition<
  Name extends string = string,
  Parameters extends ParameterSpecs = ParameterSpecs,
> {
  readonly name: Name
  /**
   * Parameters that a caller may choose. The command line's options, the card's fields and their checks follow from
   * these.
   */
  readonly parameters: Parameters
  /** Whether its steps add noise. */
  isStochastic(parameters: ParametersOf<Parameters>): boolean
  /** The formula of its steps, without state or randomness. */
  formula(schedule: Schedule, parameters: ParametersOf<Parameters>): StepFormula
  /** A warning about a valid but doubtful choice, if any. */
  warning?(parameters: ParametersOf<Parameters>, numSteps: number): string | undefined
}

/**
 * Defines a sampler with typed parameters, for `registerSampler`.
 *
 * @param definition - The name, the parameters and the formula of a step.
 * @returns The definition unchanged, with the types of its name and parameters.
 * @example
 * const euler = defineSampler({
 *   name: 'euler',
 *   parameters: {},
 *   isStochastic: () => false,
 *   formula: ({ alphaBars }) => (t, s) => {
 *     const x_t = Math.sqrt((1 - alphaBars[s]) / (1 - alphaBars[t]))
 *     return [{ t, calls: [{ x_t, x_0: Math.sqrt(alphaBars[s]) - x_t * Math.sqrt(alphaBars[t]) }], noise: 0 }]
 *   },
 * })
 */
export function defineSampler<const Name extends string, const Parameters extends ParameterSpecs>(
  definition: SamplerDefinition<Name, Parameters>,
): SamplerDefinition<Name, Parameters> {
  return definition
}
