import { log } from '../../numerics/elementary.ts'
import {
  alphaBarsOf,
  interpolated,
  type StepsRequest,
  sigmaLevel,
  sigmaOf,
  spacedSigmas,
  timeOf,
  timestepsOf,
} from '../levels.ts'
import * as settings from '../settings.ts'
import { chained, defineScheduler, predicting } from './scheduler.ts'

const common = { ...settings.betaSettings, ...settings.spacings.linspace }
const eulerSettings = {
  ...{ ...common, ...settings.rescaled, ...settings.sigmaSettings, ...settings.finalSigma },
  sigma_min: settings.numberOrNull,
  sigma_max: settings.numberOrNull,
  timestep_type: settings.follows('discrete', 'continuous'),
  interpolation_type: settings.follows('linear'),
}

type Config = settings.ConfigOf<typeof common> & Partial<settings.ConfigOf<typeof eulerSettings>>

/** 0 stands for no signal in float16, where sigma would be infinite. */
export const leastSignal = 2 ** -24

/** The steps of the schedulers whose states are x_0 + sigma noise, and the deviation of their first one. */
function stepsInSigma(config: Config, request: StepsRequest) {
  const table = alphaBarsOf(config, leastSignal).map(sigmaOf)
  let times = timestepsOf(config, request, { isWhole: false })
  let sigmas = times.map((t) => interpolated(table, t))
  const [high, low] = [config.sigma_max ?? sigmas[0]!, config.sigma_min ?? sigmas.at(-1)!]
  const spaced = spacedSigmas(config, high, low, sigmas.length)
  if (spaced) [sigmas, times] = [spaced, spaced.map((sigma) => timeOf(sigma, table))]
  if (config.timestep_type === 'continuous' && config.prediction_type === 'v_prediction')
    times = sigmas.map((sigma) => log(sigma) / 4)
  const last = config.final_sigmas_type === 'sigma_min' ? table[0]! : 0
  const isLeading = config.timestep_spacing === 'leading'
  return {
    steps: chained([...sigmas.map((sigma, i) => sigmaLevel(sigma, times[i])), sigmaLevel(last)]),
    start: isLeading ? Math.hypot(sigmas[0]!, 1) : sigmas[0]!,
    sampleAt: predicting(config.prediction_type),
  }
}

export const euler = defineScheduler(eulerSettings, (config, request) => ({
  ...stepsInSigma(config, request),
  sampler: { name: 'ddim', eta: 0 },
}))

export const eulerAncestral = defineScheduler({ ...common, ...settings.rescaled }, (config, request) => ({
  ...stepsInSigma(config, request),
  sampler: { name: 'ddim', eta: 1 },
}))

export const heun = defineScheduler(
  {
    ...{ ...common, ...settings.sigmaSettings, ...settings.clipSettings(false) },
    beta_start: settings.number(0.00085),
    beta_end: settings.number(0.012),
  },
  (config, request) => ({
    ...stepsInSigma(config, request),
    limit: settings.limitOf(config),
    sampler: { name: 'heun' },
  }),
)
