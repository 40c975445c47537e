import type { InferredOptionTypes, Options } from 'yargs'
import { InputError } from '../core/errors.ts'
import { nameInTypes, typesPattern } from '../table/inference/choice.ts'
import { shellLine } from './output.ts'

/** An option or argument for yargs, with our own fields. */
export interface CommandOption extends Options {
  readonly type?: 'boolean' | 'number' | 'string'
  /** Its name in the API, if different. */
  readonly api?: string
  /** What an error suggests instead of a value that is not a number. */
  readonly takes?: string
}

type CommandOptions = Readonly<Record<string, CommandOption>>
type None = Record<never, CommandOption>

export type ArgumentsOf<O extends CommandOptions, P extends CommandOptions = None> = InferredOptionTypes<O> &
  InferredOptionTypes<P> & { readonly json?: boolean }

/** A command's options and handler; its line in --help is in commands/index.ts. */
export interface Command<
  O extends CommandOptions = CommandOptions,
  P extends CommandOptions = CommandOptions,
> {
  readonly options: O
  /** The positional arguments in commands/index.ts. */
  readonly positionals?: P
  /** Replaces the first line of its --help. */
  readonly usage?: string
  readonly examples: readonly (readonly [line: string, about?: string])[]
  readonly epilogue?: string
  handler(argv: ArgumentsOf<O, P>): Promise<void> | void
}

/** Defines a command whose handler's arguments have the types of its options. */
export function defineCommand<const O extends CommandOptions, const P extends CommandOptions = None>(
  command: Command<O, P>,
): Command<O, P> {
  return command
}

/** yargs refuses the command line. Its message, in the system's language, is not used. */
export class UsageError extends Error {}

function kindOf<const K extends CommandOption>(kind: K) {
  return <const F extends CommandOption = Record<never, never>>(describe: string, fields?: F) =>
    ({ ...kind, describe, ...fields }) as K & { readonly describe: string } & F
}

/** Makes an option of each kind from its line in --help and its other fields. */
export const option = {
  text: kindOf({ type: 'string' }),
  flag: kindOf({ type: 'boolean' }),
  number: kindOf({ type: 'number' }),
  positiveInteger: kindOf({ type: 'number', takes: 'a whole number from 1 up' }),
  wholeNumber: kindOf({ type: 'number', takes: 'a whole number from 0 up' }),
  oneOf: <const N extends string>(choices: readonly N[], describe: string) => ({ choices, describe }),
}

export const commonOptions = {
  json: option.flag('print one JSON object on stdout'),
  quiet: option.flag('show only results, warnings and errors'),
  verbose: option.flag('show stack traces of errors'),
} as const satisfies CommandOptions

export const modelArgument = {
  model: option.text('model.onnx or sampler.onnx', { demandOption: true }),
} as const

type Camel<S> = S extends `${infer A}-${infer B}` ? `${A}${Capitalize<Camel<B>>}` : S

/** The first of these options that was given; a flag that is off was not. */
export function givenAmong(argv: object, names: readonly string[]): string | undefined {
  const values = argv as Readonly<Record<string, unknown>>
  return names.find((name) => values[name] !== undefined && values[name] !== false)
}

type Named<O extends CommandOptions> = {
  [N in keyof O as O[N] extends { readonly api: infer A extends string }
    ? A
    : Camel<N> & string]: InferredOptionTypes<O>[N]
}

/** The given values of `options` by their API names. */
export function namedInApi<O extends CommandOptions>(options: O, argv: InferredOptionTypes<O>): Named<O> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { api = camel(name) }]) => [api, argv[name]]),
  ) as Named<O>
}

/** '100,100,20' as numbers. Throws if a part is not a number. */
export function numberList(flag: string, text: string | undefined): number[] | undefined {
  return text?.split(',').map((part) => {
    const value = part.trim() === '' ? Number.NaN : Number(part)
    if (!Number.isFinite(value))
      throw new InputError(
        `${flag} ${text}: '${part}' is not a number: give a list such as 10,7,3`,
        'wrong-type',
      )
    return value
  })
}

/** 'cpu,wasm' as names. */
export function nameList(text: string | undefined): string[] | undefined {
  return text?.split(',').map((name) => name.trim())
}

/** numSteps -> num-steps. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** num-steps -> numSteps. */
export function camel(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}

/** Column kinds in a message as flags: { types: { zip: 'category' } } becomes --types zip=category. */
export function inFlags(message: string): string {
  return message.replace(
    typesPattern,
    (_, name: string, kind: string) => `--types ${shellLine([`${nameInTypes(name)}=${kind}`])}`,
  )
}

/** A column's kind in a message. It ends before the next one begins, so that the time is linear in the message's length. */
const kind = String.raw`\{ types: \{ (?:(?!\{ types: ).)+? \} \}`

/** Advice to give a column a kind: a clause, or words in brackets. */
const kindAdvice = new RegExp(
  String.raw`([,:;]) (?:or )?[^,:;{(]*(?:${kind}(?: or )?)+(?: (?:keeps|makes)[^,:;]*)?(, or )?| \(${kind} keeps it\)`,
  'g',
)

/** A message for a command that has no --types, without the advice to use it. */
export function withoutKinds(message: string): string {
  return message.replace(kindAdvice, (_, mark?: string, others?: string) => {
    if (others === undefined) return ''
    return mark === ':' ? ': ' : others
  })
}

/** A warning that names options in backticks, with flags: `minCategory` becomes --min-category. */
export function warningInFlags(message: string): string {
  return inFlags(message).replace(/`([a-z]\w*)`/g, (_, name: string) => `--${kebab(name)}`)
}
