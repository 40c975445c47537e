import { requireInteger } from '../../core/errors.ts'
import { linspace } from '../../diffusion/schedule.ts'
import { checkedTimes, flowLevel, spacedSigmas } from '../levels.ts'
import * as settings from '../settings.ts'
import { flowSample } from './dpm-solver.ts'
import { chained, defineScheduler } from './scheduler.ts'

/** Euler's method on a flow; stochastic_sampling draws the noise of each level anew. */
export const flowEuler = defineScheduler(
  {
    ...{ ...settings.trainSteps, ...settings.sigmaSettings },
    shift: settings.number(1),
    use_dynamic_shifting: settings.follows(false),
    invert_sigmas: settings.follows(false),
    shift_terminal: settings.numberOrNull,
    stochastic_sampling: settings.flag(false),
  },
  (config, { numSteps, timesteps }) => {
    const { num_train_timesteps: T, shift, shift_terminal: terminal } = config
    const shifted = (u: number) => (shift * u) / (1 + (shift - 1) * u)
    requireInteger('numSteps', numSteps, 1, T)
    const times = timesteps && checkedTimes(timesteps, T, false)
    let shares = (times?.map((t) => t / T) ?? linspace(1, shifted(1 / T), numSteps)).map(shifted)
    if (terminal) {
      const factor = (1 - shares.at(-1)!) / (1 - terminal)
      shares = shares.map((share) => 1 - (1 - share) / factor)
    }
    shares = spacedSigmas(config, shares[0]!, shares.at(-1)!, shares.length) ?? shares
    const steps = chained([
      ...shares.map((share, i) => flowLevel(share, times?.[i] ?? share * T)),
      flowLevel(0),
    ])
    if (!config.stochastic_sampling) return { steps, sampleAt: flowSample, sampler: { name: 'ddim', eta: 0 } }
    return {
      steps,
      sampleAt: flowSample,
      forms(i) {
        const { alphaBar } = steps[i]!.to
        return [{ t: 0, calls: [{ x_t: 0, x_0: Math.sqrt(alphaBar) }], noise: Math.sqrt(1 - alphaBar) }]
      },
    }
  },
)
