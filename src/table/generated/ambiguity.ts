/** Whether two of a form's texts may be equal although their numbers differ. */
import type { Part } from './part.ts'

type Way = readonly Part[]

/** Characters of a set, so many of them. */
interface Run {
  readonly of: ReadonlySet<string>
  readonly min: number
  readonly max: number
}

/**
 * Whether ways to build texts may build the same text twice: two of them, or one in which the characters of a part of several
 * lengths may also be those of the next. In doubt they may.
 *
 * @param ways - The ways, of fixed texts and characters.
 */
export function mayRepeat(ways: readonly Way[]): boolean {
  const all = ways.map(runsOf)
  return (
    all.some(isUnclear) || all.some((runs, k) => all.slice(0, k).some((other) => mayBeEqual(runs, other)))
  )
}

function runsOf(way: Way): Run[] {
  return way.flatMap((part): Run[] => {
    if ('of' in part) return [{ of: new Set(part.of), min: part.min, max: part.max }]
    return 'text' in part ? [...part.text].map((char) => ({ of: new Set(char), min: 1, max: 1 })) : []
  })
}

/** Whether a text of the way does not say where a part that tells texts apart begins. */
function isUnclear(runs: readonly Run[]): boolean {
  const last = runs.findLastIndex(({ of, min }) => of.size > 1 && min > 0)
  const loose = [...runs.keys()].filter((k) => runs[k]!.max > runs[k]!.min)
  // the text's own length says the only one
  if (loose.length < 2) return false
  return loose.some((k) => k < last && !isDelimited(runs, k))
}

/** Whether no character of a run may be the first after it. */
function isDelimited(runs: readonly Run[], k: number): boolean {
  for (const { of, min } of runs.slice(k + 1)) {
    if (!areDisjoint(runs[k]!.of, of)) return false
    if (min > 0) return true
  }
  return true
}

/** Whether two ways may build one text, as far as their lengths, beginnings and ends tell. */
function mayBeEqual(a: readonly Run[], b: readonly Run[]): boolean {
  const [[leastA, mostA], [leastB, mostB]] = [lengthsOf(a), lengthsOf(b)]
  if (mostA < leastB || mostB < leastA) return false
  return beginAlike(a, b) && beginAlike(a.toReversed(), b.toReversed())
}

function lengthsOf(runs: readonly Run[]): [number, number] {
  return [runs.reduce((sum, { min }) => sum + min, 0), runs.reduce((sum, { max }) => sum + max, 0)]
}

/** Whether each character in a certain place may be that of both. */
function beginAlike(a: readonly Run[], b: readonly Run[]): boolean {
  const [placesA, placesB] = [a, b].map(firstPlaces)
  return placesA!.every((of, k) => k >= placesB!.length || !areDisjoint(of, placesB![k]!))
}

/** The characters of the places up to the first run of several lengths. */
function firstPlaces(runs: readonly Run[]): ReadonlySet<string>[] {
  const places: ReadonlySet<string>[] = []
  for (const { of, min, max } of runs) {
    for (let k = 0; k < min; k++) places.push(of)
    if (max > min) break
  }
  return places
}

function areDisjoint(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return ![...a].some((char) => b.has(char))
}
