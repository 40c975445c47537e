import type { ArgumentsCamelCase, Argv, Options } from 'yargs'
import { InputError } from '../core/errors.ts'

/** A command's options and work; its line in --help stands in commands.ts. */
export interface Command<A> {
  readonly options: Readonly<Record<string, Options>>
  /** Adds positional arguments and examples to the parser. */
  builder(yargs: Argv): Argv<unknown>
  handler(argv: ArgumentsCamelCase<A>): Promise<void> | void
}

/** The options with a value required of each that isn't a switch: `--out` alone is a mistake, not an empty name. */
export function withValues<O extends Record<string, Options>>(options: O): O {
  const required = Object.entries(options).map(([name, option]) => [
    name,
    'type' in option && option.type === 'boolean' ? option : { ...option, requiresArg: true },
  ])
  return Object.fromEntries(required) as O
}

/** '100,100,20' as numbers. Errors: a part that is no number. */
export function numberList(option: string, text: string): number[] {
  return text.split(',').map((part) => {
    const value = part.trim() === '' ? Number.NaN : Number(part)
    if (!Number.isFinite(value))
      throw new InputError(`${option} ${text}: '${part}' is no number: give a list such as 10,7,3`)
    return value
  })
}
