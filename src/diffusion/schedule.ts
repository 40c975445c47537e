import { InputError, outOfRange, requireInteger, requireIntegers } from '../core/errors.ts'
import { counted } from '../core/format.ts'
import { cosine, exp, power } from '../numerics/elementary.ts'

/** A variance schedule as in files. Names and parameters follow diffusers. */
export type ScheduleConfig =
  | {
      readonly kind: 'linear' | 'scaled_linear' | 'sigmoid'
      readonly betaStart: number
      readonly betaEnd: number
    }
  | {
      readonly kind: 'polynomial'
      readonly betaStart: number
      readonly betaEnd: number
      readonly power: number
    }
  | { readonly kind: 'squaredcos_cap_v2' }
  | { readonly kind: 'karras'; readonly sigmaMin: number; readonly sigmaMax: number; readonly rho: number }
  | { readonly kind: 'betas'; readonly betas: readonly number[] }

export type ScheduleKind = ScheduleConfig['kind']

/**
 * The forward process's tables, each of T + 1 numbers: index t is timestep t, index 0 the clean sample
 * (betas[0] = 0, alphaBars[0] = 1).
 */
export interface Schedule {
  readonly config: ScheduleConfig
  readonly T: number
  readonly betas: readonly number[]
  /** 1 - betas. */
  readonly alphas: readonly number[]
  /** alphaBars[t] = alphas[1] ... alphas[t]: the signal's share of x_t's variance. */
  readonly alphaBars: readonly number[]
}

export const maxT = 1000

/**
 * The tables of a schedule over T timesteps, at most `most`, in float64. Throws InputError if T is out of range, a
 * parameter is not finite, or a beta is outside (0, 1).
 */
export function createSchedule(config: ScheduleConfig, T: number, most = maxT): Schedule {
  requireInteger('T', T, 1, most)
  if ('betaStart' in config) requireRising('betaStart', config.betaStart, 'betaEnd', config.betaEnd)
  if ('sigmaMin' in config) requireRising('sigmaMin', config.sigmaMin, 'sigmaMax', config.sigmaMax)
  const betas = [0, ...betasOf(config, T)]
  betas.forEach((beta, t) => {
    // a beta that float64 loses in 1 - beta counts as 0
    if (t > 0 && !(beta > 0 && 1 - beta > 0 && 1 - beta < 1))
      throw new InputError(
        `schedule ${config.kind}: beta_${t} is ${beta}, which must lie strictly between 0 and 1: ${remedy(config, beta)}`,
        'out-of-range',
      )
  })
  const alphas = betas.map((beta) => 1 - beta)
  let product = 1
  const alphaBars = alphas.map((alpha) => {
    product *= alpha
    return product
  })
  if (alphaBars[T] === 0)
    throw new InputError(
      `schedule ${config.kind}: alphaBar_${T} is 0 in float64: use smaller betas or fewer timesteps than ${T}`,
      'out-of-range',
    )
  return { config, T, betas, alphas, alphaBars }
}

/** Throws InputError if the first of two parameters is above the second. */
function requireRising(first: string, low: number, second: string, high: number): void {
  if (low > high) throw outOfRange(first, low, `give at most \`${second}\`, which is ${high}`)
}

/** Above this share of signal in x_T, starting from pure noise has a visible effect. */
const maxFinalAlphaBar = 0.06

/** A warning about a valid but doubtful schedule, if any. */
export function scheduleWarning({ config, T, alphaBars }: Schedule): string | undefined {
  const last = alphaBars[T]!
  if (last <= maxFinalAlphaBar) return undefined
  return (
    `schedule ${config.kind}: alphaBar_${T} is ${last.toPrecision(3)}, so x_${T} still holds signal that the reverse ` +
    `process, which starts from pure noise, won't have: raise ${config.kind === 'karras' ? 'sigmaMax' : 'the betas'} ` +
    `or T until it is below ${maxFinalAlphaBar}`
  )
}

/** betas of t = 1..T. */
function betasOf(config: ScheduleConfig, T: number): number[] {
  switch (config.kind) {
    case 'linear':
      return polynomial(T, config.betaStart, config.betaEnd, 1)
    case 'scaled_linear':
      return polynomial(T, config.betaStart, config.betaEnd, 2)
    case 'polynomial':
      return polynomial(T, config.betaStart, config.betaEnd, config.power)
    case 'squaredcos_cap_v2':
      return squaredCosine(T)
    case 'sigmoid': {
      const { betaStart, betaEnd } = config
      return linspace(-6, 6, T).map((z) => betaStart + (betaEnd - betaStart) / (1 + exp(-z)))
    }
    case 'karras':
      return karras(T, config.sigmaMin, config.sigmaMax, config.rho)
    case 'betas': {
      const betas = config.betas[0] === 0 ? config.betas.slice(1) : [...config.betas]
      if (betas.length !== T)
        throw new InputError(
          `schedule betas: ${counted(betas.length, 'beta')} for T = ${T}: give one for each t`,
          'out-of-range',
        )
      return betas
    }
  }
}

/** beta_t^(1/degree) equally spaced. Degree 1 is diffusers' `linear`, 2 its `scaled_linear`. */
function polynomial(T: number, betaStart: number, betaEnd: number, degree: number): number[] {
  return linspace(power(betaStart, 1 / degree), power(betaEnd, 1 / degree), T).map((root) =>
    power(root, degree),
  )
}

/** Nichol and Dhariwal, "Improved denoising diffusion probabilistic models" (2021), equation 17, capped at 0.999. */
function squaredCosine(T: number): number[] {
  const alphaBar = (u: number) => power(cosine(((u + 0.008) / 1.008) * (Math.PI / 2)), 2)
  return Array.from({ length: T }, (_, i) => Math.min(1 - alphaBar((i + 1) / T) / alphaBar(i / T), 0.999))
}

/**
 * alphaBar_t = 1 / (1 + sigma_t^2) with sigma_t^(1/rho) equally spaced.
 * Karras et al., "Elucidating the design space of diffusion-based generative models" (2022), equation 5.
 */
function karras(T: number, sigmaMin: number, sigmaMax: number, rho: number): number[] {
  const sigmas =
    T === 1
      ? [sigmaMax]
      : linspace(power(sigmaMin, 1 / rho), power(sigmaMax, 1 / rho), T).map((r) => power(r, rho))
  const alphaBars = [1, ...sigmas.map((sigma) => 1 / (1 + sigma * sigma))]
  return sigmas.map((_, i) => 1 - alphaBars[i + 1]! / alphaBars[i]!)
}

/** `count` numbers from `start` to `end`, inclusive; only the start if count is 1. */
export function linspace(start: number, end: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    if (i === 0) return start
    return i === count - 1 ? end : start + (i / (count - 1)) * (end - start)
  })
}

function remedy(config: ScheduleConfig, beta: number): string {
  switch (config.kind) {
    case 'betas':
      return beta >= 1 ? 'use 0.999 for the last' : 'use a small positive number, such as 1e-4'
    case 'karras':
      return 'use 0 < sigmaMin < sigmaMax, sigmaMax at most 1000, and rho from 1 up'
    case 'squaredcos_cap_v2':
      return 'use another schedule'
    default:
      return `use 0 < betaStart < betaEnd <= 0.999${config.kind === 'polynomial' ? ' and a power above 0' : ''}`
  }
}

/** The whole number nearest to x, a tie to the even one (as Python and IEEE 754 round). */
export function roundHalfToEven(x: number): number {
  const rounded = Math.round(x)
  return rounded - x === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded
}

/**
 * The timesteps of `numSteps` steps out of T, descending: round(T (n - j) / n), diffusers' `trailing` spacing. A step
 * goes from each to the next, the last one to 0.
 */
export function spacedTimesteps(T: number, numSteps: number): number[] {
  requireInteger('numSteps', numSteps, 1, T)
  return Array.from({ length: numSteps }, (_, j) => roundHalfToEven((T * (numSteps - j)) / numSteps))
}

/**
 * Checks an explicit list. Throws InputError unless it is whole numbers from T down to 1, each below the one before.
 */
export function checkTimesteps(timesteps: readonly number[], T: number): readonly number[] {
  const about = { option: 'timesteps', value: timesteps }
  if (requireIntegers('timesteps', timesteps, 1, T).length === 0)
    throw new InputError(`timesteps is empty: give a list such as ${T},1`, 'missing', about)
  const rising = timesteps.find((t, j) => j > 0 && t >= timesteps[j - 1]!)
  if (rising !== undefined)
    throw new InputError(
      `timesteps has ${rising}, not below the one before: give them in descending order`,
      'out-of-range',
      about,
    )
  return timesteps
}
