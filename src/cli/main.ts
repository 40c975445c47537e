#!/usr/bin/env node
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { InputError } from '../core/errors.ts'
import { version } from '../core/version.ts'
import { commandNames, withCommands } from './commands/index.ts'
import { reportError, setManners } from './output.ts'
import { usageMessage } from './usage.ts'

// a reader that has seen enough (moonstep sample ... | head) is no error
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const args = hideBin(process.argv)
const given = args.flatMap((word) => /^--([^=]+)/.exec(word)?.[1] ?? [])
const options = ['json', 'quiet', 'verbose', 'help', 'version']
let called: string | undefined
try {
  await withCommands(yargs(args), (command, names) => {
    called = command
    options.push(...names)
  })
    .scriptName('moonstep')
    .usage('$0 <command>\n\nTrain small diffusion models, export them as ONNX, sample them anywhere.')
    .option('json', { type: 'boolean', describe: 'print one JSON object on stdout' })
    .option('quiet', { type: 'boolean', describe: 'only results, warnings and errors' })
    .option('verbose', { type: 'boolean', describe: 'show stack traces of errors' })
    .demandCommand(1, 'give a command; moonstep --help lists them')
    .strict()
    .middleware((argv) => setManners(argv))
    .version(version)
    .parserConfiguration({ 'duplicate-arguments-array': false, 'parse-positional-numbers': false })
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .fail((message, error) => {
      throw error ?? Object.assign(new Error(message), { name: 'YError' })
    })
    .parseAsync()
} catch (error) {
  // yargs's own errors are about the command line, the rest come from a command
  const isUsage = error instanceof Error && error.name === 'YError'
  const told = isUsage
    ? new InputError(usageMessage(error.message, { commands: commandNames, called, options, given }))
    : error
  reportError(told, args.includes('--verbose'))
}
