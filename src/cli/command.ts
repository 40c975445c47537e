import type { ArgumentsCamelCase, Argv, Options, PositionalOptions } from 'yargs'
import { InputError } from '../core/errors.ts'

/** An option as yargs takes it, and what the command line itself says of it. */
export interface CommandOption extends Options {
  /** Its name in the API, where that is another. */
  readonly api?: string
  /** What to give in place of what is no number. */
  readonly takes?: string
}

/** A command's options and work; its line in --help stands in commands/index.ts. */
export interface Command<A> {
  readonly options: Readonly<Record<string, CommandOption>>
  /** What the command's words in commands/index.ts stand for. */
  readonly positionals?: Readonly<Record<string, PositionalOptions>>
  /** Adds examples to the parser. */
  builder(yargs: Argv): Argv<unknown>
  handler(argv: ArgumentsCamelCase<A>): Promise<void> | void
}

/** yargs refuses the command line. Its reason, in the language of the system, is not read. */
export class UsageError extends Error {}

/** The options that every command has. */
export const commonOptions = {
  json: { type: 'boolean', describe: 'print one JSON object on stdout' },
  quiet: { type: 'boolean', describe: 'only results, warnings and errors' },
  verbose: { type: 'boolean', describe: 'show stack traces of errors' },
} as const satisfies Record<string, CommandOption>

export const positiveInteger = { type: 'number', takes: 'a whole number from 1 up' } as const
export const wholeNumber = { type: 'number', takes: 'a whole number from 0 up' } as const

/** The positional argument of most commands. */
export const modelArgument = {
  model: { type: 'string', demandOption: true, describe: 'model.onnx or sampler.onnx' },
} as const

/** The options with a value required of each that isn't a switch: `--out` alone is a mistake, not an empty name. */
export function withValues<O extends Record<string, CommandOption>>(options: O): O {
  const required = Object.entries(options).map(([name, option]) => [
    name,
    option.type === 'boolean' ? option : { ...option, requiresArg: true },
  ])
  return Object.fromEntries(required) as O
}

/** '100,100,20' as numbers. Errors: a part that is no number. */
export function numberList(flag: string, text: string): number[] {
  return text.split(',').map((part) => {
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
export function nameList(text: string): string[] {
  return text.split(',').map((name) => name.trim())
}

/** numSteps -> num-steps. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
