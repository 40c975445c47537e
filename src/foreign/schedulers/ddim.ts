import { alphaBarsOf, type Level, level, type StepsRequest, timestepsOf } from '../levels.ts'
import * as settings from '../settings.ts'
import { chained, defineScheduler, type LevelStep, predicting } from './scheduler.ts'

type Config = Parameters<typeof alphaBarsOf>[0] & Parameters<typeof timestepsOf>[0]

function levelsOf(config: Config, request: StepsRequest, final: (alphaBars: readonly number[]) => number) {
  const bars = alphaBarsOf(config)
  const times = timestepsOf(config, request, { isWhole: true })
  return { bars, at: times.map((t) => level(bars[t]!, t)), end: level(final(bars)) }
}

/** Steps of T / n timesteps, whatever the next timestep is, or from each of a caller's timesteps to the next. */
function stepsBack(config: Config, request: StepsRequest, final: (alphaBars: readonly number[]) => number) {
  const { bars, at, end } = levelsOf(config, request, final)
  if (request.timesteps) return chained([...at, end])
  const back = Math.floor(config.num_train_timesteps / request.numSteps)
  return at.map((from): LevelStep => {
    const t = from.time - back
    return { from, to: t < 0 ? end : level(bars[t]!, t) }
  })
}

/** When x_0 is limited, the noise that diffusers takes a step with is still that of the raw x_0. */
export const ddim = defineScheduler(
  {
    ...{ ...settings.betaSettings, ...settings.rescaled, ...settings.spacings.leading },
    ...{ ...settings.clipSettings(true), ...settings.thresholdSettings },
    set_alpha_to_one: settings.flag(true),
  },
  (config, request) => {
    const steps = stepsBack(config, request, (bars) => (config.set_alpha_to_one ? 1 : bars[0]!))
    const limit = settings.limitOf(config)
    const sampleAt = predicting(config.prediction_type)
    return {
      steps,
      limit,
      sampleAt,
      sampler: { name: 'ddim', eta: 0 },
      forms(i, forms) {
        if (!limit) return forms
        const { from } = steps[i]!
        const signal = Math.sqrt(from.alphaBar)
        const sample = sampleAt(from)
        return forms.map((form) => {
          // x_t x_t + x_0 x_0 is x_t (x_t - signal x_0), which is noise, and the rest of x_0
          const { x_t, x_0 } = form.calls[0]!
          const ofState = x_t * (1 - signal * sample.x_t)
          return {
            ...form,
            calls: [{ x_t: ofState, x_0: x_0 + x_t * signal, output: -x_t * signal * sample.output }],
          }
        })
      },
    }
  },
)

export const ddpm = defineScheduler(
  {
    ...{ ...settings.betaSettings, ...settings.rescaled, ...settings.spacings.leading },
    ...{ ...settings.clipSettings(true), ...settings.thresholdSettings },
    beta_schedule: settings.follows('linear', 'scaled_linear', 'squaredcos_cap_v2', 'sigmoid'),
    variance_type: settings.follows('fixed_small', 'fixed_small_log', 'fixed_large'),
  },
  (config, request) => {
    const { at, end } = levelsOf(config, request, () => 1)
    const steps = chained([...at, end])
    const isLarge = config.variance_type === 'fixed_large'
    return {
      steps,
      limit: settings.limitOf(config),
      sampleAt: predicting(config.prediction_type),
      sampler: { name: 'ddpm', variance: isLarge ? 'fixed_large' : 'fixed_small' },
      forms: (i, forms) => forms.map((form) => ({ ...form, noise: ddpmNoise(steps[i]!, isLarge) })),
    }
  },
)

/** diffusers' own: none at t = 0 alone, and otherwise at least 1e-10, even in a step to the data. */
function ddpmNoise({ from, to }: { readonly from: Level; readonly to: Level }, isLarge: boolean): number {
  if (from.time === 0) return 0
  const large = 1 - from.alphaBar / to.alphaBar
  return Math.sqrt(isLarge ? large : Math.max((large * (1 - to.alphaBar)) / (1 - from.alphaBar), 1e-20))
}
