import { log } from '../../numerics/elementary.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import type { Found } from './found.ts'
import { type LookUp, maxPlaces, placeCount } from './look-up.ts'

/** What must hold of the rows whose sources occur more than once: the share that has its sources' commonest cell. */
const singleShare = 0.995
const pairShare = 0.998

/** The rows that break the relation, as a share of those that would break it without the source, or without the second. */
const [singleErrors, pairErrors] = [0.05, 0.03]

/** Rows that repeat their sources, and rows that an entry stands for, as shares of all rows. */
const [leastRepeating, leastCovered] = [0.3, 0.5]

/** The log of the odds against a table in which the repeats agree by chance: far beyond the number of tables tried. */
const evidence = 30

/** Pairs of sources are searched in tables of up to this many columns. */
const maxColumnsForPairs = 100

/** The search for columns that one or two others determine. */
export interface DeterminedSearch {
  /**
   * Those with one source. Numbers are sources of names only if `namesByNumbers`. If `waits`, a column is left whose source may
   * itself follow from a number, as a grade from the rate of interest: then both do.
   */
  singles(namesByNumbers: boolean, waits?: boolean): void
  /** Those with two sources, those with the fewest cells first. */
  pairs(): void
}

/** Prepares the search; what it finds is added to `found`. */
export function determinedSearch(
  columns: readonly EncodedColumn[],
  cells: readonly Float64Array[],
  found: Found,
): DeterminedSearch {
  const coded = cells.map(codesOf)
  const sources = columns.flatMap((column, d) => (placeCount(column) !== undefined ? [d] : []))
  const targets = columns.flatMap((_, d) => (found.mayFollow(d) && coded[d]!.count > 1 ? [d] : []))
  const isNameByNumber = (target: number, source: number) =>
    columns[target]!.categories !== undefined && columns[source]!.categories === undefined
  const choose = (target: number, by: readonly number[]) => {
    if (!found.mayFollow(target) || !by.every(found.mayBeSource)) return
    const relation = relationOf(columns, cells, coded, target, by)
    if (relation.share >= leastCovered) found.add(relation)
  }
  const determiners = targets.map((target) => ({
    target,
    by: sources.filter((source) => source !== target && isDetermined(coded[target]!, [coded[source]!])),
  }))
  const sourcesOf = (d: number) => determiners.find(({ target }) => target === d)?.by ?? []
  const determines = (source: number, target: number) => sourcesOf(target).includes(source)
  // of columns that determine each other, the first stays a source
  const ordered = determiners.toSorted(
    (a, b) => coded[a.target]!.count - coded[b.target]!.count || b.target - a.target,
  )
  return {
    singles(namesByNumbers, waits = false) {
      for (const { target, by } of ordered) {
        // a source without a source of its own; then the one with the fewest values, which repeat the most
        const [best] = by
          .filter((source) => found.mayBeSource(source) && isNameByNumber(target, source) === namesByNumbers)
          .toSorted((a, b) => sourcesOf(a).length - sourcesOf(b).length || coded[a]!.count - coded[b]!.count)
        if (best === undefined) continue
        const isWaiting = by.some((source) => isNameByNumber(best, source) && determines(source, best))
        if (!(waits && isWaiting)) choose(target, [best])
      }
    },
    pairs() {
      if (columns.length > maxColumnsForPairs) return
      const free = sources.filter(found.mayBeSource)
      const sizeOf = (by: readonly number[]) =>
        by.reduce((product, source) => product * placeCount(columns[source]!)!, 1)
      const pairs = free.flatMap((a, k) => free.slice(k + 1).map((b) => [a, b] as const))
      const candidates = pairs
        .filter((by) => sizeOf(by) <= maxPlaces)
        .flatMap((by) => {
          const keys = by.map((source) => coded[source]!)
          return targets
            .filter((target) => found.mayFollow(target) && !by.includes(target))
            .filter((target) => isDetermined(coded[target]!, keys))
            .map((target) => ({ target, by }))
        })
      for (const { target, by } of candidates.toSorted((a, b) => sizeOf(a.by) - sizeOf(b.by)))
        choose(target, by)
    },
  }
}

/** A column's cells as whole numbers from 0, a missing value among them. */
export interface Coded {
  readonly codes: Int32Array
  /** How many different ones. */
  readonly count: number
}

export function codesOf(cells: Float64Array): Coded {
  const indices = new Map<number, number>()
  const codes = new Int32Array(cells.length)
  for (const [i, cell] of cells.entries()) {
    let index = indices.get(cell)
    if (index === undefined) {
      index = indices.size
      indices.set(cell, index)
    }
    codes[i] = index
  }
  return { codes, count: indices.size }
}

/** Whether the sources determine the target beyond chance. */
export function isDetermined(target: Coded, sources: readonly Coded[]): boolean {
  if (isPlainlyNot(target, sources)) return false
  const { share, repeating, repeats } = agreement(target, sources)
  const rows = target.codes.length
  const isSingle = sources.length === 1
  if (repeating < leastRepeating * rows || share < (isSingle ? singleShare : pairShare)) return false
  const without = isSingle ? [agreement(target, [])] : sources.map((source) => agreement(target, [source]))
  const chance = Math.max(...without.map((each) => each.share))
  const errors = isSingle ? singleErrors : pairErrors
  return 1 - share < errors * (1 - chance) && repeats * -log(chance) >= evidence
}

/** The place of a row's sources among all their combinations. */
function keyOf(sources: readonly Coded[], i: number): number {
  return sources.reduce((key, { codes, count }) => key * count + codes[i]!, 0)
}

/** Whether the first rows show that the target is not determined, by a vote of the rows in each group. */
function isPlainlyNot(target: Coded, sources: readonly Coded[]): boolean {
  const votes = new Map<number, { code: number; lead: number }>()
  let disagreeing = 0
  for (const [i, code] of target.codes.entries()) {
    const key = keyOf(sources, i)
    const vote = votes.get(key)
    if (!vote) votes.set(key, { code, lead: 1 })
    else if (vote.code === code) vote.lead++
    else {
      disagreeing++
      if (disagreeing > 10 + 0.03 * i) return true
      if (--vote.lead < 0) votes.set(key, { code, lead: 1 })
    }
  }
  return votes.size > target.codes.length / 3
}

/** What is counted of the rows whose sources occur more than once. */
interface Agreement {
  readonly repeating: number
  /** The share that has the commonest cell of its group. */
  readonly share: number
  /** How many repeat an earlier row's sources. */
  readonly repeats: number
  readonly groups: number
  /** Those groups whose commonest cell is not the commonest of all, and their rows. */
  readonly others: { readonly rows: number; readonly groups: number }
}

function agreement(target: Coded, sources: readonly Coded[]): Agreement {
  let [repeating, agreeing, groups] = [0, 0, 0]
  const commonest = new Map<number, { rows: number; groups: number }>()
  for (const { cells, rows } of groupsOf(target, sources).values()) {
    if (rows < 2) continue
    groups++
    repeating += rows
    const [code, count] = [...cells].reduce((a, b) => (b[1] > a[1] ? b : a))
    agreeing += count
    const sum = commonest.get(code) ?? { rows: 0, groups: 0 }
    commonest.set(code, { rows: sum.rows + rows, groups: sum.groups + 1 })
  }
  const top = [...commonest.values()].reduce((a, b) => (b.rows > a.rows ? b : a), { rows: 0, groups: 0 })
  return {
    repeating,
    share: repeating === 0 ? 0 : agreeing / repeating,
    repeats: repeating - groups,
    groups,
    others: { rows: repeating - top.rows, groups: groups - top.groups },
  }
}

interface Group {
  /** The first row. */
  readonly first: number
  rows: number
  /** How many rows have each of the target's codes. */
  readonly cells: Map<number, number>
}

/** Rows by their sources' cells. */
function groupsOf({ codes }: Coded, sources: readonly Coded[]): Map<number, Group> {
  const groups = new Map<number, Group>()
  for (const [i, code] of codes.entries()) {
    const key = keyOf(sources, i)
    let group = groups.get(key)
    if (!group) {
      group = { first: i, rows: 0, cells: new Map() }
      groups.set(key, group)
    }
    group.rows++
    group.cells.set(code, (group.cells.get(code) ?? 0) + 1)
  }
  return groups
}

/** The relation, with an entry for each combination of which all rows, two or more, have one cell. */
function relationOf(
  columns: readonly EncodedColumn[],
  all: readonly Float64Array[],
  coded: readonly Coded[],
  target: number,
  by: readonly number[],
): LookUp {
  const groups = groupsOf(
    coded[target]!,
    by.map((source) => coded[source]!),
  )
  const entries = [...groups.values()].filter(({ rows, cells }) => rows > 1 && cells.size === 1)
  const cellAt = (row: number, d: number) => {
    const cell = all[d]![row]!
    return Number.isNaN(cell) ? null : cell
  }
  const sorted = entries.toSorted((a, b) => {
    const difference = by.map(
      (d) => (cellAt(a.first, d) ?? Number.MAX_VALUE) - (cellAt(b.first, d) ?? Number.MAX_VALUE),
    )
    return difference.find((each) => each !== 0) ?? 0
  })
  const covered = sorted.reduce((sum, { rows }) => sum + rows, 0)
  return {
    kind: 'look-up',
    column: columns[target]!.name,
    by: by.map((source) => columns[source]!.name),
    share: covered / all[target]!.length,
    from: by.map((source) => sorted.map(({ first }) => cellAt(first, source))),
    to: sorted.map(({ first }) => cellAt(first, target)),
    rows: sorted.map(({ rows }) => rows),
  }
}
