#!/usr/bin/env node
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { InputError } from '../core/errors.ts'
import { version } from '../core/version.ts'
import { commonOptions, UsageError } from './command.ts'
import { diagnose, readCommandLine, typedMessage } from './command-line.ts'
import { commandNames, withCommands } from './commands/index.ts'
import { reportError, setManners } from './output.ts'

// a reader that has seen enough (moonstep sample ... | head) is no error; a full disk behind a redirect is
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') reportError(new Error(`cannot write to stdout: ${error.message}`))
  process.exit()
})
// whoever closed it does not want to be told
process.stderr.on('error', () => {})

const words = asked(hideBin(process.argv))
try {
  // yargs would speak the system's language
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
    .completion('completion', 'Print a script that has bash or zsh complete commands and options')
    .parserConfiguration({ 'greedy-arrays': false, 'parse-positional-numbers': false })
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .fail((message, error) => {
      // of a command's own error there is no message
      throw message ? new UsageError() : error
    })
    .parseAsync()
} catch (error) {
  // what yargs refuses once a command is loaded it throws itself
  if (words.includes('--json')) setManners({ json: true })
  const isUsage = error instanceof UsageError || (error as Error | undefined)?.name === 'YError'
  if (isUsage || error instanceof InputError) {
    const line = await readCommandLine(words)
    const told = error instanceof InputError ? error : diagnose(line)
    reportError(told, typedMessage(told, line))
  } else reportError(error)
}

/** Of an option that is given twice the last counts, but for those that take several values. */
function lastOfEach(argv: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(argv))
    if (name !== '_' && name !== 'given' && Array.isArray(value)) argv[name] = value.at(-1)
}

/** The command line that is meant: without words the help, and `help train` is `train --help`. */
function asked(given: readonly string[]): string[] {
  const [first = 'help', ...rest] = given
  if (first !== 'help') return [...given]
  // of a command that there is not, the help would not say so
  return rest[0] === undefined || commandNames.includes(rest[0]) ? [...rest, '--help'] : rest
}
