import { InputError, outOfRange, unknownName } from '../../core/errors.ts'
import { anything, type KnownOptions } from '../../core/options.ts'
import { ddim } from './ddim.ts'
import { ddpm } from './ddpm.ts'
import { dpmSolver } from './dpm-solver.ts'
import { heun } from './heun.ts'
import type { ParameterSpec, ParametersOf, SamplerDefinition } from './sampler.ts'
import { sdeDpmSolver } from './sde-dpm-solver.ts'

/** The samplers that come with Moonstep: a new one is a file and a line here. */
const builtIn = [ddpm, ddim, dpmSolver, sdeDpmSolver, heun] as const

type BuiltIn = (typeof builtIn)[number]
type ParametersIn<D> = D extends SamplerDefinition<string, infer P> ? ParametersOf<P> : never
type Merged<U> = (U extends unknown ? (u: U) => void : never) extends (merged: infer M) => void ? M : never

/** A sampler's name. `registerSampler` gives the name of one of your own as such. */
export type SamplerName = BuiltIn['name']

/** A sampler and its parameters, as a card and config.json have them: `{ name: 'ddim', eta: 0 }`. */
export interface SamplerConfig {
  readonly name: SamplerName
  readonly [parameter: string]: string | number
}

/** What a caller may choose of a sampler; parameters belong to the sampler that has them. */
export type SamplerChoice = {
  readonly sampler?: SamplerName | undefined
} & { readonly [K in keyof Merged<ParametersIn<BuiltIn>>]?: Merged<ParametersIn<BuiltIn>>[K] | undefined }

const registry = new Map<string, SamplerDefinition>()
const parameters = new Map<string, ParameterSpec & { readonly sampler: string }>()
/** Made once: what a single sample takes is little more than its checks. */
let checks: KnownOptions<SamplerChoice> | undefined

/**
 * Adds a sampler of your own, which `sample`, `exportModel` and `compare` then know by its name.
 * Returns the name, to be given as `sampler`. Throws InputError if a sampler of that name is there.
 *
 * @example
 * const euler = registerSampler(defineSampler({ name: 'euler', parameters: {}, isStochastic: () => false, formula }))
 * await sample(model, { count: 10, sampler: euler })
 */
export function registerSampler(definition: SamplerDefinition): SamplerName {
  const { name } = definition
  if (registry.has(name))
    throw new InputError(`there is a sampler ${name} already: give yours another name`, 'conflict')
  registry.set(name, definition)
  for (const [parameter, spec] of Object.entries(definition.parameters))
    parameters.set(parameter, { ...spec, sampler: name })
  checks = undefined
  return name as SamplerName
}

for (const definition of builtIn) registerSampler(definition)

/** In the order in which they were registered. */
export function samplerNames(): SamplerName[] {
  return [...registry.keys()] as SamplerName[]
}

/** The definition of that name. Throws InputError if there is none. */
export function samplerOf(name: string): SamplerDefinition {
  const found = registry.get(name)
  if (!found) throw unknownName('sampler', name, samplerNames())
  return found
}

/** Every parameter of every sampler by its name, with the sampler that has it. */
export function samplerParameters(): ReadonlyMap<string, ParameterSpec & { readonly sampler: string }> {
  return parameters
}

/**
 * The options of a choice, as options that a function has; `chooseSampler` checks their values. The same object until
 * another sampler is registered.
 */
export function samplerChecks(): KnownOptions<SamplerChoice> {
  checks ??= Object.fromEntries(
    ['sampler', ...parameters.keys()].map((name) => [name, anything]),
  ) as KnownOptions<SamplerChoice>
  return checks
}

/** A sampler with each parameter at its default. */
export function defaultSampler(name: SamplerName): SamplerConfig {
  const specs = Object.entries(samplerOf(name).parameters)
  return { name, ...Object.fromEntries(specs.map(([parameter, spec]) => [parameter, spec.default])) }
}

/** Each sampler in each of its ways: every choice of a parameter, the lowest and the middle of a range. */
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

/** The samplers, or their variants, whose steps take no noise: for messages. */
export function deterministicSamplers(): string {
  const all = samplerNames().flatMap((name) => {
    const variants = samplerVariants().filter((config) => config.name === name)
    const quiet = variants.filter((config) => !isStochastic(config))
    return quiet.length === variants.length ? [name] : quiet.map(describeSampler)
  })
  return all.join(', or ')
}

/**
 * A caller's choice; what it leaves open is as `otherwise` has it, or the sampler's default.
 * Throws InputError on an unknown sampler, a parameter that the sampler does not have, or one out of range.
 */
export function chooseSampler(choice: SamplerChoice, otherwise: SamplerConfig): SamplerConfig {
  const { sampler = otherwise.name } = choice
  const given = Object.entries(choice).filter(([name, value]) => name !== 'sampler' && value !== undefined)
  const chosen = given.filter(([name]) => parameters.has(name)) as [string, string | number][]
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

/** A sampler whose parameters are its own and in range, nothing else. Throws InputError if one is not. */
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

/** Whether a sampler's steps take noise. */
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
