import { type Families, minRows, prepareTables, type ReportTables } from '../../measure/prepare.ts'
import type { NamedTable } from '../../table/table.ts'
import { type ChildGroups, joinedRows, summedRows } from './child-groups.ts'
import { stepRows } from './orders.ts'
import { groupCount, inEach, type ReferencePart, type Sets } from './parts.ts'

type Rows = { readonly table: NamedTable; readonly groups: Int32Array }

/** Tables whose rows are of groups; undefined if one has too few of them to be measured. */
function prepared(rows: Sets<Rows>, seed: number): ReportTables | undefined {
  const groups = inEach((set) => rows[set].groups)
  if (Object.values(groups).some((each) => groupCount(each) < minRows)) return undefined
  const tables = inEach((set) => rows[set].table)
  return prepareTables(tables, seed, groups)
}

/** Children with their parents' columns. Undefined if there are too few groups. */
export function joinedTables({ groups, ofChildren }: ReferencePart, seed: number): ReportTables | undefined {
  return prepared(ofRows(groups, ofChildren, joinedRows), seed)
}

/** Parents with what their children come to. Undefined if there are too few groups. */
export function summedTables({ groups, ofParents }: ReferencePart, seed: number): ReportTables | undefined {
  const rows = inEach((set) => ({ table: summedRows(groups[set]), groups: ofParents[set] }))
  return prepared(rows, seed)
}

/** The steps from child to child in their order. Undefined without an order, and if there are too few groups. */
export function stepTables({ groups, ofChildren }: ReferencePart, seed: number): ReportTables | undefined {
  const { order } = groups.train
  if (order === undefined) return undefined
  const rows = ofRows(groups, ofChildren, (group) => stepRows({ ...group, order }))
  return prepared(rows, seed)
}

/** Rows that follow from some children, with the groups of these. */
function ofRows(
  groups: Sets<ChildGroups>,
  ofChildren: Families,
  make: (group: ChildGroups) => { table: NamedTable; rows: Int32Array },
): Sets<Rows> {
  return inEach((set) => {
    const { table, rows } = make(groups[set])
    return { table, groups: rows.map((row) => ofChildren[set][row]!) }
  })
}
