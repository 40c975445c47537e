/** The samplers: each is a file with its formula and a line here. */
import { InputError, outOfRange, unknownName } from '../../core/errors.ts'
import { anything, type OptionChecks } from '../../core/options.ts'
import { ddim } from './ddim.ts'
import { ddpm } from './ddpm.ts'
import { dpmSolver } from './dpm-solver.ts'
import { heun } from './heun.ts'
import type { ParameterSpec, ParametersOf, SamplerDefinition } from './sampler.ts'
import { sdeDpmSolver } from './sde-dpm-solver.ts'

/** The built-in samplers; a new one is a file and a line here. */
const builtIn = [ddpm, ddim, dpmSolver, sdeDpmSolver, heun] as const

type BuiltIn = (typeof builtIn)[number]
type ParametersIn<D> = D extends SamplerDefinition<string, infer P> ? ParametersOf<P> : never
type Merged<U> = (U extends unknown ? (u: U) => void : never) extends (merged: infer M) => void ? M : never

/** A sampler's name; `registerSampler` returns your own as one. */
export type SamplerName = BuiltIn['name']

/** A sampler and its parameters, as on a card and in config.json: `{ name: 'ddim', eta: 0 }`. */
export interface SamplerConfig {
  readonly name: SamplerName
  readonly [parameter: string]: string | number
}

/** A caller's choice of a sampler and its parameters. */
export type SamplerChoice = {
  readonly sampler?: SamplerName | undefined
} & { readonly [K in keyof Merged<ParametersIn<BuiltIn>>]?: Merged<ParametersIn<BuiltIn>>[K] | undefined }

const registry = new Map<string, SamplerDefinition>()
const parameters = new Map<string, ParameterSpec & { readonly sampler: string }>()
/** Created once, because the checks would dominate the time of a single sample. */
let checks: OptionChecks<SamplerChoice> | undefined

/**
 * Adds a sampler of your own, which `sample`, `exportModel` and `compare` then accept by name.
 *
 * @param definition - The sampler, from `defineSampler`.
 * @returns The name, for the option `sampler`.
 * @throws InputError if the name is taken.
 * @example
 * const euler = registerSampler(defineSampler({ name: 'euler', parameters: {}, isStochastic: () => false, formula }))
 * await sample(model, { count: 10, sampler: euler })
 */
export function registerSampler(definition: SamplerDefinition): SamplerName {
  const { name } = definition
  if (registry.has(name))
    throw new InputError(`sampler ${name} already exists: give yours another name`, 'conflict')
  registry.set(name, definition)
  for (const [parameter, spec] of Object.entries(definition.parameters))
    parameters.set(parameter, { ...spec, sampler: name })
  checks = undefined
  return name as SamplerName
}

for (const definition of builtIn) registerSampler(definition)

/** All samplers, in order of registration. */
export function samplerNames(): SamplerName[] {
  return [...registry.keys()] as SamplerName[]
}

/** Returns the definition of that name. Throws InputError if there is none. */
export function samplerOf(name: string): SamplerDefinition {
  const definition = registry.get(name)
  if (!definition) throw unknownName('sampler', name, samplerNames())
  return definition
}

/** All samplers' parameters by name, with their sampler. */
export function samplerParameters(): ReadonlyMap<string, ParameterSpec & { readonly sampler: string }> {
  return parameters
}

/**
 * The checks of a choice's options; `chooseSampler` checks their values. The same object until another sampler is
 * registered.
 */
export function samplerChecks(): OptionChecks<SamplerChoice> {
  checks ??= Object.fromEntries(
    ['sampler', ...parameters.keys()].map((name) => [name, anything]),
  ) as OptionChecks<SamplerChoice>
  return checks
}

/** A sampler with default parameters. */
export function defaultSampler(name: SamplerName): SamplerConfig {
  const specs = Object.entries(samplerOf(name).parameters)
  return { name, ...Object.fromEntries(specs.map(([parameter, spec]) => [parameter, spec.default])) }
}

/** Each sampler in its variants: every choice of a parameter, the minimum and the middle of a range. */
export function samplerVariants(): SamplerConfig[] {
  return samplerNames().flatMap((name) =>
    Object.entries(samplerOf(name).parameters).reduce<SamplerConfig[]>(
      (configs, [parameter, spec]) => {
        const values = 'choices' in spec ? spec.choices : [spec.min, (spec.min + spec.max) / 2]
        return configs.flatMap((config) => values.map((value) => ({ ...config, [parameter]: value })))
      },
      [{ name }],
    ),
  )
}

/** The samplers, or their variants, that add no noise, for messages. */
export function deterministicSamplers(): string {
  const all = samplerNames().flatMap((name) => {
    const variants = samplerVariants().filter((config) => config.name === name)
    const quiet = variants.filter((config) => !isStochastic(config))
    return quiet.length === variants.length ? [name] : quiet.map(describeSampler)
  })
  return all.join(', or ')
}

/**
 * A caller's choice, completed from `otherwise` or the sampler's defaults. Throws InputError on an unknown sampler, a
 * parameter the sampler does not have, or one out of range.
 */
export function chooseSampler(choice: SamplerChoice, otherwise: SamplerConfig): SamplerConfig {
  const { sampler = otherwise.name } = choice
  const options = Object.entries(choice).filter(([name, value]) => name !== 'sampler' && value !== undefined)
  const chosen = options.filter(([name]) => parameters.has(name)) as [string, string | number][]
  if (sampler === otherwise.name && chosen.length === 0) return otherwise
  const base = sampler === otherwise.name ? otherwise : defaultSampler(sampler)
  for (const [name] of chosen)
    if (!Object.hasOwn(samplerOf(sampler).parameters, name))
      throw new InputError(
        `${sampler} has no ${name}: leave it out, or choose the sampler ${parameters.get(name)?.sampler}, which has`,
        'conflict',
        { option: name },
      )
  return checkSampler({ ...base, ...Object.fromEntries(chosen) })
}

/** A sampler with exactly its own parameters, in range. Throws InputError otherwise. */
export function checkSampler(config: SamplerConfig): SamplerConfig {
  const checked = Object.entries(samplerOf(config.name).parameters).map(([parameter, spec]) => {
    const value = config[parameter]
    const isRight =
      'choices' in spec
        ? spec.choices.includes(value as string | number)
        : typeof value === 'number' && value >= spec.min && value <= spec.max
    if (isRight) return [parameter, value]
    const right = 'choices' in spec ? spec.choices.join(' or ') : `a number from ${spec.min} to ${spec.max}`
    throw outOfRange(parameter, value, `give ${right}`)
  })
  return { name: config.name, ...Object.fromEntries(checked) }
}

/** Whether a sampler's steps add noise. */
export function isStochastic({ name, ...parameters }: SamplerConfig): boolean {
  return samplerOf(name).isStochastic(parameters)
}

/** 'ddpm, variance fixed_small'. */
export function describeSampler({ name, ...parameters }: SamplerConfig): string {
  return [name, ...Object.entries(parameters).map(([parameter, value]) => `${parameter} ${value}`)].join(', ')
}

/** The sampler as a choice of it. */
export function choiceOf({ name, ...parameters }: SamplerConfig): SamplerChoice {
  return { sampler: name, ...parameters }
}
