import { InputError, messageOf } from '../core/errors.ts'
import { coloured } from './colour.ts'
import { shellLine } from './shell.ts'
import { Interrupted } from './signals.ts'

/** What the options that every command has say. */
const manners = { quiet: false, json: false }

export function setManners(options: { quiet?: boolean | undefined; json?: boolean | undefined }): void {
  manners.quiet = options.quiet === true
  manners.json = options.json === true
}

export function isQuiet(): boolean {
  return manners.quiet
}

/** Takes progress off the terminal's last line, where text would run into it. */
let freeLine = () => {}

/** Progress that draws on the terminal's last line says how to take it off again. */
export function takeLine(free: () => void): void {
  freeLine = free
}

function tell(text: string): void {
  freeLine()
  process.stderr.write(`${text}\n`)
}

/** What is good to know: stderr, so that stdout holds results alone. Not under --quiet. */
export function note(message: string): void {
  if (!manners.quiet) tell(message)
}

export function warn(message: string): void {
  tell(`${coloured(process.stderr, 'yellow', 'warning:')} ${message}`)
}

/** Why the answer is no. */
export function refuse(message: string): void {
  tell(coloured(process.stderr, 'red', message))
}

/** The next useful commands, each as its words after `moonstep`. Not under --json, whose reader is a program. */
export function suggest(...commands: readonly (readonly string[])[]): void {
  if (manners.json) return
  for (const [i, words] of commands.entries())
    note(
      `${coloured(process.stderr, 'dim', i === 0 ? 'next:' : '  or:')} ${shellLine(['moonstep', ...words])}`,
    )
}

/** The one JSON object of --json. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

/** Ends the process's work on an error: one line on stderr, and the exit code that belongs to it. */
export function reportError(error: unknown, verbose: boolean): void {
  if (error instanceof Interrupted) {
    process.exitCode = error.exitCode
    tell(error.message)
    return
  }
  process.exitCode = error instanceof InputError ? 2 : 3
  tell(`${coloured(process.stderr, 'red', 'moonstep:')} ${messageOf(error).replaceAll('\n', ' ')}`)
  if (verbose && error instanceof Error && error.stack) tell(error.stack)
}
