import * as v from 'valibot'
import { hasGrain } from '../encodings/grain.ts'
import { type EncodedColumn, encodedColumnSchema } from '../encodings/index.ts'
import { type GraphOps, isAtLeast } from '../encodings/kind.ts'
import { defineRelation, type RelationOfCard, relationFields } from './kind.ts'
import { cellRounding, keeper, keptInGraph, type Made, madeFields, madeWhereThere } from './made.ts'
import { decimalsIn, isInRange, unitIn } from './sum.ts'

const schema = v.object({
  kind: v.literal('order'),
  ...relationFields,
  rest: v.optional(encodedColumnSchema),
  ...madeFields,
})

/** A number or date that is never below others. */
export interface Order extends RelationOfCard, Made {
  readonly kind: 'order'
  /**
   * How much the column is above the greatest source, encoded, where that is little or often 0; its name is that of no column.
   * Every cell is made with it. Without it, a cell that is drawn below a source is put as far above.
   */
  readonly rest?: EncodedColumn | undefined
}

export const order = defineRelation<Order>({
  kind: 'order',
  schema,
  beside: {
    column: ({ rest }) => rest,
    cell: (_, cells, own) => own - Math.max(...cells),
  },
  mayBeSource: ({ as, kind }) => as !== 'derived' && ['number', 'integer', 'date'].includes(kind),
  isTotal: () => false,
  describe: ({ column, by }) => by.map((name) => `${name} <= ${column}`).join(' and '),
  resolver(relation, { column }) {
    const kept = keeper(relation, column)
    // the next that the column's grain allows may be below a source
    const above = hasGrain(column) ? keeper(relation, column, 'up') : (x: number) => x
    return (cells, own) => {
      const greatest = Math.max(...sourcesIn(relation, cells))
      // a gap is in no order
      if (Number.isNaN(own) || Number.isNaN(greatest)) return undefined
      if (!relation.rest && own >= greatest) return undefined
      const beyond = relation.rest ? cells.at(-1)! : greatest - own
      // a source may be beyond the column's range where that had gaps
      return Math.max(kept(greatest + beyond), above(greatest), greatest)
    }
  },
  choices(relation, { sources }, cell, cells, isFree) {
    const greatest = Math.max(...sourcesIn(relation, cells))
    const { rest } = relation
    if (rest && cell >= greatest && isInRange(rest, cell - greatest))
      return [{ cells: cells.with(-1, cell - greatest), rows: 1 }]
    const lowered = (by: (each: number) => number) =>
      cells.map((each, k) => {
        const source = sources[k]!
        if (source === rest || !(each > cell) || !isFree[k]) return each
        const below = cellRounding(source, decimalsIn(source), 'down')(cell - by(each))
        return isInRange(source, below) ? below : cell
      })
    const isBelow = (chosen: readonly number[]) => sourcesIn(relation, chosen).every((each) => !(each > cell))
    // as far below as it should be where that may be; otherwise equal, or the next below that their grain allows
    return [
      { cells: lowered((each) => (rest ? cells.at(-1)! : each - cell)), rows: 1 },
      { cells: lowered(() => 0), rows: 1e-9 },
    ].filter((choice) => isBelow(choice.cells))
  },
  graph(ops, relation, { column, sources }, own, name) {
    const greatest = greatestOf(
      ops,
      sourcesIn(relation, sources).map(({ cell }) => cell),
    )
    const beyond = relation.rest ? sources.at(-1)!.cell : ops.op('Sub', [greatest, own!.cell])
    const kept = keptInGraph(ops, relation, column, ops.op('Add', [greatest, beyond]), name)
    const above = hasGrain(column)
      ? [keptInGraph(ops, relation, column, greatest, `${name}.above`, 'up')]
      : []
    const made = greatestOf(ops, [kept, ...above, greatest])
    if (relation.rest) return madeWhereThere(ops, { made, own: own!, sources }, name)
    const room = () => ops.constant(`${name}.below`, [1, 1], [unitIn(column, relation.decimals) / 2])
    // float32 has no comparison of equals: half a unit below is below
    const bound = ops.exact ? greatest : ops.op('Sub', [greatest, room()])
    const isOwn = isAtLeast(ops, own!.cell, bound, `${name}.order`)
    return madeWhereThere(ops, { made, own: own!, sources, isOwn }, name)
  },
})

/** What there is of each source, without that of the rest, which is the last. */
function sourcesIn<T>({ by }: Order, all: readonly T[]): readonly T[] {
  return all.slice(0, by.length)
}

/** The greatest of the cells in a graph. */
export function greatestOf<V>(ops: GraphOps<V>, cells: readonly V[]): V {
  if (cells.length === 1) return cells[0]!
  if (ops.exact) return cells.reduce((a, b) => ops.op('Max', [a, b]))
  return ops.op('ReduceMax', [ops.op('Concat', cells, { axis: 1 })])
}
