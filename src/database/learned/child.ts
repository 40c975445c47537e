import { ownValue } from '../../core/own.ts'
import { columnNamed } from '../../table/columns.ts'
import { isGenerated } from '../../table/table.ts'
import { parentOf } from '../parent.ts'
import type { Schema } from '../schema.ts'
import { groupChooser } from './child-groups.ts'
import { countName } from './counts.ts'
import { drawnKeys } from './distinct.ts'
import { seedOf } from './draw-rows.ts'
import type { Drawn, DrawnBy, TablesDraw } from './drawn.ts'
import type { Plans } from './plan.ts'
import { givenRepeats } from './repeats.ts'
import { checkOf } from './row-check.ts'
import { orderColumns } from './row-order.ts'
import { isSetName } from './rows.ts'

/** A child table whose rows are to be drawn: what is known before the first of them. */
export type Child = ReturnType<typeof childOf>

/** Resolves how the rows of a child are drawn, whose parents are. */
export function childOf(by: DrawnBy, draw: TablesDraw, drawn: ReadonlyMap<string, Drawn>, name: string) {
  const { schema, plans, models } = by
  const model = models.get(name)!
  const plan = plans[name]!
  const { rowOrder, repeats = {}, groups } = plan
  const { key = [] } = schema.tables[name]!
  const { reference, index } = parentOf(schema, name)!
  const { table: parentName, columns: parentColumns } = reference
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
    parents: chosenParents(by, parent, name, countName(schema.tables, name, index)),
    /** What is drawn of each row. */
    learned,
    contextNames,
    options: { seed, signal: draw.signal, given },
    /** Whether its key has the reference to the parent, so that a key may be repeated among the rows of another. */
    isKeyOfParent: key.some((column) => parentColumns.includes(column)),
    keys: drawnKeys(ownKey, numberOfKey),
    check: checkOf(by, drawn, name),
    /** How many groups of each parent are drawn, of which one is chosen. */
    candidates: groups?.count ?? 1,
    choose: groups && groupChooser(groups, names),
  }
}

/**
 * The parents of a child's rows, by the numbers of children that were drawn with the parents' own rows: here the foreign key of each row
 * is chosen, before the row is drawn.
 *
 * @returns The parents as rows of their table, -1 for a row without one, and by parent, how many rows of the child it has.
 */
function chosenParents({ schema, plans }: DrawnBy, parents: Drawn, name: string, counting: string) {
  const plan = plans[name]!
  const counts = parents.count === 0 ? [] : columnNamed(parents.learned, counting).cells
  const sizes = Array.from(counts, (cell) => (Number.isNaN(cell) ? 0 : Math.max(0, Math.round(cell))))
  const rows = [...sizes.keys()]
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const orphans = Math.round((plan.orphans * total) / Math.max(1, plan.rows - plan.orphans))
  for (let k = 0; k < orphans; k++) {
    rows.push(-1)
    sizes.push(1)
  }
  if (total + orphans === 0 && isNeeded(schema, plans, name)) {
    if (rows.length === 0) rows.push(-1)
    sizes[0] = 1
  }
  return { rows, sizes: Float64Array.from(sizes) }
}

/** Whether rows of other tables need one of a table: by a reference that no row may lack, or none lacked, to it or to a child of it. */
function isNeeded(schema: Schema, plans: Plans, name: string): boolean {
  return Object.entries(schema.tables).some(([other, { references }]) =>
    references.some(({ columns, table, optional }, k) => {
      const allowsMissing = optional && !plans[other]!.missing?.includes(isSetName(columns))
      if (table !== name || other === name || allowsMissing) return false
      return plans[other]!.references[k] !== 'parent' || isNeeded(schema, plans, other)
    }),
  )
}
