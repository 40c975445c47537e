/** Values of a card, each of so many rows that it is not that of a single one. */
import { leastRows } from '../least-rows.ts'

/** Different values, rising, and how many rows have each. */
export interface Counted {
  readonly values: readonly number[]
  readonly counts: readonly number[]
}

/** How a column's means are made its cells. */
export interface Means {
  /** Rounds a mean to what its cells are. */
  readonly round: (x: number) => number
  /** The smallest difference between its cells; 0 if they have too many decimals. */
  readonly unit: number
}

interface Group {
  readonly rows: number
  /** Its different values, rising. */
  readonly values: readonly number[]
  readonly sum: number
  /** The value that enough rows share: a mean with it would tell what the other rows have. */
  readonly shared: number | undefined
}

const cellOf = ({ rows, sum, shared }: Group) => shared ?? sum / rows

/**
 * The mean of a group's values, rising; if one of them would be read in it, since the others lie evenly around it, what is midway between
 * that value and the next.
 */
export function meanApart(mean: number, values: readonly number[], unit: number): number {
  const isNear = (x: number, value: number) => x === value || Math.abs(x - value) < unit
  const k = values.findIndex((value) => isNear(mean, value))
  if (k < 0) return mean
  const other = values.slice(k + 1).find((value) => value !== values[k]) ?? values[k - 1]
  const midway = other === undefined ? mean : (values[k]! + other) / 2
  return values.some((value) => isNear(midway, value)) ? mean : midway
}

/**
 * Merges values of too few rows with the nearest ones, the rarest first, until each group has enough. A group has the value that enough of its rows
 * share, or else their mean.
 *
 * @returns The groups' values and rows, and how many rows are in groups that have their mean.
 */
export function mergeRare({ values, counts }: Counted, { round, unit }: Means) {
  const groups = values.map((value, k): Group => {
    const rows = counts[k]!
    return { rows, values: [value], sum: value * rows, shared: rows >= leastRows ? value : undefined }
  })
  while (groups.length > 1) {
    const rarest = groups.reduce((best, { rows }, k) => (rows < groups[best]!.rows ? k : best), 0)
    if (groups[rarest]!.rows >= leastRows) break
    const first = nearest(groups, rarest) < rarest ? rarest - 1 : rarest
    const [a, b] = [groups[first]!, groups[first + 1]!]
    groups.splice(first, 2, {
      rows: a.rows + b.rows,
      values: [...a.values, ...b.values],
      sum: a.sum + b.sum,
      shared: a.shared ?? b.shared,
    })
  }
  const merged: { values: number[]; counts: number[]; ofMeans: number } = {
    values: [],
    counts: [],
    ofMeans: 0,
  }
  for (const group of groups) {
    const { rows, shared } = group
    const value = shared ?? round(meanApart(cellOf(group), group.values, unit)) + 0
    if (shared === undefined) merged.ofMeans += rows
    // a mean may be rounded to the value before it
    if (value > (merged.values.at(-1) ?? Number.NEGATIVE_INFINITY)) {
      merged.values.push(value)
      merged.counts.push(rows)
    } else merged.counts[merged.counts.length - 1]! += rows
  }
  return merged
}

/** The neighbour of a group whose value is nearer; a group of enough rows counts as twice as far, or it would gather a long tail. */
function nearest(groups: readonly Group[], k: number): number {
  const distanceOf = (other: Group | undefined) =>
    other
      ? Math.abs(cellOf(other) - cellOf(groups[k]!)) * (other.rows >= leastRows ? 2 : 1)
      : Number.POSITIVE_INFINITY
  return distanceOf(groups[k - 1]) < distanceOf(groups[k + 1]) ? k - 1 : k + 1
}

/** A sorted column's distinct values, and how many rows have each. */
export function distinct(present: Float64Array): Counted {
  const [values, counts]: [number[], number[]] = [[], []]
  for (const cell of present) {
    if (cell === values.at(-1)) counts[counts.length - 1]!++
    else {
      values.push(cell)
      counts.push(1)
    }
  }
  return { values, counts }
}

/** Shares of rows to two digits, which say how common a name is, and not how many rows have it. */
export function sharesOf(counts: readonly number[]): number[] {
  const all = sumOf(counts)
  return counts.map((count) => Number((count / all).toPrecision(2)))
}

export function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}
