import { InputError, nearest, nearestName, unknownName } from '../core/errors.ts'
import type { CommandLine } from './command-line.ts'
import { commandNames } from './commands/index.ts'

/** What is wrong with a command line that yargs refuses. */
export function diagnose(line: CommandLine): InputError {
  const { typed, entry, values } = line
  if (typed === undefined) return new InputError('give a command: moonstep --help lists them', 'missing')
  if (!entry)
    return new InputError(
      `unknown command ${typed}${nearest(typed, commandNames)}: moonstep --help lists them`,
      'unknown-name',
    )
  const help = `moonstep ${typed} --help`
  const parameters = entry.command.split(' ').slice(1)
  const lacking = parameters.filter((name) => name.startsWith('<'))[values.length]
  if (lacking !== undefined)
    return new InputError(`moonstep ${typed} needs ${lacking}: ${help} says what it is`, 'missing')
  const surplus = values[parameters.length]
  return (
    unknownOption(line, help) ??
    (surplus !== undefined
      ? new InputError(
          `unexpected argument ${surplus}: moonstep ${typed} takes ${parameters.join(' ') || 'options alone'}`,
          'unknown-option',
        )
      : undefined) ??
    wrongValue(line, help) ??
    new InputError(`this is not how moonstep ${typed} is called: ${help} says how`, 'unknown-option')
  )
}

function unknownOption(line: CommandLine, help: string): InputError | undefined {
  const { options, given } = line
  const strangers = given.filter(({ name }) => !Object.hasOwn(options, name))
  // what is mistyped may be what is missing
  const missing = missingOptions(line)
  const stranger = strangers.find(({ name }) => nearestName(name, missing)) ?? strangers[0]
  if (!stranger) return undefined
  const { flag, name } = stranger
  const near = nearestName(name, missing) ?? nearestName(name, Object.keys(options))
  const meant = near === undefined ? '' : ` (did you mean --${near}?)`
  return new InputError(`unknown option ${flag}${meant}: ${help} lists what there is`, 'unknown-option')
}

function missingOptions({ options, given }: CommandLine): string[] {
  return Object.keys(options).filter(
    (option) => options[option]?.demandOption && !given.some(({ name }) => name === option),
  )
}

function wrongValue(line: CommandLine, help: string): InputError | undefined {
  const { options, given, positionals, values } = line
  for (const { flag, name, text } of given)
    if (text === undefined && options[name]?.type !== 'boolean')
      return new InputError(`${flag} needs a value: ${help} says which`, 'missing')
  const missing = missingOptions(line)
  if (missing.length > 0) {
    const rest =
      missing.length > 1 ? `are missing: ${help} says what they are` : `is missing: ${help} says what it is`
    return new InputError(`--${missing.join(' and --')} ${rest}`, 'missing')
  }
  for (const [i, name] of Object.keys(positionals).entries()) {
    const error = notAmong(name, values[i], positionals[name]?.choices)
    if (error) return error
  }
  for (const { flag, name, text } of given) {
    const { choices, type, takes = 'a number' } = options[name] ?? {}
    const error = notAmong(name, text, choices)
    if (error) return error
    if (type === 'number' && text !== undefined && (text.trim() === '' || Number.isNaN(Number(text))))
      return new InputError(`${flag} ${text} is not a number: give ${takes}`, 'wrong-type')
  }
  return undefined
}

function notAmong(name: string, text: string | undefined, choices: unknown): InputError | undefined {
  if (!Array.isArray(choices) || text === undefined || choices.includes(text)) return undefined
  return unknownName(name, text, choices)
}
