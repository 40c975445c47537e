#!/usr/bin/env node
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { InputError } from '../core/errors.ts'
import { version } from '../core/version.ts'
import { benchCommand, benchOptions } from './bench.ts'
import { compareCommand, compareOptions } from './compare.ts'
import { demoCommand } from './demo.ts'
import { doctorCommand, doctorOptions } from './doctor.ts'
import { evaluateCommand, evaluateOptions } from './evaluate.ts'
import { exportCommand, exportOptions } from './export.ts'
import { infoCommand } from './info.ts'
import { reportError } from './output.ts'
import { sampleCommand, sampleOptions } from './sample.ts'
import { trainCommand, trainOptions } from './train.ts'
import { usageMessage } from './usage-message.ts'

// a reader that has seen enough (moonstep sample ... | head) is no error
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const args = hideBin(process.argv)
const optionNames = Object.keys({
  ...trainOptions,
  ...exportOptions,
  ...sampleOptions,
  ...compareOptions,
  ...evaluateOptions,
  ...benchOptions,
  ...doctorOptions,
  json: 0,
  verbose: 0,
})
try {
  await yargs(args)
    .scriptName('moonstep')
    .usage('$0 <command>\n\nTrain small diffusion models, export them as ONNX, sample them anywhere.')
    .command(trainCommand)
    .command(exportCommand)
    .command(sampleCommand)
    .command(compareCommand)
    .command(evaluateCommand)
    .command(benchCommand)
    .command(infoCommand)
    .command(doctorCommand)
    .command(demoCommand)
    .option('json', { type: 'boolean', describe: 'print one JSON object on stdout' })
    .option('verbose', { type: 'boolean', describe: 'show stack traces of errors' })
    .demandCommand(1, 'give a command; moonstep --help lists them')
    .recommendCommands()
    .strict()
    .version(version)
    .parserConfiguration({ 'duplicate-arguments-array': false, 'parse-positional-numbers': false })
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .fail((message, error) => {
      // yargs's own errors are about the command line, the rest come from a command
      if (error && error.name !== 'YError') throw error
      throw new InputError(usageMessage(message || error.message, optionNames))
    })
    .parseAsync()
} catch (error) {
  reportError(error, args.includes('--verbose'))
}
