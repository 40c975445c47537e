import { InputError, messageOf } from '../core/errors.ts'
import { Interrupted } from './signals.ts'

/** Progress, warnings and notes: stderr, so that stdout holds results alone. */
export function note(message: string): void {
  process.stderr.write(`${message}\n`)
}

export function warn(message: string): void {
  note(`warning: ${message}`)
}

/** The one JSON object of --json. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

/** Ends the process's work on an error: one line on stderr, and the exit code that belongs to it. */
export function reportError(error: unknown, verbose: boolean): void {
  if (error instanceof Interrupted) {
    process.exitCode = error.exitCode
    note(error.message)
    return
  }
  process.exitCode = error instanceof InputError ? 2 : 3
  note(`moonstep: ${messageOf(error).replaceAll('\n', ' ')}`)
  if (verbose && error instanceof Error && error.stack) note(error.stack)
}

/** 0.0123 -> '12 ms', 75 -> '1 min 15 s'. */
export function humanSeconds(seconds: number): string {
  if (seconds < 1) return `${Number((seconds * 1000).toPrecision(2))} ms`
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

export function humanBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`
}
