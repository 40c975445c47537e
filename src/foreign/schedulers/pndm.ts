import { InputError } from '../../core/errors.ts'
import { ddim } from '../../diffusion/samplers/ddim.ts'
import { alphaBarsOf, type Level, level, timestepsOf } from '../levels.ts'
import * as settings from '../settings.ts'
import { defineScheduler, predicting } from './scheduler.ts'

/** Weights of the network's outputs, newest first, by how many there are: Adams and Bashforth's. */
const adams = [
  [1],
  [3 / 2, -1 / 2],
  [23 / 12, -16 / 12, 5 / 12],
  [55 / 24, -59 / 24, 37 / 24, -9 / 24],
] as const

/**
 * PLMS: ddim's step with a weighted sum of the network's outputs. Its second call repeats the first step with the mean of
 * both ends, and is forgotten after that. Liu et al., "Pseudo numerical methods for diffusion models on manifolds" (2022),
 * algorithm 2, begun as in latent diffusion's sampler.
 */
export const pndm = defineScheduler(
  {
    ...{ ...settings.betaSettings, ...settings.spacings.leading },
    prediction_type: settings.follows('epsilon', 'v_prediction'),
    set_alpha_to_one: settings.flag(false),
    skip_prk_steps: settings.followsOnly(true, false),
  },
  (config, request) => {
    if (request.timesteps)
      throw new InputError('this scheduler takes `numSteps`, not `timesteps`: leave them out', 'conflict')
    const bars = alphaBarsOf(config)
    const [first, ...others] = timestepsOf(config, request, { isWhole: true })
    const back = Math.floor(config.num_train_timesteps / request.numSteps)
    const at = (t: number) => (t < 0 ? level(config.set_alpha_to_one ? 1 : bars[0]!) : level(bars[t]!, t))
    const times = [first!, ...others.slice(0, 1), ...others]
    const steps = times.map((t, i) => ({ from: at(t), to: i === 1 ? at(t) : at(t - back) }))
    const sampleAt = predicting(config.prediction_type)
    return {
      steps,
      sampleAt,
      forms(i) {
        const origin = i === 1 ? at(times[1]! + back) : steps[i]!.from
        const shares = ddimShares(origin, steps[i]!.to)
        const sample = sampleAt(origin)
        const state = { x_t: shares.x_t + shares.x_0 * sample.x_t, x_0: 0 }
        const output = shares.x_0 * sample.output
        const ofCall = (weight: number) => ({ x_t: 0, x_0: 0, output: weight * output })
        if (i === 1) return [{ t: 0, calls: [ofCall(1 / 2), { ...ofCall(1 / 2), ...state }], noise: 0 }]
        const weights: number[] = [...adams[Math.min(Math.max(i - 1, 0), 3)]!]
        // the second call is i - 1 calls ago
        if (i > 1 && i - 1 < weights.length) weights.splice(i - 1, 0, 0)
        const [newest, ...older] = weights.map(ofCall)
        return [{ t: 0, calls: [{ ...newest!, ...state }, ...older], noise: 0 }]
      },
    }
  },
)

/** The shares of the state and of x_0 in ddim's step between two levels. */
function ddimShares(from: Level, to: Level) {
  const alphaBars = [to.alphaBar, from.alphaBar]
  const schedule = { config: { kind: 'betas', betas: [] }, T: 1, betas: [], alphas: [], alphaBars } as const
  return ddim.formula(schedule, { eta: 0 })(1, 0, undefined)[0]!.calls[0]!
}
