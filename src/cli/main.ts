#!/usr/bin/env node
/** The command line: one file for each command in commands/, here their options, output and progress. */
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { InputError } from '../core/errors.ts'
import { version } from '../core/version.ts'
import { commonOptions, UsageError } from './command.ts'
import { diagnose, readCommandLine, typedMessage } from './command-line.ts'
import { commandNames, withCommands } from './commands/index.ts'
import { reportError, setManners } from './output.ts'

// a reader that stops early (moonstep sample ... | head) is no error; a full disk behind a redirect is
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') reportError(new Error(`cannot write to stdout: ${error.message}`))
  process.exit()
})
// nobody reads it any more
process.stderr.on('error', () => {})

const words = normalisedWords(hideBin(process.argv))
try {
  // yargs would use the system's language
  await withCommands(yargs(words).locale('en'))
    .scriptName('moonstep')
    .usage('$0 <command>\n\nTrain small diffusion models, export them as ONNX, sample them anywhere.')
    .options(commonOptions)
    .demandCommand(1)
    .strict()
    .middleware((argv) => setManners(argv))
    .middleware(lastOfEach, true)
    .version(version)
    .alias({ help: 'h', version: 'v' })
    .completion('completion', 'Print a completion script for bash or zsh')
    .parserConfiguration({ 'greedy-arrays': false, 'parse-positional-numbers': false })
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .fail((message, error) => {
      // a command's own error comes without a message
      throw message ? new UsageError() : error
    })
    .parseAsync()
} catch (error) {
  // once a command is loaded, yargs throws its refusals itself
  if (words.includes('--json')) setManners({ json: true })
  const isUsage = error instanceof UsageError || (error as Error | undefined)?.name === 'YError'
  if (isUsage || error instanceof InputError) {
    const line = await readCommandLine(words)
    const inputError = error instanceof InputError ? error : diagnose(line)
    reportError(inputError, typedMessage(inputError, line))
  } else reportError(error)
}

/** The last value of a repeated option counts, except for options that take several. */
function lastOfEach(argv: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(argv))
    if (name !== '_' && name !== 'given' && Array.isArray(value)) argv[name] = value.at(-1)
}

/** Normalises a command line: no words means --help, and `help train` means `train --help`. */
function normalisedWords(words: readonly string[]): string[] {
  const [first = 'help', ...rest] = words
  if (first !== 'help') return [...words]
  // the help of an unknown command would not report it
  return rest[0] === undefined || commandNames.includes(rest[0]) ? [...rest, '--help'] : rest
}
