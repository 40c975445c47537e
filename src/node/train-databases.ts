/** Training of several tables in Node: a folder with a run for each. */
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '../core/errors.ts'
import { requireNoAddress, writeTogether } from '../core/files.ts'
import { printable } from '../core/format.ts'
import { anything, callback, checkOptions, type OptionChecks, text } from '../core/options.ts'
import type { Database, LinkedTable } from '../database/database.ts'
import { referenceDataToJson, tablesToJson } from '../database/file.ts'
import type { Plans } from '../database/learned/plan.ts'
import { type TablesTraining, tablesTrainingChecks, trainTables } from '../database/learned/train-tables.ts'
import type { DatabaseVerdicts } from '../database/measured/verdicts.ts'
import { databaseOfRows, type TablesOfRows } from '../database/memory.ts'
import { databaseParts } from '../database/parts.ts'
import { type Schema, schemaToJson } from '../database/schema.ts'
import { readSource } from '../database/stores/read.ts'
import { exportNoisePredictor } from '../export/export-model.ts'
import { runFilePaths } from '../model/run-store.ts'
import { provideFaker } from '../table/generated/faker.ts'
import { trainChecks } from '../train/options.ts'
import { type Trained, train } from '../train/train.ts'
import { digestOfTraining, isBegun, writeBegun } from './begun-tables.ts'
import { loadNodeFaker } from './faker.ts'
import { loadModel } from './providers.ts'
import { whileLocked } from './run-lock.ts'
import { filesOfRows, keptPath, type RunRows, rowsFolder } from './run-rows.ts'
import { folderNames } from './table-folders.ts'
import { runtimeFor } from './training.ts'

/** What is trained on several tables. */
export interface TrainTablesRequest extends TablesTraining {
  /** What `readDatabase` read, its folder, file or address, or rows by table. */
  readonly dataset: string | Database | TablesOfRows
  /** Keys and references. Default: those of the database, or what its rows show. */
  readonly schema?: Schema | undefined
  /** The folder of the runs, which gets one for each table. Without it, they stay in memory. */
  readonly out?: string | undefined
  /** Continues a training in `out` that was stopped, with the same tables and options, to the same bytes; begins one if there is none. */
  readonly resume?: boolean | undefined
  /** Called for each table before its training. */
  readonly onTable?: ((table: string) => void) | undefined
}

/** The models of several tables, for `exportModel`. */
export interface TrainedDatabase extends DatabaseVerdicts {
  readonly run: string | null
  readonly schema: Schema
  readonly plans: Plans
  /** By table, its run; none of a table that keeps its rows. */
  readonly trained: ReadonlyMap<string, Trained>
  readonly kept: ReadonlyMap<string, LinkedTable>
  /** The rows that were trained on and those that were kept aside; null if none judge the samples. */
  readonly rows: RunRows | null
}

const requestChecks: OptionChecks<TrainTablesRequest> = {
  ...tablesTrainingChecks,
  dataset: anything,
  schema: anything,
  out: text,
  resume: trainChecks.resume,
  onTable: callback,
}

/**
 * Trains a model of each table of a database, those of children under the columns of their parents. Given `out`, writes schema.json,
 * and a run folder for each table.
 *
 * @param request - The database and how each model is trained; `holdout` and `validation` keep parents aside with their children.
 * @returns The models of all tables, for `exportModel`.
 * @throws InputError if an option or the database is wrong, or the folder already holds a run; the signal's reason once it is aborted.
 * @example
 * const trained = await trainDatabase({ dataset: 'shop.sqlite', out: 'runs/shop' })
 */
export async function trainDatabase(request: TrainTablesRequest): Promise<TrainedDatabase> {
  const { dataset, schema, out, onTable, resume, ...options } = checkOptions(
    'train',
    request,
    requestChecks,
    ['dataset'],
  )
  provideFaker(loadNodeFaker)
  if (out !== undefined) requireNoAddress(out)
  if (resume) requireResumable(out, options.force)
  if (out !== undefined && existsSync(join(out, databaseParts.schema)) && !options.force && !resume)
    throw new InputError(
      `${out} already has the runs of several tables: give another \`out\`, or \`force\` to overwrite them`,
      'exists',
      { option: 'out' },
    )
  if (schema && typeof dataset !== 'string' && isDatabase(dataset))
    throw new InputError(
      '`schema` is for what is still to be read, and dataset was read by its own: give it to readDatabase',
      'conflict',
      { option: 'schema' },
    )
  const reading = { schema, signal: options.signal, onNotice: options.onNote }
  const database =
    typeof dataset === 'string'
      ? await readSource(dataset, reading)
      : isDatabase(dataset)
        ? dataset
        : await databaseOfRows(dataset, reading)
  return whileLocked(out, async () => {
    const names = folderNames(Object.keys(database.schema.tables))
    const { signal, force, onNote, onProgress, onWarning, onWork, threads, ...lasting } = options
    const sha256 = digestOfTraining(database, { ...lasting, ...asideInDigest(lasting) })
    const goesOn = resume === true && (await isBegun(out!, sha256))
    if (out !== undefined && !force && !goesOn) requireNoRuns(out, names)
    // until all tables are trained, the folder has no run of several
    if (out !== undefined)
      for (const part of [...Object.values(databaseParts), rowsFolder])
        await rm(join(out, part), { force: true, recursive: true })
    if (out !== undefined) await writeBegun(out, sha256)
    const {
      plans,
      trained,
      train: learned,
      holdout,
      validation,
      verdicts,
      verdictsOf,
    } = await trainTables(
      database,
      options,
      (table, request, among) => {
        onTable?.(table)
        const folder = out === undefined ? undefined : join(out, names.get(table)!)
        if (!goesOn || !existsSync(join(folder!, runFilePaths.config)))
          return train(request, runtimeFor(folder), among)
        const watched = { signal, onNote, onProgress, onWarning, onWork, threads }
        return train({ resume: true, out: folder!, ...watched }, runtimeFor(folder), among)
      },
      async (each) => loadModel(await exportNoisePredictor(each), { provider: 'simd', threads }),
    )
    const rows = holdout ? { train: learned, against: holdout, validation } : null
    const kept = new Map([...learned.tables].filter(([name]) => database.schema.tables[name]!.keep))
    if (out !== undefined) {
      await mkdir(out, { recursive: true })
      await writeTogether([
        ...[...kept].map(
          ([name, table]) =>
            [keptPath(out, names.get(name)!), `${JSON.stringify(referenceDataToJson(table))}\n`] as const,
        ),
        ...(rows ? filesOfRows(out, rows, names) : []),
        [join(out, databaseParts.plans), tablesToJson({ plans, verdicts, verdictsOf })],
        [join(out, databaseParts.schema), schemaToJson(database.schema)],
      ])
    }
    return { run: out ?? null, schema: database.schema, plans, trained, kept, rows, verdicts, verdictsOf }
  })
}

/** The shares as a digest has them: a training that was begun when no rows were kept aside by default is continued if it is to keep none. */
function asideInDigest({ holdout, validation }: TablesTraining) {
  const shareOf = (share: number | undefined) => (share === undefined ? 'default' : share || undefined)
  return { holdout: shareOf(holdout), validation: shareOf(validation) }
}

/** Throws InputError if there is no folder to continue in, or all is to be overwritten. */
function requireResumable(out: string | undefined, force: boolean | undefined): void {
  if (out !== undefined && !force) return
  throw new InputError(
    out === undefined
      ? '`resume` continues the runs in a folder: give `out`'
      : '`resume` and `force` exclude each other: one continues the runs, the other overwrites them',
    'conflict',
    { option: 'resume' },
  )
}

/** Throws InputError, before anything is trained, on a folder with the run of a table, as a training that was stopped leaves. */
function requireNoRuns(out: string, names: ReadonlyMap<string, string>): void {
  for (const [table, folder] of names)
    if (existsSync(join(out, folder, runFilePaths.config)))
      throw new InputError(
        `${out} has a run of ${printable(table)}, but not of all tables: give another \`out\`, \`resume\` to continue with the same tables, or \`force\` to train all of them anew`,
        'exists',
        { option: 'out' },
      )
}

function isDatabase(dataset: Database | TablesOfRows): dataset is Database {
  return (dataset as Database).tables instanceof Map
}
