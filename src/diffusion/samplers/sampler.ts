import type { Schedule } from '../schedule.ts'

/** What a parameter of a sampler may be: one of some values, or a number of a range. */
export type ParameterSpec =
  | {
      readonly choices: readonly (string | number)[]
      readonly default: string | number
      readonly describe: string
    }
  | { readonly min: number; readonly max: number; readonly default: number; readonly describe: string }

export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>

/** The values that a parameter may have. */
export type ParameterValue<S> = S extends { readonly choices: readonly (infer C)[] } ? C : number

/** A sampler's parameters with their values. */
export type ParametersOf<P extends ParameterSpecs> = { readonly [K in keyof P]: ParameterValue<P[K]> }

/**
 * One network call, and the state that follows from it, by the clean samples that the calls predict:
 *
 *     x = sum over calls of x_t x_t + x_0 x_0, + noise noise
 *
 * `calls` are the shares of this call and of those before it, the newest first; the state where each call was made is its x_t.
 */
export interface StageForm {
  /** The timestep of the call. */
  readonly t: number
  readonly calls: readonly { readonly x_t: number; readonly x_0: number }[]
  /** 0 where the stage takes none. */
  readonly noise: number
}

/** The stages of the step from t to s < t, where s = 0 is the data, after a step from `previous`, if there was one. */
export type StepFormula = (t: number, s: number, previous: number | undefined) => readonly StageForm[]

/** A sampler: how a step of the reverse process follows from what the network says. One file each, listed in index.ts. */
export interface SamplerDefinition<
  Name extends string = string,
  Parameters extends ParameterSpecs = ParameterSpecs,
> {
  readonly name: Name
  /** The parameters that a caller may choose: the command line's options, the card's fields and their checks follow. */
  readonly parameters: Parameters
  /** Whether its steps take noise. */
  isStochastic(parameters: ParametersOf<Parameters>): boolean
  /** The formula of its steps: no state, no random numbers of its own. */
  formula(schedule: Schedule, parameters: ParametersOf<Parameters>): StepFormula
  /** What is odd about a legal choice, or nothing. */
  warning?(parameters: ParametersOf<Parameters>, numSteps: number): string | undefined
}

/** Checks a definition's types, and keeps its name and its parameters' values in them. */
export function defineSampler<const Name extends string, const Parameters extends ParameterSpecs>(
  definition: SamplerDefinition<Name, Parameters>,
): SamplerDefinition<Name, Parameters> {
  return definition
}
