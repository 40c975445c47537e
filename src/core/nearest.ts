import { closest, distance } from 'fastest-levenshtein'

/** ' (did you mean two-moons?)' where one of `names` is near to what was given or alone holds it, nothing otherwise. */
export function nearest(given: string, names: readonly string[]): string {
  if (names.length === 0) return ''
  const candidate = closest(given, names)
  const isNear = distance(given, candidate) <= Math.max(2, given.length / 3)
  const holders = given.length < 3 ? [] : names.filter((name) => name.includes(given))
  const meant = isNear ? candidate : holders.length === 1 ? holders[0] : undefined
  return meant === undefined ? '' : ` (did you mean ${meant}?)`
}
