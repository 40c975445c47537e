import type { InferredOptionTypes } from 'yargs'
import { InputError, unknownName } from '../core/errors.ts'
import type { ScheduleConfig, ScheduleKind } from '../diffusion/schedule.ts'
import { parseJsonAs, shared } from '../model/schemas.ts'
import { type CommandOption, kebab, namedInApi, positiveInteger } from './command.ts'

const parameterOptions = {
  'beta-start': { type: 'number', describe: "first beta [default: the schedule's own]" },
  'beta-end': { type: 'number', describe: "last beta [default: the schedule's own]" },
  power: { type: 'number', describe: 'power of the polynomial schedule [default: 3]' },
  'sigma-min': { type: 'number', describe: "noise of t = 1 (karras) [default: the recipe's, else 0.05]" },
  'sigma-max': { type: 'number', describe: 'noise of t = T (karras) [default: 6]' },
  rho: { type: 'number', describe: "spacing of the noise levels (karras) [default: the recipe's, else 7]" },
} as const

type ParameterArguments = InferredOptionTypes<typeof parameterOptions>
type Parameters = Partial<ReturnType<typeof namedInApi<typeof parameterOptions>>>

/** Each schedule's parameters with diffusers' defaults, or the post's. */
const defaults: Record<Exclude<ScheduleKind, 'betas'>, Parameters> = {
  linear: { betaStart: 1e-4, betaEnd: 0.02 },
  scaled_linear: { betaStart: 8.5e-4, betaEnd: 0.012 },
  polynomial: { betaStart: 1e-4, betaEnd: 0.9, power: 3 },
  squaredcos_cap_v2: {},
  sigmoid: { betaStart: 1e-4, betaEnd: 0.02 },
  karras: { sigmaMin: 0.05, sigmaMax: 6, rho: 7 },
}

/** The post's betas, which reach almost pure noise in few steps; diffusers' are for a thousand. */
const betaRange = { betaStart: 1e-4, betaEnd: 0.9 }

function grouped<O extends Readonly<Record<string, CommandOption>>>(group: string, options: O): O {
  const members = Object.entries(options).map(([name, option]) => [name, { ...option, group }])
  return Object.fromEntries(members) as O
}

/** Options of `train`. */
export const scheduleOptions = grouped('Schedule:', {
  schedule: {
    type: 'string',
    describe: `${Object.keys(defaults).join(', ')}, or JSON: '{"kind":"betas","betas":[0.1,0.5,0.9]}' [default: the recipe's]`,
  },
  ...parameterOptions,
} as const)

/** Options of `plot schedules`. */
export const plotScheduleOptions = grouped('Schedules:', {
  schedule: {
    type: 'string',
    api: 'schedules',
    describe: 'schedules to compare, such as linear,polynomial,karras [default: linear,polynomial]',
  },
  timesteps: { ...positiveInteger, api: 'T', describe: "T [default: the model's, else 10]" },
  ...parameterOptions,
} as const)

/** The schedule of the options, if any. Throws on an unknown kind, or a parameter the schedule does not have. */
export function scheduleOf(
  argv: ParameterArguments & { readonly schedule: string | undefined },
  otherwise: ScheduleConfig,
): ScheduleConfig | undefined {
  const given = parametersIn(argv)
  const [first] = Object.keys(given)
  if (argv.schedule === undefined && first === undefined) return undefined
  const text = argv.schedule ?? otherwise.kind
  if (isJson(text) && first !== undefined)
    throw new InputError(`--${kebab(first)} beside a schedule as JSON: write it into the JSON`, 'conflict')
  const usual = usualConfig(text)
  const lacking = Object.keys(given).find((name) => !Object.hasOwn(usual, name))
  if (lacking !== undefined) {
    const { kind, ...parameters } = usual
    const flags = Object.keys(parameters).map((name) => `--${kebab(name)}`)
    throw new InputError(
      `schedule ${kind} has no --${kebab(lacking)}: it takes ${flags.join(', ') || 'none'}`,
      'unknown-option',
    )
  }
  return { ...usual, ...(text === otherwise.kind ? otherwise : {}), ...given } as ScheduleConfig
}

/** The named schedules, each with its own parameters. Throws on a parameter that none has. */
export function schedulesOf(
  argv: InferredOptionTypes<typeof plotScheduleOptions>,
): ScheduleConfig[] | undefined {
  const given = parametersIn(argv)
  const names = Object.keys(given)
  if (argv.schedule === undefined && names.length === 0) return undefined
  const configs = kindsIn(argv.schedule ?? 'linear,polynomial').map((text) => {
    const usual = usualConfig(text)
    if (isJson(text)) return usual
    const own = Object.entries({ ...betaRange, ...given }).filter(([name]) => Object.hasOwn(usual, name))
    return { ...usual, ...Object.fromEntries(own) } as ScheduleConfig
  })
  const lacking = names.find((name) => !configs.some((config) => Object.hasOwn(config, name)))
  if (lacking !== undefined)
    throw new InputError(
      `none of ${configs.map(({ kind }) => kind).join(', ')} has --${kebab(lacking)}: leave it out, or add a schedule that has it`,
      'unknown-option',
    )
  return configs
}

/** The given parameters. */
function parametersIn(argv: ParameterArguments): Parameters {
  const given = Object.entries(namedInApi(parameterOptions, argv)).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given)
}

const isJson = (text: string) => text.trimStart().startsWith('{')

/** A schedule by name with default parameters, or as JSON. */
function usualConfig(text: string): ScheduleConfig {
  if (isJson(text)) return parseJsonAs(shared.schedule, text, '--schedule')
  if (!Object.hasOwn(defaults, text))
    throw unknownName('schedule', text, Object.keys(defaults), { more: ', or give betas as JSON' })
  return { ...defaults[text as keyof typeof defaults], kind: text } as ScheduleConfig
}

/** Splits 'linear,karras' at commas, and '{"kind":...},...' by braces. */
function kindsIn(text: string): string[] {
  return text
    .split(/,(?![^{]*\})/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
