/**
 * What the caller gave is wrong: an option, a file, data, or a provider that this machine lacks.
 * The message is one line that names the thing, says what was wrong and what would be right.
 * The command line prints it alone and exits with 2.
 */
export class InputError extends Error {
  override name = 'InputError'
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Throws an InputError unless `value` is an integer from `low` to `high`. */
export function requireInteger(what: string, value: number, low: number, high: number): number {
  if (!Number.isInteger(value) || value < low || value > high)
    throw new InputError(`${what} is ${value}: give a whole number from ${low} to ${high}`)
  return value
}
