import type { InferredOptionTypes, Options } from 'yargs'
import { InputError } from '../core/errors.ts'
import type { ScheduleConfig } from '../diffusion/schedule.ts'
import { scheduleOf, scheduleOptions, scheduleParameters } from './schedule-options.ts'

const { schedule: _, ...parameters } = scheduleOptions

/** The options of `plot schedules`. */
export const plotScheduleOptions = {
  schedule: {
    type: 'string',
    describe: 'schedules to compare, linear,polynomial,karras say [default: linear,polynomial]',
    group: 'Schedules:',
  },
  timesteps: { type: 'number', describe: "T [default: the model's, else 10]", group: 'Schedules:' },
  ...Object.fromEntries(
    Object.entries(parameters as Record<string, Options>).map(([name, option]) => [
      name,
      { ...option, group: 'Schedules:' },
    ]),
  ),
} as const satisfies Record<string, Options>

/** Betas that end at almost pure noise in few steps, as the post has them: diffusers' own are for a thousand. */
const betaRange = { betaStart: 1e-4, betaEnd: 0.9 }

/** The schedules that the options name, each with the parameters that it has. Errors: a parameter that none has. */
export function schedulesOf(
  argv: InferredOptionTypes<typeof plotScheduleOptions>,
): ScheduleConfig[] | undefined {
  const given = scheduleParameters.filter((name) => parametersOf(argv)[name] !== undefined)
  if (argv.schedule === undefined && given.length === 0) return undefined
  const configs = kindsIn(argv.schedule ?? 'linear,polynomial').map((schedule) => {
    const config = scheduleOf({ schedule }, { kind: 'squaredcos_cap_v2' })!
    if (schedule.startsWith('{')) return config
    const values = {
      ...betaRange,
      ...Object.fromEntries(given.map((name) => [name, parametersOf(argv)[name]])),
    }
    const own = Object.entries(values).filter(([name]) => Object.hasOwn(config, name))
    return { ...config, ...Object.fromEntries(own) } as ScheduleConfig
  })
  for (const name of given)
    if (!configs.some((config) => Object.hasOwn(config, name)))
      throw new InputError(
        `none of ${configs.map(({ kind }) => kind).join(', ')} has the parameter ${name}: leave it out, or compare a schedule that has`,
      )
  return configs
}

/** 'linear,karras' as two, '{"kind":...},...' each by its braces. */
function kindsIn(text: string): string[] {
  return text
    .split(/,(?![^{]*\})/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** yargs gives `--beta-start` as betaStart too. */
function parametersOf(argv: object): Record<string, number | undefined> {
  return argv as Record<string, number | undefined>
}
