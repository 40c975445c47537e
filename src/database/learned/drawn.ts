import type { ModelInternals } from '../../infer/model.ts'
import type { Given } from '../../table/known.ts'
import { type ColumnType, columnKinds, type NamedTable, type TableColumn } from '../../table/table.ts'
import type { LinkedTable } from '../database.ts'
import type { Schema } from '../schema.ts'
import { generateColumns } from './draw-rows.ts'
import { laterColumns, type Plans } from './plan.ts'

/** A table's rows as they are drawn. */
export interface Drawn {
  readonly count: number
  /** What its model learns, and its order's column. */
  readonly learned: readonly TableColumn[]
  /** The columns of the schema that are known so far. */
  readonly columns: ReadonlyMap<string, TableColumn>
  /** By reference, the row of the other table for each row, -1 where there is none; undefined until they are found. */
  readonly links: readonly (Int32Array | undefined)[]
  /** By row, its number among those of its table. */
  readonly numbers: Float64Array
}

/** What tables are drawn by. */
export interface DrawnBy {
  readonly schema: Schema
  readonly plans: Plans
  readonly models: ReadonlyMap<string, ModelInternals>
  /** The tables whose real rows stand in every sample. */
  readonly referenceData: ReadonlyMap<string, LinkedTable>
}

export interface TablesDraw {
  /** The rows of each table without a parent. */
  readonly counts: Readonly<Record<string, number>>
  readonly seed: number
  readonly given?: Readonly<Record<string, Given>> | undefined
  readonly signal?: AbortSignal | undefined
  /** Told of rows that are left out. */
  readonly onWarning?: ((message: string) => void) | undefined
  readonly onProgress?: ((progress: { table: string; done: number; count: number }) => void) | undefined
}

/** The rows of a table whose learned columns are drawn, with those that are generated. */
export function drawnOf(
  model: ModelInternals,
  seed: number,
  rows: Pick<Drawn, 'learned' | 'numbers' | 'links'>,
): Drawn {
  const { learned, numbers } = rows
  const count = numbers.length
  const all = [...learned, ...generateColumns(model, learned, count, seed)]
  return { ...rows, count, columns: new Map(all.map((each) => [each.name, each])) }
}

/** The rows of reference data, as they are before any table is drawn. */
export function referenceRows({ schema, referenceData }: DrawnBy, name: string): Drawn {
  const { references } = schema.tables[name]!
  const { count, columns, links, kept: whole } = referenceData.get(name)!
  const later = laterColumns(schema, name)
  const all = (whole?.columns ?? columns).filter((each) => !later.includes(each.name))
  return {
    count,
    learned: columns,
    // whoever gets the rows may write into them
    columns: new Map(all.map((each) => [each.name, { ...each, cells: each.cells.slice() }])),
    links: links.map((rows, k) => (schema.tables[references[k]!.table]!.keep ? rows : undefined)),
    numbers: Float64Array.from({ length: count }, (_, i) => i),
  }
}

/** The rows as a table of the schema's columns. */
export function tableOf({ schema, plans }: DrawnBy, name: string, { columns, count }: Drawn): NamedTable {
  const { missing = [] } = plans[name]!
  const all = Object.entries(schema.tables[name]!.columns).flatMap(
    ([column, type]) =>
      columns.get(column) ?? (missing.includes(column) ? withoutValues(column, type, count) : []),
  )
  return { name, columns: all, count }
}

/** A column of which no training row had a value. */
function withoutValues(name: string, type: ColumnType, count: number): TableColumn {
  const kind = columnKinds.find((each) => type === each || type.startsWith(`${each}:`)) ?? 'text'
  const cells = new Float64Array(count).fill(Number.NaN)
  return { name, kind, ...(kind === 'category' && { categories: [] }), cells }
}
