import type { Work } from '../../core/work.ts'
import { mixedEncoder, type Neighbours, neighboursOf } from './neighbours.ts'
import type { DrawnSets } from './sets.ts'

/** How many neighbours a row has. */
export const neighbourCount = 5

/** A real row's neighbours: [rows, neighbourCount] distances, ascending, in `unit` a column. */
export interface Surroundings {
  readonly toSamples: Int32Array
  /** To other real rows, members or not. */
  readonly toReal: Int32Array
  /** To the real rows of the other kind. */
  readonly across: Int32Array
}

/** Distances between all pairs of rows, summarised. */
export interface Neighbourhoods {
  readonly members: Surroundings
  readonly others: Surroundings
  /** Each sample's distance to the closest member, and to the closest of the others. */
  readonly samples: { readonly toMembers: Int32Array; readonly toOthers: Int32Array }
  /** The difference of a fully different column. */
  readonly unit: number
  readonly width: number
}

/** Finds the neighbours of all drawn rows. Throws the signal's reason. */
export async function neighbourhoodsOf(sets: DrawnSets, work: Work = {}): Promise<Neighbourhoods> {
  const encoded = mixedEncoder(sets.columns, [sets.members, sets.others])
  const [members, others, samples] = [encoded(sets.members), encoded(sets.others), encoded(sets.samples)]
  const between = (from: typeof members, to: typeof members) => neighboursOf(from, to, neighbourCount, work)
  const ofMembers = await between(members, samples)
  const ofOthers = await between(others, samples)
  const [across, back] = [await between(members, others), await between(others, members)]
  const surroundings = async (rows: typeof members, toSamples: Neighbours, { nearest }: Neighbours) => ({
    toSamples: toSamples.nearest,
    toReal: nearestOfBoth((await between(rows, rows)).nearest, nearest),
    across: nearest,
  })
  return {
    members: await surroundings(members, ofMembers, across),
    others: await surroundings(others, ofOthers, back),
    samples: { toMembers: ofMembers.reverse, toOthers: ofOthers.reverse },
    unit: members.unit,
    width: members.width,
  }
}

/** Merges two lists of nearest rows, row by row. */
function nearestOfBoth(a: Int32Array, b: Int32Array): Int32Array {
  const merged = new Int32Array(a.length)
  for (let start = 0; start < a.length; start += neighbourCount)
    for (let k = start, i = start, j = start; k < start + neighbourCount; k++)
      merged[k] = a[i]! <= b[j]! ? a[i++]! : b[j++]!
  return merged
}

/** The closest of each row's neighbours. */
export function closestDistances(distances: Int32Array): Int32Array {
  return distances.filter((_, k) => k % neighbourCount === 0)
}
