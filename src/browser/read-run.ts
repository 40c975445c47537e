import { describeConfig } from '../model/description.ts'
import { type RunFile, type RunStore, runConfigIn } from '../model/run-store.ts'
import { joinRows, toFloat64 } from '../numerics/points.ts'
import type { Encoding } from '../table/encodings/encoding.ts'
import { matchColumns, type NamedTable, type Table } from '../table/table.ts'
import { readTable } from './read-table.ts'

/** What a run of `train` on a table learned from. */
export interface RunTables {
  /** What the model does with each column. */
  readonly encoding: Encoding
  /** The rows of train.csv and holdout.csv, as written; undefined if the run has none. */
  readonly train: NamedTable | undefined
  readonly holdout: NamedTable | undefined
  /** The rows of both, in the model's columns. */
  readonly rows: Table<Float64Array>
}

/**
 * Reads the tables in the store of a run: those it trained on and held out.
 *
 * @param store - The run's store.
 * @returns The tables, and the encoding of their columns.
 * @throws InputError if the store has no run of `train`.
 * @example
 * const { train, holdout } = await readRun(store)
 * const { verdict } = await report({ samples: table, against: holdout, train })
 */
export async function readRun(store: RunStore): Promise<RunTables> {
  const { encoding } = describeConfig(await runConfigIn(store))
  const types = Object.fromEntries(encoding.columns.map(({ name, kind }) => [name, kind]))
  const read = async (file: RunFile) => {
    const bytes = await store.read(file)
    return bytes && readTable(new File([bytes as BlobPart], `${file}.csv`), { choice: { types } })
  }
  const [train, holdout] = [await read('train'), await read('holdout')]
  const { columns } = encoding
  const parts = [train, holdout].flatMap((table) =>
    table ? [toFloat64(matchColumns(table, { name: 'the model', columns }))] : [],
  )
  return { encoding, train, holdout, rows: { columns, points: joinRows(parts) } }
}
