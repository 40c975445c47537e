import { InputError } from '../../core/errors.ts'
import type { FloatArray, Points } from '../../numerics/points.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import { textOf } from '../formats/write-cells.ts'
import { type Relation, relationKindOf } from './index.ts'

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
  resolve(cells: readonly number[]): number | undefined
}

function placed({ columns, relations = [] }: Related): Placed[] {
  const indices = new Map(columns.map(({ name }, d) => [name, d]))
  return relations.map((relation) => {
    const sources = relation.by.map((name) => indices.get(name)!)
    const resolve = relationKindOf(relation).resolver(
      relation,
      sources.map((d) => columns[d]!),
    )
    return { target: indices.get(relation.column)!, sources, relation, resolve }
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
  const isKnown = (i: number, d: number) => known?.isKnown(i, d) === true
  for (let i = 0; i < count; i++) {
    const at = i * dim
    const cellsAt = (sources: readonly number[]) => sources.map((d) => data[at + d]!)
    if (known)
      for (const [k, { target, sources, resolve }] of all.entries()) {
        if (!isKnown(i, target)) continue
        const cell = resolve(cellsAt(sources))
        if (cell === undefined || Object.is(cell, data[at + target]!)) continue
        const chosen = chooseSources(
          all,
          k,
          (d) => (isKnown(i, d) ? data[at + d]! : undefined),
          known.uniform(i, k),
        )
        for (const [j, d] of sources.entries()) if (chosen) data[at + d] = chosen[j]!
      }
    for (const { target, sources, resolve } of all) {
      if (isKnown(i, target)) continue
      const cell = resolve(cellsAt(sources))
      if (cell !== undefined && (known?.mayLack !== false || !Number.isNaN(cell))) data[at + target] = cell
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
  for (let i = 0; i < count; i++)
    for (const [k, { target, sources }] of all.entries()) {
      if (related.columns[target]!.as !== 'derived' || !known.isKnown(i, target)) continue
      if (sources.every((d) => known.isKnown(i, d) || !Number.isNaN(data[i * dim + d]!))) continue
      const chosen = chooseSources(
        all,
        k,
        (d) => (known.isKnown(i, d) ? data[i * dim + d]! : undefined),
        known.uniform(i, k),
      )
      for (const [j, d] of sources.entries()) if (chosen) data[i * dim + d] = chosen[j]!
    }
}

/**
 * The sources' cells that agree with every known cell, one of them by its share; undefined if there are none.
 * `knownCell` gives a column's known cell, undefined if it is not known.
 */
function chooseSources(
  all: readonly Placed[],
  k: number,
  knownCell: (d: number) => number | undefined,
  uniform: number,
): readonly number[] | undefined {
  const choices = choicesFor(all, k, knownCell)
  let left = uniform * choices.reduce((sum, { rows }) => sum + rows, 0)
  for (const { cells, rows } of choices) {
    left -= rows
    if (left < 0) return cells
  }
  return undefined
}

function choicesFor(all: readonly Placed[], k: number, knownCell: (d: number) => number | undefined) {
  const { relation, target, sources } = all[k]!
  const siblings = all.filter(
    (each) =>
      each.sources.join() === sources.join() &&
      each.target !== target &&
      knownCell(each.target) !== undefined,
  )
  return relationKindOf(relation)
    .choices(relation, knownCell(target)!)
    .filter(
      ({ cells }) =>
        sources.every((d, j) => {
          const cell = knownCell(d)
          return cell === undefined || Object.is(cell, cells[j]!)
        }) &&
        siblings.every(({ resolve, target }) => {
          const cell = resolve(cells)
          return cell === undefined || Object.is(cell, knownCell(target))
        }),
    )
}

/**
 * Throws InputError if known cells of one row contradict a relation.
 *
 * @param knownCell - A column's known cell, NaN for a known gap, undefined if it is not known.
 */
export function requirePossible(related: Related, knownCell: (d: number) => number | undefined): void {
  const { columns } = related
  const all = placed(related)
  const written = (d: number, cell: number) =>
    Number.isNaN(cell)
      ? `${columns[d]!.name} is missing`
      : `${columns[d]!.name} is ${textOf(columns[d]!)(cell)}`
  for (const [k, { target, sources, relation, resolve }] of all.entries()) {
    const cell = knownCell(target)
    if (cell === undefined) continue
    const sourceCells = sources.map(knownCell)
    const refuse = (problem: string) =>
      new InputError(`${written(target, cell)}, but ${problem}`, 'out-of-range', { option: 'given' })
    if (sourceCells.every((each) => each !== undefined)) {
      const follows = resolve(sourceCells as number[])
      if (follows === undefined || Object.is(follows, cell)) continue
      const where = sources.map((d, j) => written(d, sourceCells[j]!)).join(' and ')
      throw refuse(`where ${where}, ${written(target, follows)}: leave one of them out`)
    }
    if (columns[target]!.as !== 'derived' || choicesFor(all, k, knownCell).length > 0) continue
    throw refuse(
      `no ${relation.by.join(' and ')} of the training rows has that beside what else is given: give ${examplesOf(relation, columns[target]!)}`,
    )
  }
}

function examplesOf({ to }: Relation, column: EncodedColumn): string {
  const cells = [...new Set(to)].filter((cell) => cell !== null).sort((a, b) => a - b)
  const texts = cells.slice(0, 20).map(textOf(column))
  return `one of ${texts.join(', ')}${cells.length > 20 ? ', …' : ''}`
}
