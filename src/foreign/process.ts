import { InputError, unknownName } from '../core/errors.ts'
import { type ProcessChoice, type SamplingPlan, stagesOf } from '../diffusion/process.ts'
import { chooseSampler, defaultSampler, isStochastic, samplerOf } from '../diffusion/samplers/index.ts'
import type { Schedule } from '../diffusion/schedule.ts'
import { parseAs } from '../model/parse.ts'
import type { StepsRequest } from './levels.ts'
import { schedulers } from './schedulers/index.ts'
import type { SchedulerPlan } from './schedulers/scheduler.ts'

/** Steps of a caller who says nothing, as diffusers' pipelines of pixels take them. */
export const defaultSteps = 50

/**
 * The plan that a scheduler_config.json asks for. `sampler` and its parameters take our own formula on the scheduler's
 * noise levels. Throws InputError on a scheduler, a setting or a choice that we do not follow.
 */
export function samplingPlanOf(
  config: Readonly<Record<string, unknown>>,
  choice: ProcessChoice = {},
): SamplingPlan {
  const { numSteps, timesteps, ...samplerChoice } = choice
  if (timesteps !== undefined && numSteps !== undefined)
    throw new InputError('give `numSteps` or `timesteps`, not both', 'conflict')
  const spacing = ['use_karras_sigmas', 'use_exponential_sigmas', 'use_lu_lambdas'].find((key) => config[key])
  if (timesteps && spacing)
    throw new InputError(`${spacing} spaces the noise levels itself: leave \`timesteps\` out`, 'conflict')
  const request = { numSteps: timesteps?.length ?? numSteps ?? defaultSteps, timesteps }
  const name = schedulerName(config)
  return formulate(name, schedulerPlanOf(name, config, request), samplerChoice)
}

/** The class of a scheduler_config.json. Throws InputError if there is none, or one that we do not follow. */
export function schedulerName(config: Readonly<Record<string, unknown>>): keyof typeof schedulers {
  const name = config._class_name
  if (typeof name !== 'string')
    throw new InputError(
      'scheduler_config.json has no _class_name: give one that diffusers wrote',
      'bad-model',
    )
  if (Object.hasOwn(schedulers, name)) return name as keyof typeof schedulers
  throw unknownName('scheduler', name, Object.keys(schedulers))
}

function schedulerPlanOf(
  name: keyof typeof schedulers,
  config: Readonly<Record<string, unknown>>,
  request: StepsRequest,
): SchedulerPlan {
  return schedulers[name].plan(config, request, (schema, value) =>
    parseAs(schema, value, `scheduler_config.json of ${name}`),
  )
}

/** The stages of a plan: by its sampler, by one that the caller chose, or by forms of its own. */
function formulate(
  scheduler: string,
  plan: SchedulerPlan,
  choice: Omit<ProcessChoice, 'numSteps' | 'timesteps'>,
): SamplingPlan {
  const { steps, limit, start = 1 } = plan
  const isOwn = Object.values(choice).every((value) => value === undefined)
  if (!plan.sampler && !isOwn && choice.sampler === undefined)
    throw new InputError(
      `${scheduler} has a formula of its own, which takes no ${Object.keys(choice)[0]}: name a sampler that does`,
      'conflict',
    )
  const sampler = isOwn
    ? plan.sampler
    : chooseSampler(choice, plan.sampler ?? defaultSampler(choice.sampler!))
  const { schedule, indices } = scheduleOf(plan)
  const { name, ...parameters } = sampler ?? { name: 'ddim', eta: 0 }
  const formula = samplerOf(name).formula(schedule, parameters)
  const changes = isOwn || name === plan.sampler?.name ? plan.forms : undefined
  const formulaSteps = steps.map((_, i) => {
    const { from: t, to: s } = indices[i]!
    const before = i === 0 || plan.isAnew?.(i) ? undefined : indices[i - 1]!.from
    const ofSampler = sampler ? formula(t, s, before) : []
    const forms = changes?.(i, ofSampler) ?? ofSampler
    // forms of a scheduler's own are of one call, at the step's level
    return { t, s, forms: sampler ? forms : forms.map((form) => ({ ...form, t })) }
  })
  const levels = new Map(
    steps.flatMap(({ from, to }, i) => [[indices[i]!.to, to] as const, [indices[i]!.from, from] as const]),
  )
  const stages = stagesOf(formulaSteps, {
    levelOf(t) {
      const at = levels.get(t)!
      return { time: at.time, scale: at.scale, sample: plan.sampleAt(at) }
    },
    limit,
    end: steps.at(-1)!.to.unit,
    tooLarge: ({ t }, coefficient) =>
      `${scheduler}: the step from time ${levels.get(t)!.time} has the coefficient ${coefficient}, above 1e6: ` +
      'its noise level has too little signal for what the network predicts: train it to predict v, or leave ' +
      'rescale_betas_zero_snr out',
  })
  return {
    timesteps: steps.map(({ from }) => from.time),
    stages,
    isStochastic: sampler && !changes ? isStochastic(sampler) : stages.some(({ noise }) => noise !== 0),
    start: start / steps[0]!.from.unit,
    limit,
  }
}

/**
 * A plan's levels as a schedule, for samplers: an index for each, which falls along the plan. Index 0 is the data, so a
 * plan that ends at a level with noise ends at 1.
 */
function scheduleOf({ steps }: SchedulerPlan): {
  schedule: Schedule
  indices: { from: number; to: number }[]
} {
  const alphaBars = [1]
  const isClean = steps.at(-1)!.to.alphaBar === 1
  const indices = steps
    .toReversed()
    .map(({ from, to }, i, { length }) => {
      const next = steps[length - i]?.from
      if (i === 0 ? !isClean : next !== to) alphaBars.push(to.alphaBar)
      const indexOfTo = alphaBars.length - 1
      alphaBars.push(from.alphaBar)
      return { from: indexOfTo + 1, to: indexOfTo }
    })
    .reverse()
  const alphas = alphaBars.map((bar, t) => (t === 0 ? 1 : bar / alphaBars[t - 1]!))
  const betas = alphas.map((alpha) => 1 - alpha)
  return {
    schedule: {
      config: { kind: 'betas', betas: betas.slice(1) },
      T: betas.length - 1,
      betas,
      alphas,
      alphaBars,
    },
    indices,
  }
}
