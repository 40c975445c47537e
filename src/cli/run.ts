/** The command line: one file for each command in commands/, here their options, output and progress. */
import { existsSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import yargs from 'yargs'
import { InputError, unknownName } from '../core/errors.ts'
import { missingFolders } from '../core/files.ts'
import { version } from '../core/version.ts'
import { beginCall, call, type Streams } from './call.ts'
import { commonOptions, UsageError } from './command.ts'
import { diagnose, readCommandLine, typedMessage } from './command-line.ts'
import { commandNames, withCommands } from './commands/index.ts'
import { note, printText, reportError, setManners } from './output.ts'

/**
 * Runs a command of the command line to its end.
 *
 * @param typed the words after `moonstep`.
 * @param streams where it writes; the process's if it is a program of its own.
 * @returns the exit status: 0, 1 for a no, 2 for a mistake in the call, 3 for a failure, 130 or 143 after a signal.
 *
 * @example
 * process.exitCode = await main(['sample', 'model.onnx', '--count', '5'], process)
 */
export async function main(typed: readonly string[], streams: Streams): Promise<number> {
  beginCall(typed, streams)
  setManners({})
  const [name, shell, ...others] = typed
  if (name !== 'completion' || shell === undefined || shell.startsWith('-'))
    return run(normalisedWords(typed), streams)
  if (!(shells as readonly string[]).includes(shell)) return reportError(unknownName('shell', shell, shells))
  // yargs writes the script for the shell of the environment
  const { SHELL, ZSH_NAME } = process.env
  Object.assign(process.env, { SHELL: shell, ZSH_NAME: '' })
  try {
    return await run([name, ...others], streams)
  } finally {
    for (const [variable, value] of Object.entries({ SHELL, ZSH_NAME }))
      if (value === undefined) delete process.env[variable]
      else process.env[variable] = value
  }
}

/** The shells whose completion scripts yargs writes and that are tested. */
const shells = ['bash', 'zsh'] as const

async function run(words: readonly string[], streams: Streams): Promise<number> {
  let distant: readonly string[] = []
  try {
    // yargs would use the system's language
    await withCommands(yargs().locale('en'))
      .scriptName('moonstep')
      .usage('$0 <command>\n\nTrain small diffusion models, export them as ONNX, sample them anywhere.')
      .options(commonOptions)
      .demandCommand(1)
      .strict()
      .middleware(async (argv) => {
        setManners(argv)
        await restoreWords(argv, words)
        distant = missingParents(argv)
      })
      .middleware(lastOfEach, true)
      .version(version)
      .alias({ help: 'h', version: 'v' })
      .completion(
        'completion',
        'Print a completion script for your shell; completion bash or completion zsh names it',
      )
      .parserConfiguration({ 'greedy-arrays': false, 'parse-positional-numbers': false })
      .wrap(Math.min(110, streams.stdout.columns ?? 110))
      .fail((message, error) => {
        // a command's own error comes without a message
        throw message ? new UsageError() : error
      })
      // with a callback, yargs leaves its text to us and the process running
      .parseAsync(words, {}, (_, __, text) => {
        if (text) printText(`${text}\n`)
      })
    noteMade(distant)
    // suggestions come last
    await setImmediate()
    return call.exitCode
  } catch (error) {
    // once a command is loaded, yargs throws its refusals itself
    if (words.includes('--json')) setManners({ json: true })
    noteMade(distant)
    const isUsage = error instanceof UsageError || (error as Error | undefined)?.name === 'YError'
    if (isUsage || error instanceof InputError) {
      const line = await readCommandLine(words)
      const inputError = error instanceof InputError ? error : diagnose(line)
      return reportError(inputError, typedMessage(inputError, line))
    }
    const exitCode = reportError(error)
    // suggestions come last
    await setImmediate()
    return exitCode
  }
}

/** Gives arguments that are - their text, which yargs leaves empty. Throws UsageError on those that were typed as empty. */
async function restoreWords(argv: Record<string, unknown>, words: readonly string[]): Promise<void> {
  if (!words.some((word) => word === '-' || word === '' || word.endsWith('='))) return
  const { entry, values, typedOptions } = await readCommandLine(words)
  for (const [i, parameter] of (entry?.command.split(' ').slice(1) ?? []).entries()) {
    const name = parameter.slice(1, -1)
    if (argv[name] === '') argv[name] = values[i]
  }
  if (values.includes('') || typedOptions.some(({ text }) => text === '')) throw new UsageError()
}

/** The last value of a repeated option counts, except for options that take several. */
function lastOfEach(argv: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(argv))
    if (!['_', 'given', 'rule', 'without'].includes(name) && Array.isArray(value)) argv[name] = value.at(-1)
}

/** Normalises a command line: no words means --help, and `help train` means `train --help`. */
function normalisedWords(words: readonly string[]): string[] {
  const [first = 'help', ...rest] = words
  if (first !== 'help') return [...words]
  // the help of an unknown command would not report it
  return rest[0] === undefined || commandNames.includes(rest[0]) ? [...rest, '--help'] : rest
}

/** The options that name a file or folder to write. */
const written = ['out', 'sampler-out', 'seeded-out', 'report', 'trajectory', 'markdown'] as const

/**
 * The folders outside the working folder in which a command will write, and which don't exist yet. A mistyped path makes
 * folders too, and inside the working folder they are seen.
 */
function missingParents(argv: Readonly<Record<string, unknown>>): string[] {
  return written.flatMap((option) => {
    const path = argv[option]
    if (typeof path !== 'string' || path === '') return []
    const parent = dirname(path)
    const isOutside = /^\.\.([\\/]|$)|^([\\/]|[A-Za-z]:)/.test(relative('.', resolve(parent)))
    return isOutside ? missingFolders(parent).slice(0, 1) : []
  })
}

function noteMade(folders: readonly string[]): void {
  for (const folder of new Set(folders)) if (existsSync(folder)) note(`made the folder ${folder}`)
}
