import { outOfRange } from '../../core/errors.ts'
import { alphaBarsOf, checkedTimes, level } from '../levels.ts'
import * as settings from '../settings.ts'
import { chained, defineScheduler, predicting } from './scheduler.ts'

/**
 * Latent consistency models: each step goes to x_0 and from there to the next level by fresh noise. Luo et al., "Latent
 * consistency models: synthesizing high-resolution images with few-step inference" (2023), algorithm 3.
 */
export const lcm = defineScheduler(
  {
    ...{ ...settings.betaSettings, ...settings.rescaled, ...settings.spacings.leading },
    ...{ ...settings.clipSettings(false), ...settings.thresholdSettings },
    beta_start: settings.number(0.00085),
    beta_end: settings.number(0.012),
    beta_schedule: settings.follows('scaled_linear', 'linear', 'squaredcos_cap_v2'),
    original_inference_steps: settings.number(50),
    timestep_scaling: settings.number(10),
  },
  (config, { numSteps, timesteps }) => {
    const { num_train_timesteps: T, original_inference_steps: original } = config
    if (!timesteps && numSteps > original)
      throw outOfRange('numSteps', numSteps, `give at most ${original}, the original_inference_steps`)
    const bars = alphaBarsOf(config)
    const ratio = Math.floor(T / original)
    const spaced = (i: number) => (original - Math.floor((i * original) / numSteps)) * ratio - 1
    const times = timesteps
      ? checkedTimes(timesteps, T - 1, true)
      : Array.from({ length: numSteps }, (_, i) => spaced(i))
    const steps = chained([...times.map((t) => level(bars[t]!, t)), level(1)])
    return {
      steps,
      limit: settings.limitOf(config),
      sampleAt: predicting(config.prediction_type),
      forms(i) {
        const { from, to } = steps[i]!
        const scaled = from.time * config.timestep_scaling
        // the boundary condition's deviation of the data is 0.5
        const square = scaled * scaled + 0.25
        const signal = Math.sqrt(to.alphaBar)
        const calls = [{ x_t: (signal * 0.25) / square, x_0: (signal * scaled) / Math.sqrt(square) }]
        return [{ t: 0, calls, noise: Math.sqrt(1 - to.alphaBar) }]
      },
    }
  },
)
