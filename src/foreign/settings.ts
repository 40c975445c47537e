import * as v from 'valibot'
import { InputError, messageOf } from '../core/errors.ts'
import type { Limit } from '../diffusion/limit.ts'

/** Reads JSON as Python writes it: with -Infinity, Infinity and NaN, which JSON.parse refuses. */
export function parsePythonJson(text: string, name: string): Readonly<Record<string, unknown>> {
  // what is in strings stays
  let isInString = false
  const standard = text.replace(/\\.|"|-?Infinity|NaN/gs, (token) => {
    if (token === '"') isInString = !isInString
    if (isInString || token === '"' || token.startsWith('\\')) return token
    return token === 'NaN' ? 'null' : token.replace('Infinity', '1e999')
  })
  let value: unknown
  try {
    value = JSON.parse(standard)
  } catch (error) {
    throw new InputError(`${name} is no JSON: ${messageOf(error)}`, 'bad-model')
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new InputError(
    `${name} holds no object: give the scheduler_config.json that diffusers wrote`,
    'bad-model',
  )
}

/**
 * A setting of which we follow some values, the first being diffusers' default, which files of older versions lack. A
 * setting that we don't follow has its default alone.
 */
export function follows<const V extends readonly [unknown, ...unknown[]]>(...values: V) {
  return followsOf<V[number]>(values, values[0])
}

/** A setting of which we follow one value, which is not diffusers' default. */
export const followsOnly = <const V>(value: V, otherwise: unknown) => followsOf<V>([value], otherwise)

function followsOf<V>(values: readonly unknown[], otherwise: unknown) {
  const texts = values.map((value) => JSON.stringify(value))
  const isFollowed = (value: unknown) => texts.includes(JSON.stringify(value))
  return v.optional(
    v.custom<V>(
      isFollowed,
      ({ input }) => `${JSON.stringify(input)} is not followed: give ${texts.join(' or ')}`,
    ),
    otherwise as V & {},
  )
}

/** The values of settings, each checked. */
export type ConfigOf<E extends v.ObjectEntries> = v.InferOutput<v.ObjectSchema<E, undefined>>

/** A number with diffusers' default. */
export const number = (otherwise: number) =>
  v.optional(v.pipe(v.number(), v.finite('it is not finite: give a number')), otherwise)
export const anyNumber = (otherwise: number) => v.optional(v.number(), otherwise)
export const flag = (otherwise: boolean) => v.optional(v.boolean(), otherwise)
export const numberOrNull = v.optional(v.nullable(v.number()), null)

const steps = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000)), 1000)

/** The settings of a schedule of betas. */
export const betaSettings = {
  num_train_timesteps: steps,
  beta_start: number(0.0001),
  beta_end: number(0.02),
  beta_schedule: follows('linear', 'scaled_linear', 'squaredcos_cap_v2'),
  trained_betas: v.optional(v.nullable(v.array(v.number())), null),
  prediction_type: follows('epsilon', 'v_prediction', 'sample'),
  steps_offset: number(0),
}
export const trainSteps = { num_train_timesteps: steps }
export const rescaled = { rescale_betas_zero_snr: flag(false) }
export const spacings = {
  leading: { timestep_spacing: follows('leading', 'trailing', 'linspace') },
  linspace: { timestep_spacing: follows('linspace', 'leading', 'trailing') },
}

/** Sigmas between the first and the last, instead of those of the timesteps. */
export const sigmaSettings = {
  use_karras_sigmas: flag(false),
  use_exponential_sigmas: flag(false),
  use_beta_sigmas: follows(false),
}
export const finalSigma = { final_sigmas_type: follows('zero', 'sigma_min') }

/** The settings of a limit on x_0. */
export const clipSettings = (otherwise: boolean) => ({
  clip_sample: flag(otherwise),
  clip_sample_range: number(1),
})
export const thresholdSettings = {
  thresholding: flag(false),
  dynamic_thresholding_ratio: number(0.995),
  sample_max_value: number(1),
}

/** The limit on x_0 that settings ask for. diffusers thresholds if both are asked for. */
export function limitOf(
  config: Partial<ConfigOf<ReturnType<typeof clipSettings>> & ConfigOf<typeof thresholdSettings>>,
): Limit | undefined {
  if (config.thresholding)
    return { kind: 'threshold', ratio: config.dynamic_thresholding_ratio!, most: config.sample_max_value! }
  return config.clip_sample ? { kind: 'clip', range: config.clip_sample_range! } : undefined
}
