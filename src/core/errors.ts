import { closest, distance } from 'fastest-levenshtein'

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

/** ' (did you mean two-moons?)' where one of `names` is near to what was given or alone holds it, nothing otherwise. */
export function nearest(given: string, names: readonly string[]): string {
  if (names.length === 0) return ''
  const candidate = closest(given, names)
  const isNear = distance(given, candidate) <= Math.max(2, given.length / 3)
  const holders = given.length < 3 ? [] : names.filter((name) => name.includes(given))
  const meant = isNear ? candidate : holders.length === 1 ? holders[0] : undefined
  return meant === undefined ? '' : ` (did you mean ${meant}?)`
}
