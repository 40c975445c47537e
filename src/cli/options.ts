import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import type { InferredOptionTypes } from 'yargs'
import { InputError, unknownName } from '../core/errors.ts'
import { type ProcessChoice, processChoiceOf } from '../diffusion/process.ts'
import { samplerNames, samplerParameters } from '../diffusion/samplers/index.ts'
import type { ParameterSpec } from '../diffusion/samplers/sampler.ts'
import type { ScheduleConfig, ScheduleKind } from '../diffusion/schedule.ts'
import type { Model } from '../infer/model.ts'
import type { Skipped } from '../infer/provider.ts'
import type { SessionInfo } from '../infer/session.ts'
import { parseJsonAs } from '../model/parse.ts'
import { shared } from '../model/schemas.ts'
import { loadModel, type NodeLoadOptions, nodeProviders } from '../node/providers.ts'
import { tableEndings } from '../table/formats/read-bytes.ts'
import { givenFrom } from '../table/given.ts'
import type { Given } from '../table/known.ts'
import { type CommandOption, kebab, namedInApi, numberList, option } from './command.ts'
import { freeRun } from './next-commands.ts'
import { interruptible, note, shellLine, waitFor } from './output.ts'

export const providerOptions = {
  provider: {
    choices: [...nodeProviders.map(({ name }) => name), 'auto'],
    default: nodeProviders[0].name,
    describe: 'what runs the graph',
  },
  'device-id': option.wholeNumber('index of the GPU, for provider cuda [default: 0]'),
  threads: option.positiveInteger('CPU threads [default: all cores; 1 in a browser]'),
  'self-test': option.flag("run the card's golden vectors first; --no-self-test skips them", {
    default: true,
  }),
  'without-faker': option.flag(
    "make names and words in the training rows' format, without the package @faker-js/faker (models of tables)",
  ),
} as const

export type ProviderArguments = InferredOptionTypes<typeof providerOptions>

/** Loads a model on the chosen provider and notes what `auto` skipped. Throws as `loadModel` does, and on a table's file. */
export async function loadOn(path: string, argv: ProviderArguments): Promise<Model> {
  requireNoTable(path)
  const options = namedInApi(providerOptions, argv)
  const provider = options.provider as NodeLoadOptions['provider']
  const model = await loadModel(path, { ...options, provider })
  noteSkipped(model.skipped)
  return model
}

export function noteSkipped(skipped: readonly Skipped[]): void {
  for (const { provider, reason } of skipped)
    note(`not on ${provider}: ${reason.replace('`providers`', '--providers')}`)
}

/** Endings of files that are surely tables; a .json may be anything. */
const endingsOfTables = tableEndings.filter((ending) => ending !== '.json' && ending !== '.gz')

/** Throws InputError if a path is a table's file. `instead` says what can be done with it; by default, that train takes it. */
export function requireNoTable(path: string, instead?: string): void {
  const file = path.replace(/\.gz$/i, '').toLowerCase()
  if (!endingsOfTables.some((ending) => file.endsWith(ending)) || !existsSync(path)) return
  const name = basename(path).split('.')[0]!
  const command = shellLine(['moonstep', 'train', '--dataset', path, '--out', freeRun(name)])
  const remedy = instead ?? `${command} trains one from it`
  throw new InputError(`${path} is a table, not a model: ${remedy}`, 'bad-model', {
    option: 'model',
    value: path,
  })
}

/** Loads the model for `body`, and disposes of it after that; an interrupt aborts the signal. */
export function withModel<R>(
  argv: ProviderArguments & { readonly model: string },
  body: (model: Model, signal: AbortSignal) => Promise<R>,
): Promise<R> {
  return interruptible(async (signal) => {
    const model = await waitFor('loading the model', () => loadOn(argv.model, argv))
    return body(model, signal).finally(() => model.dispose())
  })
}

/** 'webgpu (llvmpipe)': a provider and its GPU, if any. */
export function describeProvider({ provider, adapter, tf32 }: SessionInfo): string {
  const details = [adapter, tf32 ? 'TF32' : null].filter(Boolean).join(', ')
  return details ? `${provider} (${details})` : provider
}

/** How to read a table's file. */
export const fileOptions = {
  'max-size': option.text(
    "the most that a compressed file may unpack to, and that a table's cells may take, such as 16GB [default: 8GiB; a compressed file 100 times its size]",
  ),
  sheet: option.text('the sheet of an .xlsx file [default: the first]'),
} as const

const units = { KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 }

/** '16GB' in bytes. Throws InputError on anything else. */
export function maxSizeOf({
  'max-size': text,
}: {
  readonly 'max-size': string | undefined
}): number | undefined {
  if (text === undefined) return undefined
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/i.exec(text.trim()) ?? []
  const factor = Object.entries(units).find(([name]) => name.toLowerCase() === unit.toLowerCase())?.[1]
  const size = Math.floor(Number(number) * (factor ?? Number.NaN))
  if (Number.isSafeInteger(size) && size > 0) return size
  throw new InputError(`--max-size ${text}: give a size such as 500MB or 16GB`, 'out-of-range', {
    option: 'maxSize',
    value: text,
  })
}

function parameterOption(spec: ParameterSpec): CommandOption {
  const describe = `${spec.describe} [default: ${spec.default}]`
  if (!('choices' in spec))
    return option.number(describe, { takes: `a number from ${spec.min} to ${spec.max}` })
  const isText = spec.choices.every((choice) => typeof choice === 'string')
  return isText
    ? { choices: spec.choices, describe }
    : option.number(describe, { takes: spec.choices.join(' or ') })
}

/** Options of the reverse process, for `sample`, `export` and `distill`. */
export const samplerOptions: Readonly<Record<'sampler' | 'num-steps' | 'timesteps', CommandOption>> = {
  sampler: option.oneOf(samplerNames(), "the reverse process [default: the model's own]"),
  ...Object.fromEntries([...samplerParameters()].map(([name, spec]) => [name, parameterOption(spec)])),
  'num-steps': option.positiveInteger("steps out of T [default: the model's own]"),
  timesteps: option.text('explicit timesteps, such as 10,7,3 [default: spaced by --num-steps]'),
}

export function processChoice(argv: object): ProcessChoice {
  const { timesteps } = argv as { readonly timesteps?: string }
  // yargs also sets numSteps for --num-steps
  return { ...processChoiceOf(argv), timesteps: numberList('--timesteps', timesteps) }
}

/** ['sex=female'] as values by column. Throws as `givenFrom` does. */
export function givenOf(pairs: readonly string[] | undefined): Given | undefined {
  return pairs && givenFrom(pairs)
}

const parameterOptions = {
  'beta-start': option.number("first beta [default: the schedule's own]"),
  'beta-end': option.number("last beta [default: the schedule's own]"),
  power: option.number('power of the polynomial schedule [default: 3]'),
  'sigma-min': option.number("noise of t = 1 (karras) [default: the recipe's, else 0.05]"),
  'sigma-max': option.number('noise of t = T (karras) [default: 6]'),
  rho: option.number("spacing of the noise levels (karras) [default: the recipe's, else 7]"),
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

export const scheduleOptions = grouped('Schedule:', {
  schedule: option.text(
    `${Object.keys(defaults).join(', ')}, or JSON: '{"kind":"betas","betas":[0.1,0.5,0.9]}' [default: the recipe's]`,
  ),
  ...parameterOptions,
} as const)

export const plotScheduleOptions = grouped('Schedules:', {
  schedule: {
    ...option.text('schedules to compare, such as linear,polynomial,karras [default: linear,polynomial]'),
    api: 'schedules',
  },
  timesteps: option.positiveInteger("T [default: the model's, else 10]", { api: 'T' }),
  ...parameterOptions,
} as const)

/** The schedule of the options, if any. Throws on an unknown kind, or a parameter the schedule does not have. */
export function scheduleOf(
  argv: ParameterArguments & { readonly schedule: string | undefined },
  otherwise: ScheduleConfig,
): ScheduleConfig | undefined {
  const chosen = parametersIn(argv)
  const [first] = Object.keys(chosen)
  if (argv.schedule === undefined && first === undefined) return undefined
  const text = argv.schedule ?? otherwise.kind
  if (isJson(text) && first !== undefined)
    throw new InputError(`--${kebab(first)} beside a schedule as JSON: write it into the JSON`, 'conflict')
  const config = configFrom(text)
  const lacking = Object.keys(chosen).find((name) => !Object.hasOwn(config, name))
  if (lacking !== undefined) {
    const { kind, ...parameters } = config
    const flags = Object.keys(parameters).map((name) => `--${kebab(name)}`)
    throw new InputError(
      `schedule ${kind} has no --${kebab(lacking)}: it takes ${flags.join(', ') || 'none'}`,
      'unknown-option',
    )
  }
  return { ...config, ...(text === otherwise.kind ? otherwise : {}), ...chosen } as ScheduleConfig
}

/** The named schedules, each with the chosen parameters that it has. Throws on a parameter that no schedule has. */
export function schedulesOf(
  argv: InferredOptionTypes<typeof plotScheduleOptions>,
): ScheduleConfig[] | undefined {
  const chosen = parametersIn(argv)
  const names = Object.keys(chosen)
  if (argv.schedule === undefined && names.length === 0) return undefined
  const configs = kindsIn(argv.schedule ?? 'linear,polynomial').map((text) => {
    const config = configFrom(text)
    if (isJson(text)) return config
    const parameters = Object.entries({ ...betaRange, ...chosen })
    const given = parameters.filter(([name]) => Object.hasOwn(config, name))
    return { ...config, ...Object.fromEntries(given) } as ScheduleConfig
  })
  const lacking = names.find((name) => !configs.some((config) => Object.hasOwn(config, name)))
  if (lacking !== undefined)
    throw new InputError(
      `none of ${configs.map(({ kind }) => kind).join(', ')} has --${kebab(lacking)}: leave it out, or add a schedule that has it`,
      'unknown-option',
    )
  return configs
}

function parametersIn(argv: ParameterArguments): Parameters {
  const all = Object.entries(namedInApi(parameterOptions, argv))
  return Object.fromEntries(all.filter(([, value]) => value !== undefined))
}

const isJson = (text: string) => text.trimStart().startsWith('{')

/** A schedule by name with default parameters, or as JSON. */
function configFrom(text: string): ScheduleConfig {
  if (isJson(text)) return parseJsonAs(shared.schedule, text, '--schedule')
  if (!Object.hasOwn(defaults, text))
    throw unknownName('schedule', text, Object.keys(defaults), { more: ', or give betas as JSON' })
  return { ...defaults[text as keyof typeof defaults], kind: text } as ScheduleConfig
}

/** Splits 'linear,karras' at commas, and '{"kind":...},...' by braces. */
function kindsIn(text: string): string[] {
  const parts = text.split(/,(?![^{]*\})/).map((part) => part.trim())
  return parts.filter((part) => part !== '')
}
