import { ownValue } from '../../core/own.ts'
import type { ModelInternals } from '../../infer/model.ts'
import { type Column, isGenerated } from '../../table/table.ts'
import { groupChooser } from './child-groups.ts'
import type { ChosenParents } from './chosen-parents.ts'
import { type DrawnKeys, drawnKeys } from './distinct.ts'
import { type RowDraw, seedOf } from './draw-rows.ts'
import type { Drawn, DrawnBy, TablesDraw } from './drawn.ts'
import type { TablePlan } from './plan.ts'
import { givenRepeats } from './repeats.ts'
import { checkOf, type RowCheck } from './row-check.ts'
import { orderColumns } from './row-order.ts'

/** A child table whose rows are to be drawn: what is known before the first of them. */
export interface Child {
  readonly by: DrawnBy
  readonly draw: TablesDraw
  readonly name: string
  readonly plan: TablePlan
  readonly model: ModelInternals
  /** The parent's name and its rows. */
  readonly parent: { readonly name: string; readonly drawn: Drawn }
  readonly parents: ChosenParents
  /** What is drawn of each row. */
  readonly learned: readonly Column[]
  readonly contextNames: readonly string[]
  readonly options: RowDraw
  /** Whether its key has the reference to the parent, so that a key may be repeated among the rows of another. */
  readonly isKeyOfParent: boolean
  readonly keys: DrawnKeys | undefined
  readonly check: RowCheck | undefined
  /** How many groups of each parent are drawn, of which one is chosen. */
  readonly candidates: number
  readonly choose: ReturnType<typeof groupChooser> | undefined
}

/** Resolves how the rows of a child are drawn, whose parents are. */
export function childOf(
  by: DrawnBy,
  draw: TablesDraw,
  drawn: ReadonlyMap<string, Drawn>,
  name: string,
  parents: ChosenParents,
): Child {
  const { schema, plans, models } = by
  const model = models.get(name)!
  const plan = plans[name]!
  const { clock: rowOrder, repeats = {}, families: groups } = plan
  const { key = [], references } = schema.tables[name]!
  const { table: parentName, columns: parentColumns } = references[plan.references.indexOf('parent')]!
  const parent = drawn.get(parentName)!
  const { columns, context: contextNames = [] } = model.file.description.encoding
  const learned = columns.filter((column) => !isGenerated(column) && !contextNames.includes(column.name))
  const seed = seedOf(draw.seed, name)
  const given = givenRepeats(ownValue(draw.given, name) ?? {}, repeats)
  const ownKey = key
    .filter((column) => !parentColumns.includes(column))
    .flatMap((column) =>
      column === rowOrder?.column.name ? orderColumns(rowOrder).map((each) => each.name) : column,
    )
  const numberOfKey = learned.find(
    (column) =>
      column.kind === 'integer' &&
      key.includes(column.name) &&
      column.name !== rowOrder?.column.name &&
      !Object.hasOwn(given, column.name),
  )?.name
  const names = { parent: parentName, child: name, order: rowOrder?.column.name, seed }
  return {
    by,
    draw,
    name,
    plan,
    model,
    parent: { name: parentName, drawn: parent },
    parents,
    learned,
    contextNames,
    options: { seed, signal: draw.signal, given },
    isKeyOfParent: key.some((column) => parentColumns.includes(column)),
    keys: drawnKeys(ownKey, numberOfKey),
    check: checkOf(by, drawn, name),
    candidates: groups?.count ?? 1,
    choose: groups && groupChooser(groups, names),
  }
}
