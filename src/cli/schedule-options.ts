import type { InferredOptionTypes } from 'yargs'
import { InputError, unknownName } from '../core/errors.ts'
import type { ScheduleConfig, ScheduleKind } from '../diffusion/schedule.ts'
import { parseJsonAs, shared } from '../model/schemas.ts'
import { type CommandOption, kebab, positiveInteger } from './command.ts'

const parameterOptions = {
  betaStart: { type: 'number', describe: 'first beta' },
  betaEnd: { type: 'number', describe: 'last beta' },
  power: { type: 'number', describe: 'power of the polynomial schedule' },
  sigmaMin: { type: 'number', describe: 'noise of t = 1 (karras)' },
  sigmaMax: { type: 'number', describe: 'noise of t = T (karras)' },
  rho: { type: 'number', describe: 'spacing of the noise levels (karras)' },
} satisfies Record<string, CommandOption>

type Parameter = keyof typeof parameterOptions
export const scheduleParameters = Object.keys(parameterOptions) as readonly Parameter[]
export type ScheduleArguments = { schedule?: string | undefined } & { [P in Parameter]?: number | undefined }

/** Each schedule's parameters with diffusers' usual values, or the post's. */
const defaults: Record<Exclude<ScheduleKind, 'betas'>, Partial<Record<Parameter, number>>> = {
  linear: { betaStart: 1e-4, betaEnd: 0.02 },
  scaled_linear: { betaStart: 8.5e-4, betaEnd: 0.012 },
  polynomial: { betaStart: 1e-4, betaEnd: 0.9, power: 3 },
  squaredcos_cap_v2: {},
  sigmoid: { betaStart: 1e-4, betaEnd: 0.02 },
  karras: { sigmaMin: 0.05, sigmaMax: 6, rho: 7 },
}

export const scheduleOptions = {
  schedule: {
    type: 'string',
    describe: `${Object.keys(defaults).join(', ')}, or JSON: '{"kind":"betas","betas":[0.1,0.5,0.9]}'`,
    group: 'Schedule:',
  },
  ...Object.fromEntries(
    Object.entries(parameterOptions).map(([name, option]) => [
      kebab(name),
      { ...option, group: 'Schedule:' },
    ]),
  ),
} as const satisfies Record<string, CommandOption>

/** The schedule that the options describe; without any, none. Errors: an unknown kind, a parameter it lacks. */
export function scheduleOf(argv: ScheduleArguments, otherwise: ScheduleConfig): ScheduleConfig | undefined {
  const given = scheduleParameters.filter((name) => argv[name] !== undefined)
  if (argv.schedule?.trimStart().startsWith('{')) {
    if (given.length > 0)
      throw new InputError(
        `--${kebab(given[0]!)} beside a schedule as JSON: write it into the JSON`,
        'conflict',
      )
    return parseJsonAs(shared.schedule, argv.schedule, '--schedule')
  }
  if (argv.schedule === undefined && given.length === 0) return undefined
  const kind = argv.schedule ?? otherwise.kind
  if (!Object.hasOwn(defaults, kind))
    throw unknownName('schedule', kind, Object.keys(defaults), { more: ', or give betas as JSON' })
  const parameters: Partial<Record<Parameter, number>> = defaults[kind as keyof typeof defaults]
  for (const name of given)
    if (!Object.hasOwn(parameters, name))
      throw new InputError(
        `schedule ${kind} has no --${kebab(name)}: it takes ${
          Object.keys(parameters)
            .map((p) => `--${kebab(p)}`)
            .join(', ') || 'none'
        }`,
        'unknown-option',
      )
  const base = { ...parameters, ...(kind === otherwise.kind ? otherwise : {}) }
  return { ...base, kind, ...Object.fromEntries(given.map((name) => [name, argv[name]])) } as ScheduleConfig
}

const { schedule: _, ...parameters } = scheduleOptions

/** The options of `plot schedules`. */
export const plotScheduleOptions = {
  schedule: {
    type: 'string',
    api: 'schedules',
    describe: 'schedules to compare, linear,polynomial,karras say [default: linear,polynomial]',
    group: 'Schedules:',
  },
  timesteps: {
    ...positiveInteger,
    api: 'T',
    describe: "T [default: the model's, else 10]",
    group: 'Schedules:',
  },
  ...Object.fromEntries(
    Object.entries(parameters as Record<string, CommandOption>).map(([name, option]) => [
      name,
      { ...option, group: 'Schedules:' },
    ]),
  ),
} as const satisfies Record<string, CommandOption>

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
        `none of ${configs.map(({ kind }) => kind).join(', ')} has --${kebab(name)}: leave it out, or compare a schedule that has`,
        'unknown-option',
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
