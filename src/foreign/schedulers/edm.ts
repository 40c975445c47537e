import { InputError, requireInteger } from '../../core/errors.ts'
import { linspace } from '../../diffusion/schedule.ts'
import { exp, log } from '../../numerics/elementary.ts'
import { karras, type StepsRequest, sigmaLevel } from '../levels.ts'
import * as settings from '../settings.ts'
import { dpmPlan, solverSettings } from './dpm-solver.ts'
import { chained, defineScheduler, type SchedulerPlan } from './scheduler.ts'

const edmSettings = {
  ...settings.finalSigma,
  sigma_min: settings.number(0.002),
  sigma_max: settings.number(80),
  sigma_data: settings.number(0.5),
  sigma_schedule: settings.follows('karras', 'exponential'),
  prediction_type: settings.follows('epsilon', 'v_prediction'),
  rho: settings.number(7),
}

/**
 * Levels, start and x_0 of Karras et al., "Elucidating the design space of diffusion-based generative models" (2022),
 * table 1: the network sees its input with the deviation 1, and is given log(sigma) / 4.
 */
function edm(config: settings.ConfigOf<typeof edmSettings>, { numSteps, timesteps }: StepsRequest) {
  const { sigma_min: low, sigma_max: high, sigma_data: deviation, rho } = config
  if (timesteps)
    throw new InputError('this scheduler takes `numSteps`, not `timesteps`: leave them out', 'conflict')
  requireInteger('numSteps', numSteps, 1, 10_000)
  const sigmas =
    config.sigma_schedule === 'karras'
      ? karras(high, low, numSteps, rho)
      : linspace(log(high), log(low), numSteps).map(exp)
  const levels = sigmas.map((sigma) => {
    const { unit, ...rest } = sigmaLevel(sigma, log(sigma) / 4)
    return { ...rest, unit, scale: unit / Math.hypot(sigma, deviation) }
  })
  const last = sigmaLevel(config.final_sigmas_type === 'sigma_min' ? sigmas.at(-1)! : 0)
  const sampleAt: SchedulerPlan['sampleAt'] = ({ sigma, unit }) => {
    const square = sigma * sigma + deviation * deviation
    const output = (sigma * deviation) / Math.sqrt(square)
    const isEpsilon = config.prediction_type === 'epsilon'
    return { x_t: (unit * deviation * deviation) / square, output: isEpsilon ? output : -output }
  }
  return { levels: [...levels, last], start: Math.hypot(high, 1), sampleAt }
}

export const edmEuler = defineScheduler(edmSettings, (config, request) => {
  const { levels, ...rest } = edm(config, request)
  return { ...rest, steps: chained(levels), sampler: { name: 'ddim', eta: 0 } }
})

export const edmDpmSolver = defineScheduler(
  { ...edmSettings, ...solverSettings, ...settings.thresholdSettings },
  (config, request) => {
    const { levels, ...rest } = edm(config, request)
    return { ...rest, ...dpmPlan(config, levels), limit: settings.limitOf(config) }
  },
)
