import { InputError } from '../../core/errors.ts'
import { linspace, roundHalfToEven } from '../../diffusion/schedule.ts'
import { exp, log } from '../../numerics/elementary.ts'
import {
  alphaBarsOf,
  flowLevel,
  interpolated,
  type Level,
  level,
  type StepsRequest,
  sigmaOf,
  spacedSigmas,
  timeOf,
  timestepsOf,
} from '../levels.ts'
import * as settings from '../settings.ts'
import { leastSignal } from './euler.ts'
import { chained, defineScheduler, predicting, type SchedulerPlan } from './scheduler.ts'

export const multistepSettings = {
  ...{ ...settings.betaSettings, ...settings.rescaled, ...settings.spacings.linspace },
  ...{ ...settings.sigmaSettings, ...settings.finalSigma, ...settings.thresholdSettings },
  prediction_type: settings.follows('epsilon', 'v_prediction', 'sample', 'flow_prediction'),
  lower_order_final: settings.flag(true),
  use_flow_sigmas: settings.flag(false),
  flow_shift: settings.number(1),
  use_dynamic_shifting: settings.follows(false),
}

type MultistepConfig = settings.ConfigOf<typeof multistepSettings> & {
  readonly use_lu_lambdas?: boolean
  readonly lambda_min_clipped?: number
  readonly sigma_min?: number | null
  readonly sigma_max?: number | null
}

/** Where DPM-Solver++ and UniPC, which share most of their settings, come to differ. */
export interface Differences {
  /** Whether times between timesteps are rounded to the nearest; others lose their fraction. */
  readonly isRounded: boolean
  /** The shares of a flow before its shift, with one more at the end that is left out. */
  flowShares(T: number, n: number): readonly number[]
  /** The last sigma of sigma_min. */
  lowest(table: readonly number[], sigmas: readonly number[]): number
}

/** The levels of multistep solvers, whose states diffusers keeps as we do. The network is given whole numbers. */
export function multistepLevels(
  config: MultistepConfig,
  request: StepsRequest,
  differ: Differences,
): Level[] {
  const bars = alphaBarsOf(config, leastSignal)
  const table = bars.map(sigmaOf)
  const { num_train_timesteps: T, use_flow_sigmas: isFlow, flow_shift: shift } = config
  if (config.use_lu_lambdas && (config.use_karras_sigmas || config.use_exponential_sigmas || isFlow))
    throw new InputError('use_lu_lambdas is true beside other sigmas: leave one out', 'bad-model')
  const isFlowPredicted = config.prediction_type === 'flow_prediction'
  if (isFlow !== isFlowPredicted && config.prediction_type !== 'epsilon')
    throw new InputError(
      `use_flow_sigmas is ${isFlow} with prediction_type ${config.prediction_type}, which is not followed`,
      'bad-model',
    )
  if (isFlow && (config.use_karras_sigmas || config.use_exponential_sigmas))
    throw new InputError('use_flow_sigmas is true beside other sigmas: leave one out', 'bad-model')
  if (isFlow && request.timesteps)
    throw new InputError('use_flow_sigmas takes `numSteps`, not `timesteps`: leave them out', 'conflict')
  const isLast = config.final_sigmas_type === 'zero'
  if (isFlow) {
    const shares = differ.flowShares(T, request.numSteps).map((u) => (shift * u) / (1 + (shift - 1) * u))
    // UniPC begins at 1, which has no signal, and steps off it
    const used = shares.slice(0, -1).map((share) => Math.min(share, 1 - 1e-6))
    const last = isLast ? 0 : differ.lowest(table, used)
    return [...used.map((share) => flowLevel(share, Math.trunc(share * T))), flowLevel(last)]
  }
  const lambdaMin = config.lambda_min_clipped ?? Number.NEGATIVE_INFINITY
  const clipped = table.findLastIndex((sigma) => -log(sigma) >= lambdaMin) + 1
  let times = timestepsOf(config, request, { isWhole: true, more: 1, last: clipped })
  let sigmas = times.map((t) => interpolated(table, t))
  const n = times.length
  const [high, low] = [config.sigma_max ?? table.at(-1)!, config.sigma_min ?? table[0]!]
  const lu = config.use_lu_lambdas ? linspace(log(high), log(low), n).map(exp) : undefined
  const spaced = lu ?? spacedSigmas(config, high, low, n)
  if (spaced) {
    const toWhole = differ.isRounded && !config.use_exponential_sigmas ? roundHalfToEven : Math.trunc
    ;[sigmas, times] = [spaced, spaced.map((sigma) => toWhole(timeOf(sigma, table)))]
  }
  const ofSigma = (sigma: number, time = 0) => ({ ...level(1 / (1 + sigma * sigma), time), sigma })
  const last = isLast ? 0 : differ.lowest(table, sigmas)
  return [...sigmas.map((sigma, i) => ofSigma(sigma, Math.trunc(times[i]!))), ofSigma(last)]
}

/** x_0 from a state of ours; a flow's network predicts noise less x_0. */
export function multistepSample({ prediction_type: type }: MultistepConfig): SchedulerPlan['sampleAt'] {
  return type === 'flow_prediction' ? flowSample : predicting(type)
}

/** x_0 = x - sigma (noise - x_0), where the network sees x = (1 - sigma) x_0 + sigma noise. */
export const flowSample: SchedulerPlan['sampleAt'] = ({ scale, alphaBar }) => ({
  x_t: scale,
  output: -scale * Math.sqrt(1 - alphaBar),
})

export const solverSettings = {
  solver_order: settings.follows(2, 1),
  algorithm_type: settings.follows('dpmsolver++', 'sde-dpmsolver++', 'deis'),
  // diffusers takes the names of UniPC's and DEIS's for midpoint
  solver_type: settings.follows('midpoint', 'bh1', 'bh2', 'logrho'),
  lower_order_final: settings.flag(true),
  euler_at_final: settings.flag(false),
}

/** DPM-Solver++ on levels; fewer than 15 steps, or euler_at_final, end by one of first order. */
export function dpmPlan(
  config: settings.ConfigOf<typeof solverSettings>,
  levels: readonly Level[],
): Pick<SchedulerPlan, 'steps' | 'sampler' | 'isAnew'> {
  const steps = chained(levels)
  const endsAnew = config.euler_at_final || (config.lower_order_final && steps.length < 15)
  const isSde = config.algorithm_type === 'sde-dpmsolver++'
  return {
    steps,
    sampler: isSde ? { name: 'sde-dpmsolver++' } : { name: 'dpmsolver++', order: config.solver_order },
    isAnew: (i) => (isSde && config.solver_order === 1) || (endsAnew && i === steps.length - 1),
  }
}

export const dpmSolver = defineScheduler(
  {
    ...{ ...multistepSettings, ...solverSettings },
    use_lu_lambdas: settings.flag(false),
    lambda_min_clipped: settings.anyNumber(Number.NEGATIVE_INFINITY),
    variance_type: settings.follows(null),
  },
  (config, request) => {
    const levels = multistepLevels(config, request, {
      isRounded: config.beta_schedule !== 'squaredcos_cap_v2',
      flowShares: (T, n) =>
        linspace(1, 1 / T, n + 1)
          .map((u) => 1 - u)
          .reverse(),
      lowest: (table) => table[0]!,
    })
    return {
      ...dpmPlan(config, levels),
      limit: settings.limitOf(config),
      sampleAt: multistepSample(config),
    }
  },
)
