import { existsSync } from 'node:fs'
import { appendFile, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError, messageOf } from '../core/errors.ts'
import { cannotWrite, writeTogether } from '../core/files.ts'
import { databaseParts } from '../database/parts.ts'
import type { ExportConfig, RunConfig } from '../model/run-config.ts'
import { type RunFile, type RunStore, runFilePaths } from '../model/run-store.ts'
import { runConfigIn, trainedRunIn } from '../model/stored-run.ts'
import type { NamedWeights } from '../model/weights.ts'
import type { ReadOptions, TableFile } from '../table/formats/read-bytes.ts'
import { readTable as readNamed } from '../table/formats/read-table.ts'
import { kindsOf, type NamedTable } from '../table/table.ts'
import { begunFile } from './begun-tables.ts'

export function runFiles(run: string): Readonly<Record<RunFile, string>> {
  const paths = Object.entries(runFilePaths).map(([file, path]) => [file, join(run, path)])
  return Object.fromEntries(paths) as Record<RunFile, string>
}

export function folderStore(folder: string): RunStore {
  const paths = runFiles(folder)
  return {
    folder,
    async read(file) {
      if (!existsSync(paths[file])) return undefined
      return readFile(paths[file]).catch((error) => {
        throw new InputError(`cannot read ${paths[file]}: ${messageOf(error)}`, 'cannot-read')
      })
    },
    async writeTogether(files) {
      const entries = Object.entries(files) as [RunFile, string | Uint8Array | null][]
      await writeTogether(
        entries.flatMap(([file, content]) => (content === null ? [] : [[paths[file], content] as const])),
      )
      for (const [file, content] of entries) if (content === null) await rm(paths[file], { force: true })
    },
    async append(file, text) {
      await appendFile(paths[file], text).catch((error) => {
        throw cannotWrite(paths[file], error)
      })
    },
  }
}

/** Reads what an export needs of a run folder. Throws if a file is missing or malformed. */
export async function readTrainedRun(run: string): Promise<{ config: ExportConfig; weights: NamedWeights }> {
  requireOneTable(run)
  return trainedRunIn(folderStore(run))
}

/** Reads config.json as `train` wrote it. Throws if there is no run of `train`. */
export async function readRunConfig(run: string): Promise<RunConfig> {
  requireOneTable(run)
  return runConfigIn(folderStore(run))
}

/** Whether a folder has the runs of several tables. */
export function isDatabaseRun(run: string): boolean {
  return existsSync(join(run, databaseParts.plans)) && existsSync(join(run, databaseParts.schema))
}

/** Whether a folder has runs of several tables, of which not all were trained. */
export function isBegunDatabase(run: string): boolean {
  return existsSync(join(run, begunFile)) && !isDatabaseRun(run)
}

function requireOneTable(run: string): void {
  if (isBegunDatabase(run))
    throw new InputError(
      `${run} has the runs of several tables, of which not all are trained: first resume the training, with the same tables and options`,
      'bad-model',
    )
  if (isDatabaseRun(run))
    throw new InputError(
      `${run} has the runs of several tables, and this takes one: give the folder of a table in it`,
      'bad-model',
    )
}

/** Reads train.csv, holdout.csv or validation.csv, which a run's table was divided into. */
export async function readRunTable(path: string, { encoding }: RunConfig): Promise<NamedTable> {
  return readTable(path, { choice: { types: kindsOf(encoding ?? { columns: [] }) } })
}

/**
 * Reads a table: .csv, .tsv, .txt, .json, .jsonl, .parquet, .npy and .xlsx, each text form also as .gz, and `-` for
 * CSV from stdin. The kinds of columns are inferred from their cells, unless `choice` gives them.
 *
 * @param file - The path, or `-`.
 * @param options - `choice` keeps columns, leaves them out or gives their kinds; `sheet` names one of an .xlsx file, and
 * `maxSize` lets a larger file be read.
 * @returns The table, its SHA-256, and which columns were left out and why.
 * @throws InputError if the file is missing or has another ending, there are fewer than two rows, or cells fit no kind
 * or not the given one.
 * @example
 * const people = await readTable('people.csv', { choice: { types: { zip: 'category' }, drop: ['name'] } })
 */
export function readTable(file: string, options: ReadOptions = {}): Promise<TableFile> {
  return readNamed(undefined, file, options)
}
