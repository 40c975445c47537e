import { InputError } from '../../core/errors.ts'
import { textOf } from '../cell-text.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import { computeRow, inBatches, NumberColumns } from '../operators/columns.ts'
import type { Computation, Operators } from '../operators/operators.ts'
import { auxiliaryColumns, type Related } from './auxiliary.ts'
import { type LookUp, type Relation, relationKindOf } from './index.ts'
import type { SourceChoice } from './kind.ts'
import { isNeverBelow } from './order.ts'

/** Which cells of rows are known, and random numbers to choose others by. */
export interface KnownCells {
  /** Whether the cell of row i, column d is known; NaN is a known missing value then. */
  isKnown(i: number, d: number): boolean
  /** Whether a cell that is not known may be missing. */
  readonly allowsMissing: boolean
  /** A uniform number of row i for the k-th relation, strictly between 0 and 1. */
  uniform(i: number, k: number): number
}

/** A relation by the columns' indices. */
interface Placed {
  readonly target: number
  readonly sources: readonly number[]
  readonly relation: Relation
  readonly follow: Computation
  /** The sources' cells that give a cell of the column, in a row of which some are free. */
  choices(cell: number, row: Row, isFree: (d: number) => boolean): readonly SourceChoice[]
}

type Row = number[] | Float64Array

const placedBefore = new WeakMap<Related, readonly Placed[]>()

function placed(related: Related): readonly Placed[] {
  const all = placedBefore.get(related) ?? place(related)
  placedBefore.set(related, all)
  return all
}

function place({ columns, relations = [] }: Related): readonly Placed[] {
  const indices = new Map(columns.map(({ name }, d) => [name, d]))
  const all = [...columns, ...auxiliaryColumns(relations)]
  let next = columns.length
  return relations.map((relation) => {
    const target = indices.get(relation.column)!
    const auxiliary = auxiliaryColumns([relation]).map(() => next++)
    const sources = [...relation.by.map((name) => indices.get(name)!), ...auxiliary]
    const related = { column: columns[target]!, sources: sources.map((d) => all[d]!) }
    const kind = relationKindOf(relation)
    const choices: Placed['choices'] = (cell, row, isFree) =>
      kind.choices(relation, related, cell, cellsAt(row, sources), sources.map(isFree))
    return { target, sources, relation, follow: kind.follow(relation, related), choices }
  })
}

const following = <V>(ops: Operators<V>, { target, sources, follow }: Placed, cells: readonly V[]): V =>
  follow(ops, [...sources.map((d) => cells[d]!), cells[target]!])

/** All columns, in which the cells that follow from others are computed, in the relations' order. */
export function restored<V>(related: Related, ops: Operators<V>, cells: readonly V[]): V[] {
  const result = [...cells]
  for (const each of placed(related)) result[each.target] = following(ops, each, result)
  return result
}

/**
 * Writes the cells that follow from others into decoded columns. Where a known cell does not follow from its drawn sources,
 * these are chosen again among those that give it, by their shares in the training rows.
 *
 * @param cells - The columns' cells, then the cells of the auxiliary columns.
 * @param isUsed - Which relations are followed. Default: all.
 */
export function restoreCells(
  related: Related,
  cells: readonly Float64Array[],
  known?: KnownCells,
  isUsed: (relation: Relation) => boolean = () => true,
): void {
  const all = placed(related).filter(({ relation }) => isUsed(relation))
  if (all.length === 0) return
  const width = related.columns.length
  const ofBatch = (from: number) =>
    known && {
      isKnown: (i: number, d: number) => d < width && known.isKnown(from + i, d),
      allowsMissing: known.allowsMissing,
      uniform: (i: number, k: number) => known.uniform(from + i, k),
    }
  inBatches(cells[0]!.length, (from, to) =>
    restoreBatch(
      all,
      cells.map((column) => column.subarray(from, to)),
      ofBatch(from),
    ),
  )
}

function restoreBatch(
  all: readonly Placed[],
  cells: readonly Float64Array[],
  known: KnownCells | undefined,
): void {
  const ops = new NumberColumns(cells[0]!.length)
  if (!known) {
    for (const each of all) cells[each.target]!.set(following(ops, each, cells))
    return
  }
  const followUnless = (isKept: (i: number, d: number) => boolean) => {
    for (const each of all) {
      const own = cells[each.target]!
      for (const [i, cell] of following(ops, each, cells).entries())
        if (!isKept(i, each.target) && (known.allowsMissing || !Number.isNaN(cell))) own[i] = cell
    }
  }
  /** Columns that follow from others, and others from them. */
  const between = new Set(
    all.map(({ target }) => target).filter((d) => all.some(({ sources }) => sources.includes(d))),
  )
  followUnless((i, d) => known.isKnown(i, d) || !between.has(d))
  const chosen = chooseContradicted(all, cells, known, ops)
  followUnless((i, d) => known.isKnown(i, d) || chosen[d]?.has(i) === true)
}

/**
 * Chooses the sources of known cells that do not follow from them, and theirs in turn, which stand before. Returns the rows whose
 * cell changed, by column.
 */
function chooseContradicted(
  all: readonly Placed[],
  cells: readonly Float64Array[],
  { isKnown, uniform }: KnownCells,
  ops: NumberColumns,
): readonly Set<number>[] {
  const chosen = cells.map(() => new Set<number>())
  const chooseFor = (k: number, isAsked: (i: number, d: number) => boolean) => {
    const { target } = all[k]!
    const follows = following(ops, all[k]!, cells)
    for (const [i, cell] of follows.entries()) {
      if (!isAsked(i, target) || Object.is(cell, cells[target]![i])) continue
      const row = cells.map((column) => column[i]!)
      for (const d of chooseSources(all, k, row, (d) => isKnown(i, d), uniform(i, k))) {
        chosen[d]!.add(i)
        cells[d]![i] = row[d]!
      }
    }
  }
  for (const k of all.keys()) chooseFor(k, isKnown)
  for (const k of [...all.keys()].reverse()) chooseFor(k, (i, d) => chosen[d]!.has(i))
  return chosen
}

/**
 * Makes the sources known of each known cell of a column that the network does not see: chosen among those that give the
 * cell, by their shares in the training rows. `cells`, by column, is written to.
 */
export function chooseUnseenSources(
  related: Related,
  cells: readonly Float64Array[],
  known: Pick<KnownCells, 'isKnown' | 'uniform'>,
): void {
  const all = placed(related)
  const unseen = [...all.entries()].filter(([, { target }]) => related.columns[target]!.as === 'derived')
  for (let i = 0; i < cells[0]!.length; i++) {
    const row = cells.map((column) => column[i]!)
    const isKnown = (d: number) => known.isKnown(i, d) || !Number.isNaN(row[d]!)
    for (const [k, { target, sources }] of unseen)
      if (isKnown(target) && !sources.every(isKnown))
        // an auxiliary column is not known: its cell follows
        for (const d of chooseSources(all, k, row, isKnown, known.uniform(i, k)))
          if (d < cells.length) cells[d]![i] = row[d]!
  }
}

const cellsAt = (row: Row, columns: readonly number[]) => columns.map((d) => row[d]!)

/** The cell that follows in a row. */
const followingIn = (row: Row, { follow, sources, target }: Placed) =>
  computeRow(follow, [...cellsAt(row, sources), row[target]!])

/**
 * Writes sources' cells that agree with every known cell of the row, one of them by its share, if there are any. Returns the
 * columns that it changed.
 */
function chooseSources(
  all: readonly Placed[],
  k: number,
  row: Row,
  isKnown: (d: number) => boolean,
  uniform: number,
): number[] {
  const choices = choicesFor(all, k, row, isKnown)
  let left = uniform * choices.reduce((sum, { rows }) => sum + rows, 0)
  const chosen = choices.find(({ rows }) => {
    left -= rows
    return left < 0
  })
  if (!chosen) return []
  const { sources } = all[k]!
  const changed = sources.filter((d, j) => !Object.is(row[d]!, chosen.cells[j]!))
  for (const [j, d] of sources.entries()) row[d] = chosen.cells[j]!
  return changed
}

function choicesFor(all: readonly Placed[], k: number, row: Row, isKnown: (d: number) => boolean) {
  const { target, sources, choices } = all[k]!
  const siblings = all.filter(
    (each) => each.sources.join() === sources.join() && each.target !== target && isKnown(each.target),
  )
  const isFree = (d: number) => !isKnown(d)
  /** Whether a source that follows from others may have this cell. */
  const mayBe = (d: number, cell: number): boolean => {
    const follower = all.find(({ target }) => target === d)
    if (!follower || Object.is(cell, row[d]!)) return true
    return follower.choices(cell, row, isFree).length > 0
  }
  return choices(row[target]!, row, isFree).filter(
    ({ cells }) =>
      sources.every((d, k) => mayBe(d, cells[k]!)) &&
      siblings.every(({ follow, target }) =>
        Object.is(computeRow(follow, [...cells, row[target]!]), row[target]!),
      ),
  )
}

/** Throws InputError if the known cells of a row, NaN for a known missing value, contradict a relation. */
export function requirePossible(related: Related, row: Float64Array, isKnown: (d: number) => boolean): void {
  const { columns } = related
  const all = placed(related)
  const written = (d: number, cell: number) =>
    Number.isNaN(cell)
      ? `${columns[d]!.name} is missing`
      : `${columns[d]!.name} is ${textOf(columns[d]!)(cell)}`
  for (const [k, each] of all.entries()) {
    const { target, sources, relation } = each
    // an auxiliary column is never known, and makes any cell possible
    const isFree = relationKindOf(relation).mayDiffer || auxiliaryColumns([relation]).length > 0
    if (!isKnown(target) || isFree) continue
    const refuse = (problem: string) =>
      new InputError(`${written(target, row[target]!)}, but ${problem}`, 'out-of-range', { option: 'given' })
    if (sources.every(isKnown)) {
      const follows = followingIn(row, each)
      if (Object.is(follows, row[target]!)) continue
      const where = sources.map((d) => written(d, row[d]!)).join(' and ')
      throw refuse(`where ${where}, ${written(target, follows)}: leave one of them out`)
    }
    if (columns[target]!.as !== 'derived' || choicesFor(all, k, row, isKnown).length > 0) continue
    const examples = relation.kind === 'look-up' ? examplesOf(relation, columns[target]!) : 'another value'
    throw refuse(
      `no ${relation.by.join(' and ')} of the training rows has that beside what else is given: give ${examples}`,
    )
  }
}

function examplesOf({ to }: LookUp, column: EncodedColumn): string {
  const cells = [...new Set(to)].filter((cell) => cell !== null).sort((a, b) => a - b)
  const texts = cells.slice(0, 20).map(textOf(column))
  return `one of ${texts.join(', ')}${cells.length > 20 ? ', …' : ''}`
}

/**
 * Returns a function that makes a row's other cells follow from those that were changed after the network drew it, and says whether
 * the row then agrees with all relations. Auxiliary columns are not known any more: a column that has one stays, and
 * must only be in its order.
 *
 * @param isMoved - Whether a column's cell was changed, by its index: it stands for what it followed from.
 * @param isKnown - Whether a column's cell may not change.
 */
export function follower(
  related: Related,
  isMoved: (d: number) => boolean,
  isKnown: (d: number) => boolean,
): (row: Float64Array) => boolean {
  const all = placed(related)
  const width = related.columns.length
  return (row) =>
    all.every((each) => {
      const { target, sources, relation } = each
      const isWithin = (d: number) => d < width
      if (!sources.every(isWithin)) {
        const cells = cellsAt(row, sources.filter(isWithin))
        if (relation.kind === 'combination')
          return each.choices(row[target]!, row, (d) => !isWithin(d)).length > 0
        return relation.kind !== 'order' || isNeverBelow(row[target]!, cells)
      }
      if (isMoved(target)) return true
      const cell = followingIn(row, each)
      if (Object.is(cell, row[target]!)) return true
      if (isKnown(target)) return false
      row[target] = cell
      return true
    })
}
