import type { ModelInternals } from '../../infer/model.ts'
import type { Given } from '../../table/known.ts'
import type { TableColumn } from '../../table/table.ts'
import type { LinkedTable } from '../database.ts'
import type { Schema } from '../schema.ts'
import { madeColumns } from './draw-rows.ts'
import type { Plans } from './plan.ts'

/** A table's rows as they are drawn. */
export interface Drawn {
  readonly count: number
  /** What its model learns, and its order's column. */
  readonly learned: readonly TableColumn[]
  /** The columns of the schema that are known so far. */
  readonly final: Map<string, TableColumn>
  /** By reference, the row of the other table for each row, -1 where there is none; undefined until they are found. */
  readonly links: (Int32Array | undefined)[]
  /** By row, its number among those of its table. */
  readonly numbers: Float64Array
}

/** What tables are drawn by. */
export interface DrawnBy {
  readonly schema: Schema
  readonly plans: Plans
  readonly models: ReadonlyMap<string, ModelInternals>
  /** The tables whose real rows are kept. */
  readonly kept: ReadonlyMap<string, LinkedTable>
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

interface Parts {
  readonly learned: readonly TableColumn[]
  readonly numbers: Float64Array
  readonly seed: number
  readonly references: number
}

/** The rows of a table whose learned columns are drawn, with those that are made. */
export function drawnOf(model: ModelInternals, { learned, numbers, seed, references }: Parts): Drawn {
  const count = numbers.length
  const generated = madeColumns(model, learned, count, seed)
  return {
    count,
    learned,
    final: new Map([...learned, ...generated].map((each) => [each.name, each])),
    links: new Array<undefined>(references).fill(undefined),
    numbers,
  }
}
