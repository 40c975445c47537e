import { assigned, InputError, nearest, nearestName, unknownName } from '../core/errors.ts'
import { type CommandOption, camel, commonOptions, inFlags, kebab, withoutKinds } from './command.ts'
import { commandNames, commands, type Entry } from './commands/index.ts'

interface TypedOption {
  /** '--count' or '-n'. */
  readonly flag: string
  /** 'count', also for an alias or --numSteps; as typed if there is no such option. */
  readonly name: string
  readonly text: string | undefined
}

/** A command line parsed by the commands' option tables, as yargs parses it. */
export interface CommandLine {
  /** The command as typed, and its entry if it exists. */
  readonly typed: string | undefined
  readonly entry: Entry | undefined
  readonly options: Readonly<Record<string, CommandOption>>
  readonly positionals: Readonly<Record<string, { readonly choices?: unknown }>>
  readonly values: readonly string[]
  readonly typedOptions: readonly TypedOption[]
}

const everywhere: Record<string, CommandOption> = {
  ...commonOptions,
  help: { type: 'boolean', alias: 'h' },
  version: { type: 'boolean', alias: 'v' },
}

/** Other tools' names for our options; the first that the command has is suggested. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  lr: ['learning-rate'],
  epochs: ['steps'],
  iterations: ['steps'],
  device: ['provider', 'engine'],
  gpu: ['provider', 'engine'],
  samples: ['count'],
  output: ['out'],
  data: ['dataset', 'against'],
  input: ['dataset'],
  batch: ['batch-size', 'batches'],
  'random-state': ['seed'],
  layers: ['hidden'],
}

export async function readCommandLine(words: readonly string[]): Promise<CommandLine> {
  const [typed] = readWords(words, everywhere).values
  const entry = commands.find(({ command }) => command.split(' ')[0] === typed)
  const { options = {}, positionals = {} } = (await entry?.load()) ?? {}
  const all = { ...everywhere, ...options }
  const { values, typedOptions } = readWords(words, all)
  return { typed, entry, options: all, positionals, values: values.slice(1), typedOptions }
}

function readWords(words: readonly string[], options: Readonly<Record<string, CommandOption>>) {
  const values: string[] = []
  const typedOptions: TypedOption[] = []
  const names = Object.keys(options)
  const nameOf = (word: string): string =>
    names.find((name) => name === kebab(word) || options[name]?.alias === word) ?? word
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    if (word === '--') {
      values.push(...words.slice(i + 1))
      break
    }
    const [, flag, text] = /^(--[^=]+)(?:=(.*))?$/s.exec(word) ?? /^(-[a-z])(?:=?(.+))?$/is.exec(word) ?? []
    if (flag === undefined) {
      values.push(word)
      continue
    }
    const typedName = nameOf(flag.replace(/^--?/, ''))
    const name = names.includes(typedName) ? typedName : nameOf(typedName.replace(/^no-/, ''))
    const next = words[i + 1]
    const isSwitch = options[name]?.type === 'boolean' || name !== typedName
    const takesNext = isSwitch ? /^(true|false)$/ : /^([^-]|-[\d.]|-?$)/
    const isNext = text === undefined && next !== undefined && takesNext.test(next)
    typedOptions.push({ flag, name, text: isNext ? next : text })
    if (isNext) i += 1
  }
  return { values, typedOptions }
}

/**
 * An error's message for the command line: replaces the API names of options by what was typed. Options that a message
 * only mentions are in backticks.
 */
export function typedMessage({ message, option, value }: InputError, line: CommandLine): string {
  const { options, typedOptions } = line
  const nameOf = (api: string) =>
    Object.keys(options).find((name) => (options[name]?.api ?? name) === api || name === kebab(api))
  const reworded = Object.hasOwn(options, 'types') ? inFlags(message) : withoutKinds(message)
  const hinted = reworded.replace(/`(\w+)`/g, (quoted, api: string) => {
    const name = nameOf(api)
    return name === undefined ? quoted : `--${name}`
  })
  if (option === undefined || !message.startsWith(`${option} `)) return hinted
  if (Object.hasOwn(line.positionals, option)) return hinted.replace(assigned(option, value), String(value))
  const name = nameOf(option)
  if (name === undefined) return hinted
  const typed = typedOptions.findLast((each) => each.name === name)
  if (!typed?.text) return `--${name}${hinted.slice(option.length)}`
  const subject = message.startsWith(assigned(option, value)) ? assigned(option, value) : option
  return `${typed.flag} ${typed.text}${hinted.slice(subject.length)}`
}

/** Explains why yargs refuses a command line. */
export function diagnose(line: CommandLine): InputError {
  const { typed, entry, values } = line
  if (typed === undefined) return new InputError('give a command: moonstep --help lists them', 'missing')
  if (typed === 'completion')
    return new InputError('moonstep completion takes bash or zsh, and no options', 'unknown-option')
  if (!entry)
    return new InputError(
      `unknown command ${typed}${nearest(typed, commandNames)}: moonstep --help lists them`,
      'unknown-name',
    )
  const help = `moonstep ${typed} --help`
  const parameters = entry.command.split(' ').slice(1)
  const lacking = parameters.filter((name, i) => name.startsWith('<') && !values[i])[0]
  if (lacking !== undefined)
    return new InputError(`moonstep ${typed} needs ${lacking}: ${help} describes it`, 'missing')
  const unknown = unknownOption(line, help)
  if (unknown) return unknown
  const [surplus, takes] = [values[parameters.length], parameters.join(' ') || 'only options']
  if (surplus !== undefined)
    return new InputError(
      `unexpected argument ${surplus}: moonstep ${typed} takes ${takes}${parameters.length === 0 && Object.hasOwn(line.options, 'dataset') ? `: give a dataset as --dataset ${surplus}` : ''}`,
      'unknown-option',
    )
  const otherwise = `moonstep ${typed} is not called like this: ${help} shows how`
  return wrongValue(line, help) ?? new InputError(otherwise, 'unknown-option')
}

function unknownOption(line: CommandLine, help: string): InputError | undefined {
  const { options, typedOptions } = line
  const strangers = typedOptions.filter(({ name }) => !Object.hasOwn(options, name))
  // a mistyped option may be the missing one
  const missing = missingOptions(line)
  const stranger = strangers.find(({ name }) => nearestName(name, missing)) ?? strangers[0]
  if (!stranger) return undefined
  const { flag, name } = stranger
  const near =
    nearestName(name, missing) ??
    otherNames[name]?.find((other) => Object.hasOwn(options, other)) ??
    nearestName(name, Object.keys(options))
  const meant = near === undefined ? '' : ` (did you mean --${near}?)`
  return new InputError(`unknown option ${flag}${meant}: ${help} lists the options`, 'unknown-option')
}

function missingOptions({ options, typedOptions }: CommandLine): string[] {
  return Object.keys(options).filter(
    (option) => options[option]?.demandOption && !typedOptions.some(({ name }) => name === option),
  )
}

function wrongValue(line: CommandLine, help: string): InputError | undefined {
  const { options, typedOptions, positionals, values } = line
  const optionOf = (name: string) => ({ option: options[name]?.api ?? camel(name) })
  for (const { flag, name, text } of typedOptions)
    if (!text && options[name]?.type !== 'boolean')
      return new InputError(`${flag} needs a value: ${help} describes it`, 'missing', optionOf(name))
  const missing = missingOptions(line)
  if (missing.length > 0) {
    const [are, them] = missing.length > 1 ? ['are', 'them'] : ['is', 'it']
    const message = `--${missing.join(' and --')} ${are} missing: ${help} describes ${them}`
    return new InputError(message, 'missing', optionOf(missing[0]!))
  }
  for (const [i, name] of Object.keys(positionals).entries()) {
    const error = notAmong(name, values[i], positionals[name]?.choices)
    if (error) return error
  }
  for (const { flag, name, text } of typedOptions) {
    const { choices, type, takes } = options[name] ?? {}
    const error = notAmong(name, text, choices)
    if (error) return error
    const about = { ...optionOf(name), value: text }
    const isOfNumber = type === 'number' || takes !== undefined
    if (isOfNumber && text !== undefined && (text.trim() === '' || Number.isNaN(Number(text))))
      return new InputError(
        `${flag} ${text} is not a number: give ${takes ?? 'a number'}`,
        'wrong-type',
        about,
      )
  }
  return undefined
}

function notAmong(name: string, text: string | undefined, choices: unknown): InputError | undefined {
  if (!Array.isArray(choices) || text === undefined || choices.includes(text)) return undefined
  return unknownName(name, text, choices)
}
