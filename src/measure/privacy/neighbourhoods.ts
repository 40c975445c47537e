import type { Work } from '../../core/work.ts'
import { shuffled } from '../../numerics/random.ts'
import { mixedEncoder } from './mixed-rows.ts'
import { type Neighbours, neighboursOf } from './neighbours.ts'
import { gatherRows, type RealAndSamples, type Rows } from './real-and-samples.ts'

/** Rows of each set that the distances between all pairs take, at most: half of the real ones are members. */
export const maxRows = 10_000

/** How many neighbours a row has. */
export const neighbourCount = 5

/** Equally many members and other real rows, and samples; larger sets are subsampled. */
export interface DrawnSets {
  readonly members: Rows
  readonly others: Rows
  readonly samples: Rows
}

/** Draws the rows to compare pairwise; smaller sets are used whole, and the same seed draws the same rows. */
export function drawSets({ train, against, samples }: RealAndSamples, seed: number): DrawnSets {
  const count = Math.min(train.count, against.count, maxRows / 2)
  return {
    members: someRows(train, count, seed, 101),
    others: someRows(against, count, seed, 102),
    samples: someRows(samples, maxRows, seed, 103),
  }
}

function someRows(rows: Rows, count: number, seed: number, step: number): Rows {
  return rows.count <= count ? rows : gatherRows(rows, shuffled(rows.count, seed, step).subarray(0, count))
}

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
export async function neighbourhoodsOf(
  columns: RealAndSamples['columns'],
  sets: DrawnSets,
  work: Work = {},
): Promise<Neighbourhoods> {
  const encoded = mixedEncoder(columns, [sets.members, sets.others])
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
