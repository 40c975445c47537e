import { InputError } from '../../core/errors.ts'
import type { FloatArray, Points } from '../../numerics/points.ts'
import { textOf } from '../cell-text.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import { type Determined, type Relation, relationKindOf } from './index.ts'
import type { RelationColumns } from './kind.ts'

/** Columns and the relations between them. */
export interface Related {
  readonly columns: readonly EncodedColumn[]
  /** At most one for each column; no source has a relation of its own. */
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
  return relations.map((relation) => {
    const target = indices.get(relation.column)!
    const sources = relation.by.map((name) => indices.get(name)!)
    const related = { column: columns[target]!, sources: sources.map((d) => columns[d]!) }
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
 */
export function restoreCells(
  related: Related,
  { data, count, dim }: Points<FloatArray>,
  known?: KnownCells,
): void {
  const all = placed(related)
  if (all.length === 0) return
  for (let i = 0; i < count; i++) {
    const row = data.subarray(i * dim, (i + 1) * dim)
    const isKnown = (d: number) => known?.isKnown(i, d) === true
    if (known)
      for (const [k, { target, sources, resolve }] of all.entries()) {
        if (!isKnown(target)) continue
        const cell = resolve(cellsAt(row, sources), row[target]!)
        if (cell !== undefined && !Object.is(cell, row[target]!))
          chooseSources(all, k, row, isKnown, known.uniform(i, k))
      }
    for (const { target, sources, resolve } of all) {
      if (isKnown(target)) continue
      const cell = resolve(cellsAt(row, sources), row[target]!)
      if (cell !== undefined && (known?.mayLack !== false || !Number.isNaN(cell))) row[target] = cell
    }
  }
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

/** Writes sources' cells that agree with every known cell of the row, one of them by its share, if there are any. */
function chooseSources(
  all: readonly Placed[],
  k: number,
  row: FloatArray,
  isKnown: (d: number) => boolean,
  uniform: number,
): void {
  const choices = choicesFor(all, k, row, isKnown)
  let left = uniform * choices.reduce((sum, { rows }) => sum + rows, 0)
  const chosen = choices.find(({ rows }) => {
    left -= rows
    return left < 0
  })
  for (const [j, d] of all[k]!.sources.entries()) if (chosen) row[d] = chosen.cells[j]!
}

function choicesFor(all: readonly Placed[], k: number, row: FloatArray, isKnown: (d: number) => boolean) {
  const { relation, target, sources, related } = all[k]!
  const siblings = all.filter(
    (each) => each.sources.join() === sources.join() && each.target !== target && isKnown(each.target),
  )
  const isFree = sources.map((d) => !isKnown(d))
  return relationKindOf(relation)
    .choices(relation, related, row[target]!, cellsAt(row, sources), isFree)
    .filter(({ cells }) =>
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
    if (!isKnown(target)) continue
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
