/** Several tables in Node: their runs in a folder, their file, and its model. */
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '../core/errors.ts'
import { cannotRead, readInput, writeTogether, writeWhole } from '../core/files.ts'
import { printable } from '../core/format.ts'
import { abortSignal, anything, callback, checkOptions, type OptionChecks, text } from '../core/options.ts'
import type { Database, LinkedTable } from '../database/database.ts'
import {
  type DatabaseFile,
  decodeDatabaseFile,
  encodeDatabaseFile,
  keptFromJson,
  keptToJson,
  parsePlans,
} from '../database/file.ts'
import type { Plans } from '../database/learned/plan.ts'
import { type TablesTraining, trainTables } from '../database/learned/train-tables.ts'
import { databaseOfRows, type TablesOfRows } from '../database/memory.ts'
import { type DatabaseModel, openDatabaseModel } from '../database/model.ts'
import { databaseParts } from '../database/parts.ts'
import { parseSchema, type Schema, schemaToJson } from '../database/schema.ts'
import { readDatabase } from '../database/stores/read.ts'
import { exportNoisePredictor, type TrainedModel } from '../export/export-model.ts'
import { openModel } from '../infer/open-model.ts'
import type { RunConfig } from '../model/run-config.ts'
import { runFilePaths } from '../model/run-store.ts'
import { provideFaker } from '../table/generated/faker.ts'
import { trainChecks } from '../train/options.ts'
import { type Trained, train } from '../train/train.ts'
import { loadNodeFaker } from './faker.ts'
import { type NodeLoadOptions, nodeProviders } from './providers.ts'
import { readRunConfig, readTrainedRun } from './run-folder.ts'
import { whileLocked } from './run-lock.ts'
import {
  filesOfRows,
  keptPath,
  noHoldout,
  ofConfigs,
  type RowsOfRun,
  type RunRows,
  readRunRows,
  rowsFolder,
} from './run-rows.ts'
import { runtimeFor } from './training.ts'

/** What is trained on several tables. */
export interface TrainTablesRequest extends TablesTraining {
  /** What `readDatabase` read, its folder, file or address, or rows by table. */
  readonly dataset: string | Database | TablesOfRows
  /** Keys and references. Default: those of the database, or what its rows show. */
  readonly schema?: Schema | undefined
  /** The folder of the runs, which gets one for each table. Without it, they stay in memory. */
  readonly out?: string | undefined
  /** Told of each table before its training. */
  readonly onTable?: ((table: string) => void) | undefined
}

/** The models of several tables, for `exportTables`. */
export interface TrainedDatabase {
  readonly run: string | null
  readonly schema: Schema
  readonly plans: Plans
  /** By table, its run; none of a table that keeps its rows. */
  readonly trained: ReadonlyMap<string, Trained>
  readonly kept: ReadonlyMap<string, LinkedTable>
  /** The rows that were trained on and those that were held out; null without `holdout`. */
  readonly rows: RunRows | null
}

const requestChecks: OptionChecks<TrainTablesRequest> = {
  dataset: anything,
  schema: anything,
  out: text,
  onTable: callback,
  holdout: trainChecks.holdout,
  allowRareNames: trainChecks.allowRareNames,
  batchSize: trainChecks.batchSize,
  candidates: trainChecks.candidates,
  engine: trainChecks.engine,
  force: trainChecks.force,
  hidden: trainChecks.hidden,
  knots: trainChecks.knots,
  learningRate: trainChecks.learningRate,
  minCategory: trainChecks.minCategory,
  onNote: callback,
  onProgress: callback,
  onWarning: callback,
  onWork: callback,
  seed: trainChecks.seed,
  signal: abortSignal,
  steps: trainChecks.steps,
  threads: trainChecks.threads,
}

/**
 * Trains a model of each table of a database, those of children under the columns of their parents. Given `out`, writes schema.json,
 * and a run folder for each table.
 *
 * @param request - The database and how each model is trained; `holdout` sets parents aside with their children.
 * @returns The models of all tables, for `exportTables`.
 * @throws InputError if an option or the database is wrong, or the folder already holds a run; the signal's reason once it is aborted.
 * @example
 * const trained = await trainDatabase({ dataset: 'shop.sqlite', holdout: 0.2, out: 'runs/shop' })
 */
export async function trainDatabase(request: TrainTablesRequest): Promise<TrainedDatabase> {
  const { dataset, schema, out, onTable, ...options } = checkOptions(
    'trainDatabase',
    request,
    requestChecks,
    ['dataset'],
  )
  provideFaker(loadNodeFaker)
  if (out !== undefined && existsSync(join(out, databaseParts.schema)) && !options.force)
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
      ? await readDatabase(dataset, reading)
      : isDatabase(dataset)
        ? dataset
        : await databaseOfRows(dataset, reading)
  return whileLocked(out, async () => {
    const names = folderNames(Object.keys(database.schema.tables))
    if (out !== undefined && !options.force) requireNoRuns(out, names)
    // until all tables are trained, the folder has no run of several
    if (out !== undefined)
      for (const part of [...Object.values(databaseParts), rowsFolder])
        await rm(join(out, part), { force: true, recursive: true })
    const {
      plans,
      trained,
      train: learned,
      holdout,
    } = await trainTables(database, options, (table, request, among) => {
      onTable?.(table)
      return train(request, runtimeFor(out === undefined ? undefined : join(out, names.get(table)!)), among)
    })
    const rows = holdout ? { train: learned, against: holdout } : null
    const kept = new Map([...learned.tables].filter(([name]) => database.schema.tables[name]!.keep))
    if (out !== undefined) {
      await mkdir(out, { recursive: true })
      await writeTogether([
        ...[...kept].map(
          ([name, table]) =>
            [keptPath(out, names.get(name)!), `${JSON.stringify(keptToJson(table))}\n`] as const,
        ),
        ...(rows ? filesOfRows(out, rows, names) : []),
        [join(out, databaseParts.plans), `${JSON.stringify({ format: 1, tables: plans })}\n`],
        [join(out, databaseParts.schema), schemaToJson(database.schema)],
      ])
    }
    return { run: out ?? null, schema: database.schema, plans, trained, kept, rows }
  })
}

/** Throws InputError, before anything is trained, on a folder with the run of a table, as a training that was stopped leaves. */
function requireNoRuns(out: string, names: ReadonlyMap<string, string>): void {
  for (const [table, folder] of names)
    if (existsSync(join(out, folder, runFilePaths.config)))
      throw new InputError(
        `${out} has a run of ${printable(table)}, but not of all tables: give another \`out\`, or \`force\` to train all of them anew`,
        'exists',
        { option: 'out' },
      )
}

function isDatabase(dataset: Database | TablesOfRows): dataset is Database {
  return (dataset as Database).tables instanceof Map
}

/** A table's name as that of a folder: letters, digits, dots and dashes as they are. */
function folderNames(tables: readonly string[]): Map<string, string> {
  const taken = new Set([rowsFolder])
  return new Map(
    tables.map((table) => {
      const plain = table.replaceAll(/[^\w.-]/g, '_').replace(/^\.+/, '_') || '_'
      let name = plain
      for (let k = 2; taken.has(name.toLowerCase()); k++) name = `${plain}-${k}`
      taken.add(name.toLowerCase())
      return [table, name]
    }),
  )
}

/** What a folder of runs, or a training, has for a .moonstep file. Throws InputError on a part that is missing or malformed. */
async function databaseFileOf(run: string | TrainedDatabase): Promise<DatabaseFile> {
  const parts = typeof run === 'string' ? await readParts(run) : runParts(run)
  const { schema, plans, kept } = parts
  const models = new Map<string, Uint8Array>()
  for (const name of Object.keys(schema.tables)) {
    if (schema.tables[name]!.keep) continue
    models.set(name, await exportNoisePredictor(await parts.trainedOf(name)))
  }
  return { schema, plans, models, kept }
}

interface RunParts extends Pick<DatabaseFile, 'schema' | 'plans' | 'kept'> {
  trainedOf(table: string): Promise<TrainedModel>
}

function runParts({ schema, plans, kept, trained }: TrainedDatabase): RunParts {
  return { schema, plans, kept, trainedOf: async (table) => trained.get(table)! }
}

async function readParts(run: string): Promise<RunParts> {
  const path = (name: string) => join(run, name)
  const read = async (file: string) =>
    readFile(file, 'utf8').catch((error) =>
      cannotRead(error, file, { remedy: 'give the folder of `train` on several tables' }),
    )
  const schemaPath = path(databaseParts.schema)
  const schema = parseSchema(await read(schemaPath), schemaPath)
  const plans = parsePlans(await read(path(databaseParts.plans)), schema, path(databaseParts.plans))
  const names = folderNames(Object.keys(schema.tables))
  const kept = new Map<string, LinkedTable>()
  for (const [name, { keep }] of Object.entries(schema.tables)) {
    if (keep) kept.set(name, await readRows(keptPath(run, names.get(name)!), name, schema))
  }
  return { schema, plans, kept, trainedOf: (table) => readTrainedRun(path(names.get(table)!)) }
}

/** The rows of a table that a run has kept. Throws InputError if the file is missing or malformed. */
async function readRows(file: string, name: string, schema: Schema): Promise<LinkedTable> {
  const json = await readFile(file, 'utf8').catch((error) =>
    cannotRead(error, file, { remedy: 'train the tables anew' }),
  )
  return keptFromJson(json, name, schema.tables[name]!.references.length, file)
}

/**
 * The rows of a run of several tables, for `reportDatabase`.
 *
 * @param run - The folder of `trainDatabase` with `holdout`, or its result.
 * @returns The training rows, the held-out parents with their children, and what the models' cards say of each table.
 * @throws InputError on a folder that is no such run, and on a run that held no rows out.
 * @example
 * const { verdict } = await reportDatabase({ ...(await rowsOfRun('runs/shop')), samples: await shop.sample() })
 */
export async function rowsOfRun(run: string | TrainedDatabase): Promise<RowsOfRun> {
  if (typeof run !== 'string') {
    if (!run.rows) throw noHoldout(run.run ?? 'the training')
    return {
      ...run.rows,
      ...ofConfigs(new Map([...run.trained].map(([name, { config }]) => [name, config]))),
    }
  }
  const { schema } = await readParts(run)
  const names = folderNames(Object.keys(schema.tables))
  const rows = await readRunRows(run, schema, names)
  const configs = new Map<string, RunConfig>()
  for (const [name, { keep }] of Object.entries(schema.tables))
    if (!keep) configs.set(name, await readRunConfig(join(run, names.get(name)!)))
  return { ...rows, ...ofConfigs(configs) }
}

export interface ExportTablesRequest {
  /** The folder of `trainDatabase`, or its result. */
  readonly run: string | TrainedDatabase
  /** The path of the .moonstep file. Without it, the bytes are only returned. */
  readonly out?: string | undefined
}

/**
 * Writes the models of several tables into one file, which has no row but those of tables that keep theirs.
 *
 * @returns The file's bytes, the same for the same run.
 * @throws InputError on a folder that is no such run, or a file that can't be written.
 * @example
 * await exportDatabase({ run: 'runs/shop', out: 'shop.moonstep' })
 */
export async function exportDatabase(request: ExportTablesRequest): Promise<Uint8Array> {
  const { run, out } = checkOptions<ExportTablesRequest>(
    'exportDatabase',
    request,
    { run: anything, out: text },
    ['run'],
  )
  const bytes = encodeDatabaseFile(await databaseFileOf(run))
  if (out !== undefined) await writeWhole(out, bytes)
  return bytes
}

/**
 * Loads the models of several tables.
 *
 * @param source - The path of a .moonstep file, or its bytes.
 * @param options - The provider of each model and its settings.
 * @returns The model, to sample and then to dispose of.
 * @throws InputError if the source can't be read, it is no .moonstep file, or as `loadModel` does.
 * @example
 * const shop = await loadDatabase('shop.moonstep')
 * const { tables } = await shop.sample({ count: { customers: 1000 }, seed: 7 })
 */
export async function loadDatabase(
  source: string | Uint8Array,
  options: NodeLoadOptions = {},
): Promise<DatabaseModel> {
  provideFaker(loadNodeFaker)
  const name = typeof source === 'string' ? source : 'the file'
  const bytes = typeof source === 'string' ? await readInput(source, 'give a .moonstep file') : source
  return openDatabaseModel(decodeDatabaseFile(bytes, name), (model, table) =>
    openModel(model, `${name}, ${table}`, nodeProviders, options),
  )
}
