import type { RunConfig } from '../model/run-config.ts'
import { decodeCells, encodingOf } from '../table/encoding.ts'
import { readTable } from '../table/read-table.ts'
import type { NamedTable } from '../table/table.ts'
import { resumedData } from './data.ts'
import { folderStore } from './store.ts'

/** The rows that a run's table was trained on, from its checkpoint. Throws InputError where there are none. */
export async function trainedTable(run: string, config: RunConfig): Promise<NamedTable> {
  const { x_0 } = await resumedData(folderStore(run), config)
  return { name: 'the training rows', ...decodeCells(encodingOf(config), x_0) }
}

/** A file that a run's table was divided into: train.csv or holdout.csv. */
export async function readRunTable(path: string, { encoding }: RunConfig): Promise<NamedTable> {
  const types = Object.fromEntries((encoding?.columns ?? []).map(({ name, kind }) => [name, kind]))
  return readTable(undefined, path, { choice: { types } })
}
