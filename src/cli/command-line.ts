import { assigned, type InputError } from '../core/errors.ts'
import { type CommandOption, commonOptions, kebab } from './command.ts'
import { commands, type Entry } from './commands/index.ts'

/** An option as it was typed. */
interface Given {
  /** '--count' or '-n'. */
  readonly flag: string
  /** 'count', of an alias or --numSteps too; as typed where there is no such option. */
  readonly name: string
  /** Nothing of a switch, or where a value lacks. */
  readonly text: string | undefined
}

/** What was typed, read by the tables of the commands' options as yargs reads it. */
export interface CommandLine {
  /** The command as typed, and its entry if there is one. */
  readonly typed: string | undefined
  readonly entry: Entry | undefined
  readonly options: Readonly<Record<string, CommandOption>>
  readonly positionals: Readonly<Record<string, { readonly choices?: unknown }>>
  /** The values of the positional arguments. */
  readonly values: readonly string[]
  readonly given: readonly Given[]
}

const everywhere: Record<string, CommandOption> = {
  ...commonOptions,
  help: { type: 'boolean' },
  version: { type: 'boolean' },
}

export async function readCommandLine(words: readonly string[]): Promise<CommandLine> {
  const [typed] = readWords(words, everywhere).values
  const entry = commands.find(({ command }) => command.split(' ')[0] === typed)
  const { options = {}, positionals = {} } = (await entry?.load()) ?? {}
  const all = { ...everywhere, ...options }
  const { values, given } = readWords(words, all)
  return { typed, entry, options: all, positionals, values: values.slice(1), given }
}

function readWords(words: readonly string[], options: Readonly<Record<string, CommandOption>>) {
  const values: string[] = []
  const given: Given[] = []
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
    const own = nameOf(flag.replace(/^--?/, ''))
    const name = names.includes(own) ? own : nameOf(own.replace(/^no-/, ''))
    const next = words[i + 1]
    const isSwitch = options[name]?.type === 'boolean' || name !== own
    const takesNext = isSwitch ? /^(true|false)$/ : /^([^-]|-[\d.]|-?$)/
    if (text !== undefined) given.push({ flag, name, text })
    else if (next !== undefined && takesNext.test(next)) {
      given.push({ flag, name, text: next })
      i += 1
    } else given.push({ flag, name, text: undefined })
  }
  return { values, given }
}

/**
 * An error's message for who typed the line: the library speaks of options by their names in the API, and this puts
 * what was typed in their place. A name in backticks is one that the message hints at.
 */
export function typedMessage({ message, option, value }: InputError, line: CommandLine): string {
  const { options, given } = line
  const nameOf = (api: string) =>
    Object.keys(options).find((name) => (options[name]?.api ?? name) === api || name === kebab(api))
  const hinted = message.replace(/`(\w+)`/g, (quoted, api: string) => {
    const name = nameOf(api)
    return name === undefined ? quoted : `--${name}`
  })
  if (option === undefined || !message.startsWith(`${option} `)) return hinted
  if (Object.hasOwn(line.positionals, option)) return hinted.replace(assigned(option, value), String(value))
  const name = nameOf(option)
  if (name === undefined) return hinted
  const typed = given.findLast((each) => each.name === name)
  if (!typed?.text) return `--${name}${hinted.slice(option.length)}`
  const said = message.startsWith(assigned(option, value)) ? assigned(option, value) : option
  return `${typed.flag} ${typed.text}${hinted.slice(said.length)}`
}
