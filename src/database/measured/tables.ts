import {
  type Families,
  minRows,
  prepareTables,
  type ReportSources,
  type ReportTables,
} from '../../measure/prepare.ts'
import type { NamedTable } from '../../table/table.ts'
import { type Family, joinedRows, summedRows } from './families.ts'
import { stepRows } from './orders.ts'
import { familyCount, type ReferencePart } from './parts.ts'

type Sets<T> = Readonly<Record<keyof ReportSources, T>>

type Rows = { readonly table: NamedTable; readonly families: Int32Array }

/** Makes something of each of the three sets. */
function inEach<R>(of: (set: keyof ReportSources) => R): Record<keyof ReportSources, R> {
  return { samples: of('samples'), against: of('against'), train: of('train') }
}

/** Tables whose rows are of families; undefined if one has too few of them to be measured. */
function prepared(rows: Sets<Rows>, seed: number): ReportTables | undefined {
  const families = inEach((set) => rows[set].families)
  if (Object.values(families).some((each) => familyCount(each) < minRows)) return undefined
  return prepareTables(
    inEach((set) => rows[set].table),
    seed,
    families,
  )
}

/** Children with their parents' columns. Undefined if there are too few families. */
export function joinedTables(
  { families, ofChildren }: ReferencePart,
  seed: number,
): ReportTables | undefined {
  return prepared(ofRows(families, ofChildren, joinedRows), seed)
}

/** Parents with what their children come to. Undefined if there are too few families. */
export function summedTables({ families, ofParents }: ReferencePart, seed: number): ReportTables | undefined {
  return prepared(
    inEach((set) => ({ table: summedRows(families[set]), families: ofParents[set] })),
    seed,
  )
}

/** The steps from child to child in their order. Undefined without an order, and if there are too few families. */
export function stepTables({ families, ofChildren }: ReferencePart, seed: number): ReportTables | undefined {
  const { order } = families.train
  if (order === undefined) return undefined
  return prepared(
    ofRows(families, ofChildren, (family) => stepRows({ ...family, order })),
    seed,
  )
}

/** Rows made of some children, with the families of these. */
function ofRows(
  families: Sets<Family>,
  ofChildren: Families,
  make: (family: Family) => { table: NamedTable; rows: Int32Array },
): Sets<Rows> {
  return inEach((set) => {
    const { table, rows } = make(families[set])
    return { table, families: rows.map((row) => ofChildren[set][row]!) }
  })
}
