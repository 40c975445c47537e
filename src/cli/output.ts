import { createRequire } from 'node:module'
import { withoutPasswords } from '../core/address.ts'
import { InputError, messageOf } from '../core/errors.ts'
import { humanCount, humanRate, humanSeconds, printable, printableLines } from '../core/format.ts'
import type { WorkProgress } from '../core/work.ts'
import type { OnReading } from '../table/formats/read-bytes.ts'
import { call } from './call.ts'
import { type Colour, coloured, paintVerdicts } from './colours.ts'

const require = createRequire(import.meta.url)

/** Words as a line for a shell, quoted where needed; what isn't printable by its bytes, as bash and zsh read them. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ')
}

function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  if (printable(word) === word) return `'${word.replaceAll("'", `'\\''`)}'`
  const byte = (value: number) => `\\x${value.toString(16).padStart(2, '0')}`
  const quoted = word
    .replace(/[\\']/g, '\\$&')
    .replace(/[\p{C}\u2028\u2029]/gu, (character) =>
      [...new TextEncoder().encode(character)].map(byte).join(''),
    )
  return `$'${quoted}'`
}

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const

/** The user or the system stopped the command. */
export class Interrupted extends Error {
  readonly signal: keyof typeof exitCodes

  constructor(signal: keyof typeof exitCodes) {
    super(`stopped by ${signal}`)
    this.signal = signal
  }
}

/** Runs `body` with a signal aborted by SIGINT or SIGTERM; a second one ends the process at once. */
export async function interruptible<R>(body: (signal: AbortSignal) => Promise<R>): Promise<R> {
  const controller = new AbortController()
  const listener = (name: NodeJS.Signals) => {
    const signal = name as keyof typeof exitCodes
    if (controller.signal.aborted) process.exit(exitCodes[signal])
    controller.abort(new Interrupted(signal))
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

const manners = { quiet: false, json: false, verbose: false }

export function setManners(options: { [M in keyof typeof manners]?: boolean | undefined }): void {
  for (const name of Object.keys(manners) as (keyof typeof manners)[]) manners[name] = options[name] === true
}

export function isQuiet(): boolean {
  return manners.quiet
}

/** Clears progress from the terminal's last line before other output. */
let freeLine = () => {}

/**
 * Writes lines to stderr, which only here get colours: a terminal would obey escape sequences in the names of columns,
 * categories and files, which anybody may have written.
 */
function writeLine(text: string, colour?: Colour, label = ''): void {
  freeLine()
  const lines = printableLines(withoutPasswords(text))
  const painted = (part: string) => (colour === undefined ? part : coloured(call.stderr, colour, part))
  call.stderr.write(label === '' ? `${painted(lines)}\n` : `${painted(label)} ${lines}\n`)
}

/** Prints a result for people to stdout; `verdicts` are its words for yes and no. */
export function printText(text: string, verdicts?: readonly [yes: string, no: string]): void {
  const lines = printableLines(withoutPasswords(text))
  call.stdout.write(verdicts ? paintVerdicts(lines, verdicts) : lines)
}

/** Prints a note to stderr, so that stdout has only results. Silent with --quiet. */
export function note(message: string, colour?: Colour, label?: string): void {
  if (!manners.quiet) writeLine(message, colour, label)
}

export function warn(message: string): void {
  writeLine(message, 'yellow', 'warning:')
}

/** Prints why the answer is no. */
export function refuse(message: string): void {
  writeLine(message, 'red')
}

/**
 * Prints the next useful commands, each as its words after `moonstep`, at the very end; not with --json, nor after a
 * failed write to stdout.
 */
export function suggest(...commands: readonly (readonly string[])[]): void {
  if (manners.json) return
  setImmediate(() => {
    for (const [i, words] of commands.entries())
      note(shellLine(['moonstep', ...words]), 'dim', i === 0 ? 'next:' : '  or:')
  })
}

export function printJson(value: unknown): void {
  call.hasPrintedJson = true
  const hide = (_: string, each: unknown) => (typeof each === 'string' ? withoutPasswords(each) : each)
  call.stdout.write(`${JSON.stringify(value, hide)}\n`)
}

/**
 * Reports an error: one line on stderr, with --json also an object on stdout if none was printed yet. Returns its exit
 * code.
 */
export function reportError(error: unknown, message = messageOf(error)): number {
  if (manners.json && !call.hasPrintedJson) printJson({ error: errorFacts(error, message) })
  if (error instanceof Interrupted) {
    writeLine(error.message)
    return exitCodes[error.signal]
  }
  writeLine(message.replaceAll('\n', ' '), 'red', 'moonstep:')
  if (manners.verbose && error instanceof Error && error.stack) writeLine(error.stack)
  return error instanceof InputError ? 2 : 3
}

/** An error for programs: its code, the message, and the option by its API name. */
function errorFacts(error: unknown, message: string) {
  if (!(error instanceof InputError))
    return { code: error instanceof Interrupted ? 'interrupted' : 'failed', message }
  return { code: error.code, message, option: error.option ?? null }
}

/** Progress of a stage; `detail` is extra text, such as the loss. */
interface StageProgress extends WorkProgress {
  readonly detail?: string | undefined
}

/** Shows a command's progress on stderr, one stage at a time; nothing with --quiet. */
export interface Progress {
  /** A stage of unknown length: shows the time so far. */
  wait(stage: string): void
  /** A stage with a count: also shows the rate and the time left. The first update begins the stage. */
  update(progress: StageProgress): void
  stop(): void
}

/** Seconds between lines without a terminal. */
const lineSeconds = 5

/** Creates a command's progress, shown until its next stage or `stop`. */
export function createProgress(): Progress {
  if (manners.quiet) return { wait() {}, update() {}, stop() {} }
  let last: StageProgress | undefined
  let update: (now: StageProgress) => void = () => {}
  let stop = () => {}
  return {
    wait(stage) {
      stop()
      last = undefined
      stop = waiting(stage)
    },
    update(now) {
      if (now.stage !== last?.stage || now.unit !== last.unit || now.done < last.done) {
        stop()
        const display = call.stderr.isTTY ? bar(now) : lines()
        update = display.update
        stop = display.stop
      }
      last = now
      update(now)
    },
    stop() {
      stop()
      last = undefined
      stop = () => {}
    },
  }
}

/** Runs `body` as a stage of unknown length, until it reports more. */
export async function waitFor<R>(stage: string, body: (progress: Progress) => Promise<R>): Promise<R> {
  const progress = createProgress()
  progress.wait(stage)
  return body(progress).finally(progress.stop)
}

/** The same for work that an interrupt aborts. */
export function waitForWork<R>(
  stage: string,
  body: (signal: AbortSignal, progress: Progress) => Promise<R>,
): Promise<R> {
  return waitFor(stage, (progress) => interruptible((signal) => body(signal, progress)))
}

export function readingOf({ update }: Progress): OnReading {
  return ({ done, count }) =>
    update({ stage: 'reading', unit: 'KB', done: Math.round(done / 1000), count: Math.round(count / 1000) })
}

/** On a terminal, shows the stage at once, because long synchronous work blocks timers. */
function waiting(stage: string): () => void {
  const start = performance.now()
  const soFar = () => humanSeconds((performance.now() - start) / 1000)
  if (!call.stderr.isTTY) {
    const timer = setInterval(() => note(`${stage}: ${soFar()} so far`), lineSeconds * 1000)
    return () => clearInterval(timer)
  }
  const clear = () => call.stderr.write('\r\u001b[K')
  const show = (text: string) => {
    clear()
    call.stderr.write(printable(text))
    freeLine = clear
  }
  show(`${stage} …`)
  const timer = setInterval(() => show(`${stage} … ${soFar()}`), 1000)
  return () => {
    clearInterval(timer)
    clear()
    freeLine = () => {}
  }
}

function rateAndRest(start: number, { done, count, unit }: StageProgress) {
  const rate = done / ((performance.now() - start) / 1000)
  return { rate: `${humanRate(rate)} ${unit}/s`, rest: humanSeconds((count - done) / rate) }
}

function lines() {
  const start = performance.now()
  let last = start
  return {
    update(now: StageProgress) {
      const { stage, done, count, unit, detail } = now
      if (performance.now() - last < lineSeconds * 1000 || done === count) return
      last = performance.now()
      const { rate, rest } = rateAndRest(start, now)
      const counted = `${humanCount(done)} of ${humanCount(count)} ${unit}`
      note(`${stage}: ${counted}${detail ? `, ${detail}` : ''}, ${rate}, ${rest} left`)
    },
    stop() {},
  }
}

/** Hidden while other output is written, and redrawn with the next update. */
function bar({ stage, unit, count }: StageProgress) {
  const start = performance.now()
  // loading it takes as long as many commands run
  const { SingleBar } = require('cli-progress') as typeof import('cli-progress')
  const bar = new SingleBar({
    format: `${printable(stage)} {bar} {percentage}% | {value}/{total} ${unit}{detail} | {rate} | {rest} left`,
    formatValue: (value, _, type) =>
      type === 'value' || type === 'total' ? humanCount(value) : String(value),
    barCompleteChar: '█',
    barIncompleteChar: '░',
    stream: call.stderr,
    hideCursor: true,
    clearOnComplete: true,
  })
  let isShown = false
  const hide = () => {
    if (isShown) bar.stop()
    isShown = false
  }
  return {
    update(now: StageProgress) {
      const detail = now.detail ? ` | ${printable(now.detail)}` : ''
      const payload = { detail, ...rateAndRest(start, now) }
      if (isShown) bar.update(now.done, payload)
      else bar.start(count, now.done, payload)
      isShown = true
      freeLine = hide
    },
    stop: hide,
  }
}
