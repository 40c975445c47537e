/** The run of several tables in Node: its file, its model, and its rows. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cannotRead, readInput, writeWhole } from '../core/files.ts'
import { anything, checkOptions, text } from '../core/options.ts'
import type { LinkedTable } from '../database/database.ts'
import {
  type DatabaseFile,
  decodeDatabaseFile,
  encodeDatabaseFile,
  parseTables,
  referenceDataFromJson,
} from '../database/file.ts'
import { type DatabaseModel, openDatabaseModel } from '../database/model.ts'
import { databaseParts } from '../database/parts.ts'
import { parseSchema, type Schema } from '../database/schema.ts'
import { exportNoisePredictor, type TrainedModel } from '../export/export-model.ts'
import { openModel } from '../infer/open-model.ts'
import type { RunConfig } from '../model/run-config.ts'
import { provideFaker } from '../table/generated/faker.ts'
import { loadNodeFaker } from './faker.ts'
import { type NodeLoadOptions, nodeProviders } from './providers.ts'
import { readRunConfig, readTrainedRun } from './run-folder.ts'
import { keptPath, noHoldout, ofConfigs, type RowsOfRun, readRunRows } from './run-rows.ts'
import { folderNames } from './table-folders.ts'
import type { TrainedDatabase } from './train-databases.ts'

/** What a folder of runs, or a training, has for a .moonstep file. Throws InputError on a part that is missing or malformed. */
async function databaseFileOf(run: string | TrainedDatabase): Promise<DatabaseFile> {
  const parts = typeof run === 'string' ? await readParts(run) : runParts(run)
  const { trainedOf, ...all } = parts
  const { schema } = parts
  const models = new Map<string, Uint8Array>()
  for (const name of Object.keys(schema.tables)) {
    if (schema.tables[name]!.keep) continue
    models.set(name, await exportNoisePredictor(await trainedOf(name)))
  }
  return { ...all, models }
}

interface RunParts extends Omit<DatabaseFile, 'models'> {
  trainedOf(table: string): Promise<TrainedModel>
}

function runParts({ schema, plans, verdicts, verdictsOf, kept, trained }: TrainedDatabase): RunParts {
  const trainedOf = async (table: string) => trained.get(table)!
  return { schema, plans, verdicts, verdictsOf, referenceData: kept, trainedOf }
}

async function readParts(run: string): Promise<RunParts> {
  const path = (name: string) => join(run, name)
  const read = async (file: string) =>
    readFile(file, 'utf8').catch((error) =>
      cannotRead(error, file, { remedy: 'give the folder of `train` on several tables' }),
    )
  const schemaPath = path(databaseParts.schema)
  const schema = parseSchema(await read(schemaPath), schemaPath)
  const learned = parseTables(await read(path(databaseParts.plans)), schema, path(databaseParts.plans))
  const names = folderNames(Object.keys(schema.tables))
  const referenceData = new Map<string, LinkedTable>()
  for (const [name, { keep }] of Object.entries(schema.tables)) {
    if (keep) referenceData.set(name, await readRows(keptPath(run, names.get(name)!), name, schema))
  }
  return { schema, ...learned, referenceData, trainedOf: (table) => readTrainedRun(path(names.get(table)!)) }
}

/** The rows of a table that a run has kept. Throws InputError if the file is missing or malformed. */
async function readRows(file: string, name: string, schema: Schema): Promise<LinkedTable> {
  const json = await readFile(file, 'utf8').catch((error) =>
    cannotRead(error, file, { remedy: 'train the tables anew' }),
  )
  return referenceDataFromJson(json, name, schema.tables[name]!.references.length, file)
}

/**
 * The rows of a run of several tables, for `reportDatabase`.
 *
 * @param run - The folder of `train` with `holdout`, or its result.
 * @returns The training rows, the held-out parents with their children, and what the models' cards say of each table.
 * @throws InputError on a folder that is no such run, and on a run that held no rows out.
 * @example
 * const { verdict } = await reportDatabase({ ...(await rowsOfRun('runs/shop')), samples: await sample(shop) })
 */
export async function rowsOfRun(run: string | TrainedDatabase): Promise<RowsOfRun> {
  if (typeof run !== 'string') {
    if (!run.rows) throw noHoldout(run.run ?? 'the training')
    const { verdicts, verdictsOf, rows } = run
    return {
      train: rows.train,
      plans: run.plans,
      against: rows.against,
      verdicts,
      verdictsOf,
      ...ofConfigs(new Map([...run.trained].map(([name, { config }]) => [name, config]))),
    }
  }
  const { schema, plans, verdicts, verdictsOf } = await readParts(run)
  const names = folderNames(Object.keys(schema.tables))
  const rows = await readRunRows(run, schema, names)
  const configs = new Map<string, RunConfig>()
  for (const [name, { keep }] of Object.entries(schema.tables))
    if (!keep) configs.set(name, await readRunConfig(join(run, names.get(name)!)))
  return { ...rows, plans, verdicts, verdictsOf, ...ofConfigs(configs) }
}

/** Whether a folder has the run of several tables. */
export function isRunOfTables(run: string): boolean {
  return existsSync(join(run, databaseParts.schema))
}

export interface ExportTablesRequest {
  /** The folder of `train`, or its result. */
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

/** The schema of a .moonstep file, whose models are not loaded. Throws InputError if it can't be read, or is none. */
export async function readSchemaOf(path: string): Promise<Schema> {
  return decodeDatabaseFile(await readInput(path, 'give a .moonstep file'), path).schema
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
 * const { customers, orders } = await sample(shop, { count: { customers: 1000 }, seed: 7 })
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
