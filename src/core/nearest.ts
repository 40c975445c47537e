import { closest, distance } from 'fastest-levenshtein'

/** ' (did you mean two-moons?)' where one of `names` is near to what was given, nothing otherwise. */
export function nearest(given: string, names: readonly string[]): string {
  if (names.length === 0) return ''
  const candidate = closest(given, names)
  return distance(given, candidate) <= Math.max(2, given.length / 3) ? ` (did you mean ${candidate}?)` : ''
}
