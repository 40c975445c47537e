import { log } from '../../numerics/elementary.ts'
import type { Found, SearchedColumn } from './found.ts'
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

/** Prepares the search for columns that one or two others determine. They are added to `found`. */
export function determinedSearch(columns: readonly SearchedColumn[], found: Found) {
  const coded = columns.map((each): CodedColumn => ({ ...each, ...codesOf(each.cells) }))
  const isFree = ({ d }: CodedColumn) => found.mayBeSource(d)
  const sources = coded.filter(({ column }) => placeCount(column) !== undefined)
  const targets = coded.filter(({ d, count }) => found.mayFollow(d) && count > 1)
  const isNameByNumber = (target: CodedColumn, source: CodedColumn) =>
    target.column.categories !== undefined && source.column.categories === undefined
  const choose = (target: CodedColumn, by: readonly CodedColumn[]) => {
    if (!found.mayFollow(target.d) || !by.every(isFree)) return
    const relation = relationOf(target, by)
    if (relation.share >= leastCovered) found.add(relation)
  }
  const determiners = new Map(
    targets.map((target) => [
      target,
      sources.filter((source) => source !== target && isDetermined(target, [source])),
    ]),
  )
  const sourcesOf = (target: CodedColumn) => determiners.get(target) ?? []
  // of columns that determine each other, the first stays a source
  const ordered = targets.toSorted((a, b) => a.count - b.count || b.d - a.d)
  return {
    /**
     * Those with one source. Numbers are sources of names only if `namesByNumbers`. If `waits`, a column is left whose source may
     * itself follow from a number, as a grade from the rate of interest: then both do.
     */
    singles(namesByNumbers: boolean, waits = false) {
      for (const target of ordered) {
        const by = sourcesOf(target)
        // a source without a source of its own; then the one with the fewest values, which repeat the most
        const [best] = by
          .filter((source) => isFree(source) && isNameByNumber(target, source) === namesByNumbers)
          .toSorted((a, b) => sourcesOf(a).length - sourcesOf(b).length || a.count - b.count)
        if (best === undefined) continue
        const isWaiting = by.some(
          (source) => isNameByNumber(best, source) && sourcesOf(best).includes(source),
        )
        if (!(waits && isWaiting)) choose(target, [best])
      }
    },
    /** Those with two sources, those with the fewest cells first. */
    pairs() {
      if (columns.length > maxColumnsForPairs) return
      const free = sources.filter(isFree)
      const sizeOf = (by: readonly CodedColumn[]) =>
        by.reduce((product, { column }) => product * placeCount(column)!, 1)
      const candidates = free
        .flatMap((a, k) => free.slice(k + 1).map((b) => [a, b]))
        .filter((by) => sizeOf(by) <= maxPlaces)
        .flatMap((by) =>
          targets
            .filter((target) => found.mayFollow(target.d) && !by.includes(target))
            .filter((target) => isDetermined(target, by))
            .map((target) => ({ target, by })),
        )
      for (const { target, by } of candidates.toSorted((a, b) => sizeOf(a.by) - sizeOf(b.by)))
        choose(target, by)
    },
  }
}

interface CodedColumn extends SearchedColumn, Coded {}

/** A column's cells as whole numbers from 0, a missing value among them. */
interface Coded {
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

/** Of the rows whose sources occur more than once: how many they are, and how many repeat an earlier row's sources. */
function agreement(target: Coded, sources: readonly Coded[]) {
  let [repeating, agreeing, groups] = [0, 0, 0]
  for (const { cells, rows } of groupsOf(target, sources).values()) {
    if (rows < 2) continue
    groups++
    repeating += rows
    agreeing += [...cells.values()].reduce((a, b) => Math.max(a, b))
  }
  /** The share that has the commonest cell of its group. */
  const share = repeating === 0 ? 0 : agreeing / repeating
  return { repeating, repeats: repeating - groups, share }
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
function relationOf(target: CodedColumn, by: readonly CodedColumn[]): LookUp {
  const groups = [...groupsOf(target, by).values()]
  const cellAt = ({ cells }: CodedColumn, row: number) => (Number.isNaN(cells[row]!) ? null : cells[row]!)
  const place = (source: CodedColumn, { first }: Group) => cellAt(source, first) ?? Number.MAX_VALUE
  const entries = groups
    .filter(({ rows, cells }) => rows > 1 && cells.size === 1)
    .sort((a, b) => by.map((source) => place(source, a) - place(source, b)).find((each) => each !== 0) ?? 0)
  const cellsOf = (column: CodedColumn) => entries.map(({ first }) => cellAt(column, first))
  return {
    kind: 'look-up',
    column: target.column.name,
    by: by.map(({ column }) => column.name),
    share: entries.reduce((sum, { rows }) => sum + rows, 0) / target.cells.length,
    from: by.map(cellsOf),
    to: cellsOf(target),
    rows: entries.map(({ rows }) => rows),
  }
}
