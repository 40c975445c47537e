import { ownValue } from '../../core/own.ts'
import type { ModelInternals } from '../../infer/model.ts'
import { columnNamed } from '../../table/columns.ts'
import { type Column, isGenerated } from '../../table/table.ts'
import type { Schema } from '../schema.ts'
import { clockColumns } from './clock.ts'
import { countColumns } from './counts.ts'
import { type DrawnKeys, drawnKeys } from './distinct.ts'
import { type RowDraw, seedOf } from './draw-rows.ts'
import type { Drawn, DrawnBy, TablesDraw } from './drawn.ts'
import { familyChooser } from './families.ts'
import type { Plans, TablePlan } from './plan.ts'
import { givenRepeats } from './repeats.ts'
import { checkOf, type RowCheck } from './row-check.ts'
import { isSetName } from './rows.ts'

/** A child table whose rows are to be drawn: what is known before the first of them. */
export interface Child {
  readonly by: DrawnBy
  readonly draw: TablesDraw
  readonly name: string
  readonly plan: TablePlan
  readonly model: ModelInternals
  /** The parent's name and its rows. */
  readonly parent: { readonly name: string; readonly drawn: Drawn }
  /** The parents of its rows, as rows among those of the parent, -1 for a row without one; and how many rows each has. */
  readonly parentRows: readonly number[]
  readonly sizes: Float64Array
  /** What is drawn of each row. */
  readonly learned: readonly Column[]
  readonly contextNames: readonly string[]
  readonly options: RowDraw
  /** Whether its key has the reference to the parent, so that a key may be repeated among the rows of another. */
  readonly isKeyOfParent: boolean
  readonly keys: DrawnKeys | undefined
  readonly check: RowCheck | undefined
  /** How many families of each parent are drawn, of which one is chosen. */
  readonly candidates: number
  readonly choose: ReturnType<typeof familyChooser> | undefined
}

/** Resolves how the rows of a child are drawn, whose parents are. */
export function childOf(
  by: DrawnBy,
  draw: TablesDraw,
  drawn: ReadonlyMap<string, Drawn>,
  name: string,
): Child {
  const { schema, plans, models } = by
  const model = models.get(name)!
  const plan = plans[name]!
  const { clock, repeats = {}, families } = plan
  const { key = [], references } = schema.tables[name]!
  const { table: parentName, columns: parentColumns } = references[plan.references.indexOf('parent')]!
  const parent = drawn.get(parentName)!
  const { columns, context: contextNames = [] } = model.file.description.encoding
  const learned = columns.filter((column) => !isGenerated(column) && !contextNames.includes(column.name))
  const { sizes, rows: parentRows } = parentsOf(by, name, parent)
  const seed = seedOf(draw.seed, name)
  const given = givenRepeats(ownValue(draw.given, name) ?? {}, repeats)
  const ownKey = key
    .filter((column) => !parentColumns.includes(column))
    .flatMap((column) =>
      column === clock?.column.name ? clockColumns(clock).map((each) => each.name) : column,
    )
  const numberOfKey = learned.find(
    (column) =>
      column.kind === 'integer' &&
      key.includes(column.name) &&
      column.name !== clock?.column.name &&
      !Object.hasOwn(given, column.name),
  )?.name
  const names = { parent: parentName, child: name, order: clock?.column.name, seed }
  return {
    by,
    draw,
    name,
    plan,
    model,
    parent: { name: parentName, drawn: parent },
    parentRows,
    sizes,
    learned,
    contextNames,
    options: { seed, signal: draw.signal, given },
    isKeyOfParent: key.some((column) => parentColumns.includes(column)),
    keys: drawnKeys(ownKey, numberOfKey),
    check: checkOf(by, drawn, name),
    candidates: families?.count ?? 1,
    choose: families && familyChooser(families, names),
  }
}

/** The parents of a child's rows, those without a row among them as -1, and how many rows each has. */
function parentsOf(
  { schema, plans }: DrawnBy,
  name: string,
  parents: Drawn,
): { readonly rows: readonly number[]; readonly sizes: Float64Array } {
  const plan = plans[name]!
  const reference = plan.references.indexOf('parent')
  const { table } = schema.tables[name]!.references[reference]!
  const counting = countColumns(schema, plans, table).find(
    (each) => each.child === name && each.reference === reference,
  )!
  const counts = parents.count === 0 ? new Float64Array(0) : columnNamed(parents.learned, counting.name).cells
  const sizes = Array.from(counts, (cell) => (Number.isNaN(cell) ? 0 : Math.max(0, Math.round(cell))))
  const rows = sizes.map((_, i) => i)
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
      const mayLack = optional && !plans[other]!.missing?.includes(isSetName(columns))
      if (table !== name || other === name || mayLack) return false
      return plans[other]!.references[k] !== 'parent' || isNeeded(schema, plans, other)
    }),
  )
}
