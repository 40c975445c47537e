import { InputError } from '../../core/errors.ts'
import type { FloatArray, Points } from '../../numerics/points.ts'
import { textOf } from '../cell-text.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import { besideColumns } from './beside.ts'
import { type Determined, type Relation, relationKindOf } from './index.ts'
import type { RelationColumns } from './kind.ts'

/** Columns and the relations between them. */
export interface Related {
  readonly columns: readonly EncodedColumn[]
  /** At most one for each column; a source's own stands before. */
  readonly relations?: readonly Relation[] | undefined
}

/** Which cells of rows are known, and random numbers to choose others by. */
export interface KnownCells {
  /** Whether the cell of row i, column d is known; NaN is a known gap then. */
  isKnown(i: number, d: number): boolean
  /** Whether a cell that is not known may be missing. */
  readonly mayLack: boolean
  /** A uniform number of row i for the k-th relation, strictly between 0 and 1. */
  uniform(i: number, k: number): number
}

/** A relation by the columns' indices. */
interface Placed {
  readonly target: number
  readonly sources: readonly number[]
  readonly relation: Relation
  readonly related: RelationColumns
  resolve(cells: readonly number[], own: number): number | undefined
}

function placed({ columns, relations = [] }: Related): Placed[] {
  const indices = new Map(columns.map(({ name }, d) => [name, d]))
  const all = [...columns, ...besideColumns(relations)]
  let next = columns.length
  return relations.map((relation) => {
    const target = indices.get(relation.column)!
    const beside = besideColumns([relation]).map(() => next++)
    const sources = [...relation.by.map((name) => indices.get(name)!), ...beside]
    const related = { column: columns[target]!, sources: sources.map((d) => all[d]!) }
    return {
      target,
      sources,
      relation,
      related,
      resolve: relationKindOf(relation).resolver(relation, related),
    }
  })
}

/**
 * Writes the cells that follow from others into decoded rows. Where a known cell does not follow from its drawn sources,
 * these are chosen again among those that give it, by their shares in the training rows.
 *
 * @param points - The rows, each with what relations learn beside the columns at its end.
 */
export function restoreCells(
  related: Related,
  { data, count, dim }: Points<FloatArray>,
  known?: KnownCells,
): void {
  const all = placed(related)
  if (all.length === 0) return
  /** Columns that follow from others, and others from them. */
  const between = new Set(
    all.map(({ target }) => target).filter((d) => all.some(({ sources }) => sources.includes(d))),
  )
  for (let i = 0; i < count; i++) {
    const row = data.subarray(i * dim, (i + 1) * dim)
    const isKnown = (d: number) => d < related.columns.length && known?.isKnown(i, d) === true
    const followUnless = (isKept: (d: number) => boolean) => {
      for (const { target, sources, resolve } of all) {
        if (isKept(target)) continue
        const cell = resolve(cellsAt(row, sources), row[target]!)
        if (cell !== undefined && (known?.mayLack !== false || !Number.isNaN(cell))) row[target] = cell
      }
    }
    if (known) followUnless((d) => isKnown(d) || !between.has(d))
    const chosen = known && chooseContradicted(all, row, isKnown, (k) => known.uniform(i, k))
    followUnless((d) => isKnown(d) || chosen?.has(d) === true)
  }
}

/**
 * Chooses the sources of known cells that do not follow from them, and theirs in turn, which stand before. Returns the columns
 * that changed.
 */
function chooseContradicted(
  all: readonly Placed[],
  row: FloatArray,
  isKnown: (d: number) => boolean,
  uniform: (k: number) => number,
): Set<number> {
  const chosen = new Set<number>()
  const chooseFor = ({ target, sources, resolve }: Placed, k: number) => {
    const cell = resolve(cellsAt(row, sources), row[target]!)
    if (cell === undefined || Object.is(cell, row[target]!)) return
    for (const d of chooseSources(all, k, row, isKnown, uniform(k))) chosen.add(d)
  }
  for (const [k, each] of all.entries()) if (isKnown(each.target)) chooseFor(each, k)
  for (const [k, each] of [...all.entries()].reverse()) if (chosen.has(each.target)) chooseFor(each, k)
  return chosen
}

/**
 * Makes the sources known of each known cell of a column that the network does not see: chosen among those that give the
 * cell, by their shares in the training rows. `cells` [rows, columns] is written to.
 */
export function chooseUnseenSources(
  related: Related,
  { data, count, dim }: Points<Float64Array>,
  known: Pick<KnownCells, 'isKnown' | 'uniform'>,
): void {
  const all = placed(related)
  for (let i = 0; i < count; i++) {
    const row = data.subarray(i * dim, (i + 1) * dim)
    const isKnown = (d: number) => known.isKnown(i, d) || !Number.isNaN(row[d]!)
    for (const [k, { target, sources, related }] of all.entries())
      if (related.column.as === 'derived' && isKnown(target) && !sources.every(isKnown))
        chooseSources(all, k, row, isKnown, known.uniform(i, k))
  }
}

const cellsAt = (row: FloatArray, columns: readonly number[]) => columns.map((d) => row[d]!)

/**
 * Writes sources' cells that agree with every known cell of the row, one of them by its share, if there are any. Returns the
 * columns that it changed.
 */
function chooseSources(
  all: readonly Placed[],
  k: number,
  row: FloatArray,
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

function choicesFor(all: readonly Placed[], k: number, row: FloatArray, isKnown: (d: number) => boolean) {
  const { relation, target, sources, related } = all[k]!
  const siblings = all.filter(
    (each) => each.sources.join() === sources.join() && each.target !== target && isKnown(each.target),
  )
  const isFree = sources.map((d) => !isKnown(d))
  /** Whether a source that follows from others may have this cell. */
  const mayBe = (d: number, cell: number): boolean => {
    const follower = all.find(({ target }) => target === d)
    if (!follower || Object.is(cell, row[d]!)) return true
    const free = follower.sources.map((d) => !isKnown(d))
    const { choices } = relationKindOf(follower.relation)
    return choices(follower.relation, follower.related, cell, cellsAt(row, follower.sources), free).length > 0
  }
  return relationKindOf(relation)
    .choices(relation, related, row[target]!, cellsAt(row, sources), isFree)
    .filter(
      ({ cells }) =>
        sources.every((d, k) => mayBe(d, cells[k]!)) &&
        siblings.every(({ resolve, target }) => {
          const cell = resolve(cells, row[target]!)
          return cell === undefined || Object.is(cell, row[target]!)
        }),
    )
}

/** Throws InputError if the known cells of a row, NaN for a known gap, contradict a relation. */
export function requirePossible(related: Related, row: Float64Array, isKnown: (d: number) => boolean): void {
  const { columns } = related
  const all = placed(related)
  const written = (d: number, cell: number) =>
    Number.isNaN(cell)
      ? `${columns[d]!.name} is missing`
      : `${columns[d]!.name} is ${textOf(columns[d]!)(cell)}`
  for (const [k, { target, sources, relation, resolve }] of all.entries()) {
    // what is learned beside the columns is never known, and makes any cell possible
    if (!isKnown(target) || relationKindOf(relation).beside) continue
    const refuse = (problem: string) =>
      new InputError(`${written(target, row[target]!)}, but ${problem}`, 'out-of-range', { option: 'given' })
    if (sources.every(isKnown)) {
      const follows = resolve(cellsAt(row, sources), row[target]!)
      if (follows === undefined || Object.is(follows, row[target]!)) continue
      const where = sources.map((d) => written(d, row[d]!)).join(' and ')
      throw refuse(`where ${where}, ${written(target, follows)}: leave one of them out`)
    }
    if (columns[target]!.as !== 'derived' || choicesFor(all, k, row, isKnown).length > 0) continue
    const examples = relation.kind === 'determined' ? examplesOf(relation, columns[target]!) : 'another value'
    throw refuse(
      `no ${relation.by.join(' and ')} of the training rows has that beside what else is given: give ${examples}`,
    )
  }
}

function examplesOf({ to }: Determined, column: EncodedColumn): string {
  const cells = [...new Set(to)].filter((cell) => cell !== null).sort((a, b) => a - b)
  const texts = cells.slice(0, 20).map(textOf(column))
  return `one of ${texts.join(', ')}${cells.length > 20 ? ', …' : ''}`
}

/**
 * Returns a function that makes a row's other cells follow from those that were changed after the network drew it, and says whether
 * the row then agrees with all relations. What is learned beside the columns is not known any more: a column that has it stays, and
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
  const all = placed(related).map(({ target, sources, relation, resolve }) => {
    const isOrder = relation.kind === 'order'
    const ofColumns = sources.filter((d) => d < related.columns.length)
    return { target, sources: ofColumns, resolve, isOrder, hasBeside: ofColumns.length < sources.length }
  })
  return (row) =>
    all.every(({ target, sources, resolve, isOrder, hasBeside }) => {
      const cells = cellsAt(row, sources)
      if (hasBeside) return !isOrder || !cells.some((cell) => cell > row[target]!)
      if (isMoved(target)) return true
      const cell = resolve(cells, row[target]!)
      if (cell === undefined || Object.is(cell, row[target]!)) return true
      if (isKnown(target)) return false
      row[target] = cell
      return true
    })
}
