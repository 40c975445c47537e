import { nearest } from '../core/errors.ts'

/** What there is to choose from on a command line. */
export interface Usage {
  /** The names of the commands. */
  readonly commands: readonly string[]
  /** The called one with its arguments, 'sample <model>' say; nothing where none was. */
  readonly called: string | undefined
  /** The names of the options that it has. */
  readonly options: readonly string[]
  /** The names of the options that were given. */
  readonly given: readonly string[]
}

/** yargs's words for a wrong command line, as one line of ours. */
export function usageMessage(message: string, { commands, called, options, given }: Usage): string {
  const [name, ...parameters] = called?.split(' ') ?? []
  const help = `moonstep ${name ? `${name} ` : ''}--help`
  const choice = /Argument: (\S+), Given: "?(.*?)"?, Choices: (.*)/.exec(message)
  if (choice) {
    const [, option, value, choices] = choice as unknown as [string, string, string, string]
    const names = choices.replaceAll('"', '').split(', ')
    return `unknown ${option} ${value}${nearest(value, names)}: choose from ${names.join(', ')}`
  }
  const missing = /^Missing required arguments?: (.*)/.exec(message)?.[1]?.split(', ')
  // yargs tells what is missing before what is mistyped
  const mistyped = missing && given.find((name) => !options.includes(name) && nearest(name, missing))
  const unknown = mistyped ?? /^Unknown (?:argument|command)s?: ([^,]*)/.exec(message)?.[1]
  if (unknown !== undefined && !name)
    return `unknown command ${unknown}${nearest(unknown, commands)}: ${help} lists them`
  if (unknown !== undefined)
    return `unknown argument ${unknown}${nearest(unknown, options)}: ${help} lists what there is`
  if (missing)
    return missing.length > 1
      ? `--${missing.join(' and --')} are missing: ${help} tells what they are`
      : `--${missing[0]} is missing: ${help} tells what it is`
  if (/^Not enough non-option arguments/.test(message))
    return `moonstep ${name} needs an argument, ${parameters.join(' ')}: ${help} tells what it is`
  const lacking = /^Not enough arguments following: (.*)/.exec(message)
  if (lacking) return `--${lacking[1]} needs a value: ${help} tells which`
  return message
}
