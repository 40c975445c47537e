import { columnNamed } from '../../table/columns.ts'
import type { Schema } from '../schema.ts'
import { countColumns } from './counts.ts'
import type { Drawn, DrawnBy } from './drawn.ts'
import type { Plans } from './plan.ts'
import { isSetName } from './rows.ts'

/** The parents of a child's rows: here the foreign key of each row is chosen, before the row is drawn. */
export interface ChosenParents {
  /** The parents as rows of their table, -1 for a row without one. */
  readonly rows: readonly number[]
  /** By parent, how many rows of the child it has. */
  readonly sizes: Float64Array
}

/**
 * The parents of a table's rows, by the numbers of children that were drawn with the parents' own rows; undefined of a table without
 * a parent.
 */
export function chosenParents(
  { schema, plans }: DrawnBy,
  drawn: ReadonlyMap<string, Drawn>,
  name: string,
): ChosenParents | undefined {
  const plan = plans[name]!
  const reference = plan.references.indexOf('parent')
  if (reference < 0) return undefined
  const { table } = schema.tables[name]!.references[reference]!
  const parents = drawn.get(table)!
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
