import { styleText } from 'node:util'
import { InputError, messageOf } from '../core/errors.ts'

type Colour = 'red' | 'yellow' | 'green' | 'dim'

/**
 * Coloured text if `stream` is a terminal with colours, following NO_COLOR, FORCE_COLOR and TERM as Node does. Pipes
 * and files get plain text.
 */
export function coloured(stream: NodeJS.WriteStream, colour: Colour, text: string): string {
  // later versions of Node would check stdout for any stream
  return stream.isTTY && stream.hasColors() ? styleText(colour, text, { validateStream: false }) : text
}

/** A verdict on stdout: green for yes, red for no. */
export function verdict(text: string, pass: boolean): string {
  return coloured(process.stdout, pass ? 'green' : 'red', text)
}

/** Colours a cell or line that begins with a comparison's verdict. */
export function paintVerdict(text: string): string {
  return text.replace(/(?<=^ *)(pass|FAIL)\b/, (word) => verdict(word, word === 'pass'))
}

/** Words as a POSIX shell line, quoted where needed. */
export function shellLine(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ')
}

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const

/** The user or the system stopped the command. */
export class Interrupted extends Error {
  readonly signal: keyof typeof exitCodes
  readonly exitCode: number

  constructor(signal: keyof typeof exitCodes) {
    super(`stopped by ${signal}`)
    this.signal = signal
    this.exitCode = exitCodes[signal]
  }
}

/** Runs `body` with a signal aborted by SIGINT or SIGTERM; a second one ends the process at once. */
export async function interruptible<R>(body: (signal: AbortSignal) => Promise<R>): Promise<R> {
  const controller = new AbortController()
  const listener = (name: NodeJS.Signals) => {
    const interrupted = new Interrupted(name as keyof typeof exitCodes)
    if (controller.signal.aborted) process.exit(interrupted.exitCode)
    controller.abort(interrupted)
  }
  for (const name of Object.keys(exitCodes)) process.on(name, listener)
  try {
    return await body(controller.signal)
  } catch (error) {
    // failures after the signal are due to it, such as a browser that received it too
    throw controller.signal.aborted ? controller.signal.reason : error
  } finally {
    for (const name of Object.keys(exitCodes)) process.off(name, listener)
  }
}

/** The values of the options of every command. */
const manners = { quiet: false, json: false, verbose: false }

export function setManners(options: { [M in keyof typeof manners]?: boolean | undefined }): void {
  for (const name of Object.keys(manners) as (keyof typeof manners)[]) manners[name] = options[name] === true
}

export function isQuiet(): boolean {
  return manners.quiet
}

/** Clears progress from the terminal's last line before other output. */
let freeLine = () => {}

/** Registers how to clear progress from the terminal's last line. */
export function takeLine(free: () => void): void {
  freeLine = free
}

function writeLine(text: string): void {
  freeLine()
  process.stderr.write(`${text}\n`)
}

/** Prints a note to stderr, so that stdout has only results. Silent with --quiet. */
export function note(message: string): void {
  if (!manners.quiet) writeLine(message)
}

export function warn(message: string): void {
  writeLine(`${coloured(process.stderr, 'yellow', 'warning:')} ${message}`)
}

/** Prints why the answer is no. */
export function refuse(message: string): void {
  writeLine(coloured(process.stderr, 'red', message))
}

/**
 * Prints the next useful commands, each as its words after `moonstep`, at the very end; not with --json, nor after a
 * failed write to stdout.
 */
export function suggest(...commands: readonly (readonly string[])[]): void {
  if (manners.json) return
  const line = (words: readonly string[], i: number) =>
    `${coloured(process.stderr, 'dim', i === 0 ? 'next:' : '  or:')} ${shellLine(['moonstep', ...words])}`
  setImmediate(() => {
    for (const [i, words] of commands.entries()) note(line(words, i))
  })
}

let printedJson = false

/** Prints the one JSON object of --json. */
export function printJson(value: unknown): void {
  printedJson = true
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

/**
 * Reports an error: one line on stderr, with --json also an object on stdout if none was printed yet, and its exit
 * code.
 */
export function reportError(error: unknown, message = messageOf(error)): void {
  if (manners.json && !printedJson) printJson({ error: errorFacts(error, message) })
  if (error instanceof Interrupted) {
    process.exitCode = error.exitCode
    writeLine(error.message)
    return
  }
  process.exitCode = error instanceof InputError ? 2 : 3
  writeLine(`${coloured(process.stderr, 'red', 'moonstep:')} ${message.replaceAll('\n', ' ')}`)
  if (manners.verbose && error instanceof Error && error.stack) writeLine(error.stack)
}

/** An error for programs: its code, the message, and the option by its API name. */
function errorFacts(error: unknown, message: string) {
  if (!(error instanceof InputError))
    return { code: error instanceof Interrupted ? 'interrupted' : 'failed', message }
  return { code: error.code, message, option: error.option ?? null }
}
