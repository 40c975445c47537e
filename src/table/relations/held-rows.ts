/** In how many rows a relation that was found holds, for people to judge it by. */
import { counted, percentBelow, significant } from '../../core/format.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import { inBatches, NumberColumns } from '../operators/columns.ts'
import { auxiliaryColumns, withAuxiliary } from './auxiliary.ts'
import { describeRelation } from './describe.ts'
import { codesOf, groupsOf } from './find-determined.ts'
import { type Relation, relationKindOf } from './index.ts'
import type { Linear } from './linear.ts'

/** How many rows have all columns of a relation, and in how many of them it holds. */
export interface HeldRows {
  readonly rows: number
  readonly held: number
}

/** The cells of a column in all rows that are asked about. */
export type CellsOf = (name: string) => Float64Array

/** How near a column is to a sum is said of this share of the rows. */
const nearShare = 0.95

/**
 * A line for a relation, as in `total is price + tax, in 99.97 % of 9,994 rows`. Of a column that a sum comes near to, it says how near.
 *
 * @param columns - The columns, encoded.
 */
export function describeFound(
  relation: Relation,
  columns: readonly EncodedColumn[],
  cellsOf: CellsOf,
): string {
  const line = describeRelation(relation)
  // it says in how many rows
  if (relation.kind === 'copy') return line
  if (relation.kind === 'linear' && relation.residual)
    return `${line}, ${nearnessOf(relation, columns, cellsOf)}`
  const found = heldRows(relation, columns, cellsOf)
  return found?.rows
    ? `${line}, in ${percentBelow(found.held, found.rows)} of ${counted(found.rows, 'row')}`
    : line
}

/** How near a sum comes to a column: exactly, if there are exceptions only. */
function nearnessOf(relation: Linear, columns: readonly EncodedColumn[], cellsOf: CellsOf): string {
  const { auxiliary, target } = cellsIn(relation, columns, cellsOf)
  const size = target.reduce((most, cell) => Math.max(most, Math.abs(cell) || 0), 0)
  const rests = auxiliary[0]!.filter((rest) => !Number.isNaN(rest)).sort()
  const at = (share: number) => rests[Math.round(share * (rests.length - 1))]!
  const rows = counted(rests.length, 'row')
  const exact = rests.filter((rest) => Math.abs(rest - at(0.5)) <= 1e-9 * size).length
  if (exact >= nearShare * rests.length) return `exactly in ${percentBelow(exact, rests.length)} of ${rows}`
  const beyond = (1 - nearShare) / 2
  return `give or take ${significant((at(1 - beyond) - at(beyond)) / 2)} in ${100 * nearShare} % of ${rows}`
}

/** In how many rows a relation holds; undefined for one that comes near to a column. */
export function heldRows(
  relation: Relation,
  columns: readonly EncodedColumn[],
  cellsOf: CellsOf,
): HeldRows | undefined {
  const isNearYear = relation.kind === 'dated' && 'follows' in relation
  if ((relation.kind === 'linear' && relation.residual) || (isNearYear && !relation.follows)) return undefined
  const { sources, auxiliary, target, own } = cellsIn(relation, columns, cellsOf)
  const count = (holds: (i: number) => boolean): HeldRows => {
    let [rows, held] = [0, 0]
    for (let i = 0; i < target.length; i++) {
      if (Number.isNaN(target[i]!) || sources.some((source) => Number.isNaN(source[i]!))) continue
      rows++
      if (holds(i)) held++
    }
    return { rows, held }
  }
  if (relation.kind === 'order' || isNearYear)
    return count((i) => sources.every((source) => source[i]! <= target[i]!))
  if (relation.kind === 'copy') return count((i) => sources[0]![i] === target[i])
  if (relation.kind === 'look-up' && !relation.part) {
    // the rows that have the commonest cell of those with their sources' cells
    const [coded, ...by] = [target, ...sources].map((each) => codesOf(each, false))
    const groups = [...groupsOf(coded!, by).values()]
    return {
      rows: groups.reduce((sum, { rows }) => sum + rows, 0),
      held: groups.reduce((sum, { cells }) => sum + Math.max(...cells.values()), 0),
    }
  }
  const follow = relationKindOf(relation).follow(relation, {
    column: own.at(-1)!,
    sources: [...own.slice(0, -1), ...auxiliaryColumns([relation])],
  })
  const made = new Float64Array(target.length)
  inBatches(target.length, (from, to) => {
    const part = [...sources, ...auxiliary, target].map((each) => each.subarray(from, to))
    made.set(follow(new NumberColumns(to - from), part), from)
  })
  const slack = slackOf(relation)
  return count((i) => Math.abs(made[i]! - target[i]!) <= slack + 1e-9 * Math.abs(target[i]!))
}

/** A half may be rounded up or down. */
function slackOf(relation: Relation): number {
  const isRounded = relation.kind === 'product' || (relation.kind === 'linear' && relation.by.length === 1)
  return isRounded && relation.decimals !== null ? 1.000001 * 10 ** -relation.decimals : 0
}

/** A relation's columns, and the cells of these and of its auxiliary column. */
function cellsIn(relation: Relation, columns: readonly EncodedColumn[], cellsOf: CellsOf) {
  const own = [...relation.by, relation.column].map((name) => columns.find((each) => each.name === name)!)
  const all = withAuxiliary(
    { columns: own, relations: [relation] },
    own.map(({ name }) => cellsOf(name)),
  )
  const sources = all.slice(0, relation.by.length)
  return { own, sources, target: all[sources.length]!, auxiliary: all.slice(own.length) }
}
