#!/usr/bin/env node
/** The program `moonstep`. */
import { hideBin } from 'yargs/helpers'
import { reportError } from './output.ts'
import { main } from './run.ts'

// a reader that stops early (moonstep sample ... | head) is no error; a full disk behind a redirect is
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE')
    process.exitCode = reportError(new Error(`cannot write to stdout: ${error.message}`))
  process.exit()
})
// nobody reads it any more
process.stderr.on('error', () => {})

process.exitCode = await main(hideBin(process.argv), process)
