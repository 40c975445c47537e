import { styleText } from 'node:util'
import { InputError, messageOf } from '../core/errors.ts'

type Colour = 'red' | 'yellow' | 'green' | 'dim'

/**
 * Text in a colour where `stream` is a terminal that shows it, as Node reads NO_COLOR, FORCE_COLOR and TERM. Never
 * elsewhere: a pipe or a file gets the text alone.
 */
export function coloured(stream: NodeJS.WriteStream, colour: Colour, text: string): string {
  // later versions of Node would ask stdout, whatever the stream
  return stream.isTTY && stream.hasColors() ? styleText(colour, text, { validateStream: false }) : text
}

/** A result's word on stdout: green where the answer is yes, red where it is no. */
export function verdict(text: string, pass: boolean): string {
  return coloured(process.stdout, pass ? 'green' : 'red', text)
}

/** A cell or a line with a comparison's verdict, if it begins with one, in its colour. */
export function paintVerdict(text: string): string {
  return text.replace(/(?<=^ *)(pass|FAIL)\b/, (word) => verdict(word, word === 'pass'))
}

/** A text as a list's item of lines of at most 80 characters. */
export function wrapped(text: string): string {
  const lines = ['-']
  for (const word of text.split(' '))
    if (`${lines.at(-1)} ${word}`.length <= 80) lines[lines.length - 1] += ` ${word}`
    else lines.push(`  ${word}`)
  return `${lines.join('\n')}\n`
}

/** Words as a POSIX shell takes them apart again: quoted where it would read more than letters. */
export function shellLine(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ')
}

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const

/** The user or the system ended the command. */
export class Interrupted extends Error {
  readonly signal: keyof typeof exitCodes
  readonly exitCode: number

  constructor(signal: keyof typeof exitCodes) {
    super(`stopped by ${signal}`)
    this.signal = signal
    this.exitCode = exitCodes[signal]
  }
}

/** Runs `body` with a signal that SIGINT and SIGTERM abort; a second one of them ends the process at once. */
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
    // what fails now, a browser that heard the signal too say, fails for that
    throw controller.signal.aborted ? controller.signal.reason : error
  } finally {
    for (const name of Object.keys(exitCodes)) process.off(name, listener)
  }
}

/** What the options that every command has say. */
const manners = { quiet: false, json: false, verbose: false }

export function setManners(options: { [M in keyof typeof manners]?: boolean | undefined }): void {
  for (const name of Object.keys(manners) as (keyof typeof manners)[]) manners[name] = options[name] === true
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

/**
 * The next useful commands, each as its words after `moonstep`. Not under --json, whose reader is a program. They come
 * last: where what was printed met a full disk, they don't.
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

/** The one JSON object of --json. */
export function printJson(value: unknown): void {
  printedJson = true
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

/**
 * Ends the process's work on an error: one line on stderr, under --json an object on stdout too where none was printed
 * yet, and the exit code that belongs to it.
 */
export function reportError(error: unknown, message = messageOf(error)): void {
  if (manners.json && !printedJson) printJson({ error: errorFacts(error, message) })
  if (error instanceof Interrupted) {
    process.exitCode = error.exitCode
    tell(error.message)
    return
  }
  process.exitCode = error instanceof InputError ? 2 : 3
  tell(`${coloured(process.stderr, 'red', 'moonstep:')} ${message.replaceAll('\n', ' ')}`)
  if (manners.verbose && error instanceof Error && error.stack) tell(error.stack)
}

/** What a program wants to know of an error: its kind, the line for people, and the option by its name in the API. */
function errorFacts(error: unknown, message: string) {
  if (!(error instanceof InputError))
    return { code: error instanceof Interrupted ? 'interrupted' : 'failed', message }
  return { code: error.code, message, option: error.option ?? null }
}
