import { log } from '../../numerics/elementary.ts'
import { isOfNames } from '../encodings/category.ts'
import type { Found, RowTest, SearchedColumn } from './found.ts'
import { type LookUp, maxPlaces, placeCount, placing } from './look-up.ts'

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
  const isFree = ({ d }: SearchedColumn) => found.mayBeSource(d)
  const sources = columns.flatMap((each) => placedIn(each) ?? [])
  const targets = columns
    .map((each): CodedColumn => ({ ...each, ...codesOf(each.cells, each.column.gaps === true) }))
    .filter(({ d, count }) => found.mayFollow(d) && count > 1)
  const isNameByNumber = (target: SearchedColumn, source: SearchedColumn) =>
    target.column.categories !== undefined && !isOfNames(source.column)
  const choose = (target: CodedColumn, by: readonly Source[]) => {
    if (!found.mayFollow(target.d) || !by.every(({ d }) => found.mayFollowFrom(target.d, d))) return false
    const fewest = found.fewestRows([target, ...by])
    const relation = relationOf(target, by, fewest)
    // fewer rows of a combination are left where some are left out
    const isPart = (rows: readonly number[]) => rows.length < target.cells.length
    const learn = (rows: readonly number[]) => testOf(target, by, rows, isPart(rows) ? fewest - 1 : fewest)
    const least = by.length === 1 ? singleShare : pairShare
    return relation.share >= leastCovered && found.add(relation, learn, least)
  }
  const determiners = new Map(
    targets.map((target) => [
      target.d,
      sources.filter((source) => source.d !== target.d && isDetermined(target, [source])),
    ]),
  )
  const sourcesOf = ({ d }: SearchedColumn) => determiners.get(d) ?? []
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
        const best = by
          .filter((source) => isFree(source) && isNameByNumber(target, source) === namesByNumbers)
          .toSorted((a, b) => sourcesOf(a).length - sourcesOf(b).length || a.values - b.values)
        const isWaiting = (on: Source) =>
          by.some((source) => isNameByNumber(on, source) && sourcesOf(on).includes(source))
        // the next one if the best is not confirmed
        best.find((source) => (waits && isWaiting(source)) || choose(target, [source]))
      }
    },
    /** Those with two sources, those with the fewest cells first. */
    pairs() {
      if (columns.length > maxColumnsForPairs) return
      const sizeOf = (by: readonly Source[]) => by.reduce((product, { count }) => product * count, 1)
      const candidates = sources
        .flatMap((a, k) => sources.slice(k + 1).map((b) => [a, b]))
        .filter((by) => sizeOf(by) <= maxPlaces)
        .flatMap((by) =>
          targets
            .filter((target) => found.mayFollow(target.d) && by.every(({ d }) => d !== target.d))
            .filter((target) => isDetermined(target, by))
            .map((target) => ({ target, by })),
        )
      for (const { target, by } of candidates.toSorted((a, b) => sizeOf(a.by) - sizeOf(b.by)))
        choose(target, by)
    },
  }
}

interface CodedColumn extends SearchedColumn, Coded {}

/** A column's cells as whole numbers from 0, a missing value among them; -1 for a cell that is unknown. */
interface Coded {
  readonly codes: Int32Array
  /** Codes are below this. */
  readonly count: number
}

/** A column of few values, with the places of its cells in a table as codes. */
interface Source extends CodedColumn, Omit<ReturnType<typeof placing>, 'count'> {
  /** How many of its places training rows have. */
  readonly values: number
}

function placedIn(searched: SearchedColumn): Source | undefined {
  if (placeCount(searched.column) === undefined) return undefined
  const places = placing(searched.column)
  const codes = Int32Array.from(searched.cells, places.placeAt)
  return { ...searched, ...places, codes, values: new Set(codes).size }
}

/** The codes of cells in the order of their rows. A missing value is unknown unless a column has some. */
export function codesOf(cells: Float64Array, hasMissing = true): Coded {
  const indices = new Map<number, number>()
  const codes = new Int32Array(cells.length).fill(-1)
  for (const [i, cell] of cells.entries()) {
    if (Number.isNaN(cell) && !hasMissing) continue
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

/** The place of a row's sources among all their combinations; negative if one is unknown. */
function keyOf(sources: readonly Coded[], i: number): number {
  return combined(sources, (k) => sources[k]!.codes[i]!)
}

function combined(sources: readonly Pick<Coded, 'count'>[], codeOf: (k: number) => number): number {
  let key = 0
  for (const [k, { count }] of sources.entries()) {
    const code = codeOf(k)
    if (code < 0) return -1
    key = key * count + code
  }
  return key
}

/** Whether the first rows show that the target is not determined, by a vote of the rows in each group. */
function isPlainlyNot(target: Coded, sources: readonly Coded[]): boolean {
  const votes = new Map<number, { code: number; lead: number }>()
  let disagreeing = 0
  for (const [i, code] of target.codes.entries()) {
    const key = keyOf(sources, i)
    if (code < 0 || key < 0) continue
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

/** Rows by their sources' cells, where these and the target's are known. */
export function groupsOf(
  { codes }: Coded,
  sources: readonly Coded[],
  rows: Iterable<number> = codes.keys(),
): Map<number, Group> {
  const groups = new Map<number, Group>()
  for (const i of rows) {
    const [code, key] = [codes[i]!, keyOf(sources, i)]
    if (code < 0 || key < 0) continue
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

/** The relation, with an entry for each combination of which all rows, `fewest` or more, have one cell. */
function relationOf(target: CodedColumn, by: readonly Source[], fewest: number): LookUp {
  const groups = [...groupsOf(target, by).values()]
  const place = (source: Source, { first }: Group) => source.codes[first]!
  const entries = groups
    .filter(({ rows, cells }) => rows >= fewest && cells.size === 1)
    .sort((a, b) => by.map((source) => place(source, a) - place(source, b)).find((each) => each !== 0) ?? 0)
  const rowsOf = (some: readonly Group[]) => some.reduce((sum, { rows }) => sum + rows, 0)
  return {
    kind: 'look-up',
    column: target.column.name,
    by: by.map(({ column }) => column.name),
    share: rowsOf(entries) / rowsOf(groups),
    from: by.map((source) => entries.map((entry) => source.cellAt(place(source, entry)))),
    to: entries.map(({ first }) => (Number.isNaN(target.cells[first]!) ? null : target.cells[first]!)),
    rows: entries.map(({ rows }) => rows),
  }
}

/** Whether rows have the cell that `fewest` or more of some rows with their sources' cells all have. */
function testOf(
  target: CodedColumn,
  by: readonly Source[],
  rows: readonly number[],
  fewest: number,
): RowTest {
  const groups = groupsOf(target, by, rows)
  return (cells, own) => {
    const group = groups.get(combined(by, (k) => by[k]!.placeAt(cells[k]!)))
    if (group === undefined || group.rows < fewest || group.cells.size > 1) return undefined
    return Object.is(own, target.cells[group.first]!)
  }
}
