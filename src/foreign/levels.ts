import { InputError, outOfRange, requireInteger } from '../core/errors.ts'
import { createSchedule, linspace, roundHalfToEven, type ScheduleConfig } from '../diffusion/schedule.ts'
import { exp, log, power } from '../numerics/elementary.ts'

/** A noise level that a process comes to. Its states have signal and noise of variances alphaBar and 1 - alphaBar. */
export interface Level {
  readonly alphaBar: number
  /** The noise's deviation divided by the signal's. */
  readonly sigma: number
  /** The time that the network is given. */
  readonly time: number
  /** The network's input is a state times this. */
  readonly scale: number
  /** diffusers' own state is ours times this. */
  readonly unit: number
}

/** A level whose states diffusers keeps as we do. */
export function level(alphaBar: number, time = 0): Level {
  return { alphaBar, sigma: sigmaOf(alphaBar), time, scale: 1, unit: 1 }
}

/** A level of a scheduler in sigma, whose own states are x_0 + sigma noise. */
export function sigmaLevel(sigma: number, time = 0): Level {
  const square = 1 + sigma * sigma
  return { alphaBar: 1 / square, sigma, time, scale: 1, unit: Math.sqrt(square) }
}

/** A level of a flow, whose states are (1 - sigma) x_0 + sigma noise, for the network as well. */
export function flowLevel(share: number, time = 0): Level {
  const unit = Math.hypot(1 - share, share)
  return { alphaBar: ((1 - share) / unit) ** 2, sigma: share / (1 - share), time, scale: unit, unit }
}

export function sigmaOf(alphaBar: number): number {
  return Math.sqrt((1 - alphaBar) / alphaBar)
}

interface BetaConfig {
  readonly num_train_timesteps: number
  readonly beta_start: number
  readonly beta_end: number
  readonly beta_schedule: 'linear' | 'scaled_linear' | 'squaredcos_cap_v2' | 'sigmoid'
  readonly trained_betas: readonly number[] | null
  readonly rescale_betas_zero_snr?: boolean
}

/**
 * alphaBar of diffusers' t = 0..T-1. Zero terminal SNR is that of Lin et al., "Common diffusion noise schedules and sample
 * steps are flawed" (2023), algorithm 1; `least` then stands for 0, where sigma would be infinite.
 */
export function alphaBarsOf(config: BetaConfig, least = 0): number[] {
  const { num_train_timesteps: T, beta_start: betaStart, beta_end: betaEnd, trained_betas: betas } = config
  const { beta_schedule: kind } = config
  const schedule: ScheduleConfig = betas
    ? { kind: 'betas', betas }
    : kind === 'squaredcos_cap_v2'
      ? { kind }
      : { kind, betaStart, betaEnd }
  const bars = createSchedule(schedule, betas?.length ?? T, 100_000).alphaBars.slice(1)
  if (!config.rescale_betas_zero_snr) return bars
  const roots = bars.map(Math.sqrt)
  const last = roots.at(-1)!
  const factor = roots[0]! / (roots[0]! - last)
  return roots.map((root, t) => (t === roots.length - 1 ? least : ((root - last) * factor) ** 2))
}

/** How many steps, or which timesteps. */
export interface StepsRequest {
  readonly numSteps: number
  readonly timesteps?: readonly number[] | undefined
}

interface TimestepOptions {
  /** Whether timesteps are whole numbers. */
  readonly isWhole: boolean
  /** Timesteps to space beyond those that are taken, the lowest of which are left out. Default: 0. */
  readonly more?: number
  /** How many timesteps there are to choose from. Default: T. */
  readonly last?: number
}

interface SpacingConfig {
  readonly num_train_timesteps: number
  readonly timestep_spacing: 'leading' | 'trailing' | 'linspace'
  readonly steps_offset: number
}

/**
 * diffusers' timesteps, descending. Throws InputError on more steps than timesteps, or a list that is not of descending
 * ones.
 */
export function timestepsOf(
  { num_train_timesteps: T, timestep_spacing: spacing, steps_offset: offset }: SpacingConfig,
  { numSteps: n, timesteps }: StepsRequest,
  { isWhole, more = 0, last = T }: TimestepOptions,
): number[] {
  if (timesteps) return checkedTimes(timesteps, T - 1, isWhole)
  requireInteger('numSteps', n, 1, T)
  const descending = (count: number, at: (i: number) => number) =>
    Array.from({ length: count }, (_, i) => at(count - 1 - i)).slice(0, n)
  if (spacing === 'linspace') {
    const spaced = linspace(0, last - 1, n + more)
    return descending(n + more, (i) => (isWhole ? roundHalfToEven(spaced[i]!) : spaced[i]!))
  }
  if (spacing === 'leading') {
    const ratio = Math.floor(last / (n + more))
    const times = descending(n + more, (i) => i * ratio + offset)
    if (times[0]! < T) return times
    throw new InputError(
      `steps_offset ${offset} leads past timestep ${T - 1} in ${n} steps: give fewer`,
      'out-of-range',
    )
  }
  // numpy.arange takes its count from the ratio, and its step from the first two numbers
  const step = last - T / n - last
  return Array.from({ length: Math.ceil(last / (T / n)) }, (_, i) => roundHalfToEven(last + i * step) - 1)
}

/** A caller's list. Throws InputError unless it descends from at most `most` to at least 0. */
export function checkedTimes(timesteps: readonly number[], most: number, isWhole: boolean): number[] {
  const isRight = (t: unknown, j: number) =>
    (isWhole ? Number.isInteger(t) : typeof t === 'number') &&
    (t as number) >= 0 &&
    (t as number) <= most &&
    !((t as number) >= timesteps[j - 1]!)
  if (timesteps.length > 0 && timesteps.every(isRight)) return [...timesteps]
  const remedy = `give descending ${isWhole ? 'whole ' : ''}numbers from ${most} to 0`
  throw outOfRange('timesteps', timesteps, remedy)
}

/** `table` at t, between two of its numbers on the line through them. */
export function interpolated(table: readonly number[], t: number): number {
  const low = Math.min(Math.floor(t), table.length - 1)
  const rest = t - low
  return rest === 0 ? table[low]! : table[low]! + rest * (table[low + 1]! - table[low]!)
}

/** The fractional timestep of a sigma among those of t = 0..T-1, on the line through two logarithms. */
export function timeOf(sigma: number, table: readonly number[]): number {
  const wanted = log(Math.max(sigma, 1e-10))
  const above = table.findIndex((each) => log(each) > wanted)
  const low = Math.min(Math.max(above === -1 ? table.length - 2 : above - 1, 0), table.length - 2)
  const [from, to] = [log(table[low]!), log(table[low + 1]!)]
  const share = Math.min(Math.max((from - wanted) / (from - to), 0), 1)
  return (1 - share) * low + share * (low + 1)
}

interface SpacedConfig {
  readonly use_karras_sigmas?: boolean
  readonly use_exponential_sigmas?: boolean
}

/** n sigmas from high to low, spaced as the settings say; undefined if they leave them as they are. */
export function spacedSigmas(
  config: SpacedConfig,
  high: number,
  low: number,
  n: number,
): number[] | undefined {
  if (config.use_karras_sigmas && config.use_exponential_sigmas)
    throw new InputError(
      'use_karras_sigmas and use_exponential_sigmas are both true: leave one out',
      'bad-model',
    )
  if (config.use_karras_sigmas) return karras(high, low, n, 7)
  return config.use_exponential_sigmas ? linspace(log(high), log(low), n).map(exp) : undefined
}

/** Karras et al., "Elucidating the design space of diffusion-based generative models" (2022), equation 5. */
export function karras(high: number, low: number, n: number, rho: number): number[] {
  return linspace(power(high, 1 / rho), power(low, 1 / rho), n).map((root) => power(root, rho))
}
