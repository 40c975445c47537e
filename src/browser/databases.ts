/**
 * Several tables whose keys meet, in a page: read from files, trained, exported and drawn. All of it computes in the thread that
 * calls it, so call it in a worker of your own.
 *
 * @example
 * import { exportDatabase, loadDatabase, readDatabase, trainDatabase } from 'moonstep/web/databases'
 *
 * const dataset = await readDatabase([...input.files])
 * const model = await loadDatabase(await exportDatabase(await trainDatabase({ dataset })))
 * const { tables } = await model.sample({ count: { customers: 1000 }, seed: 7 })
 * await model.dispose()
 * @module moonstep/web/databases
 */
import { anything, callback, checkOptions, type OptionChecks } from '../core/options.ts'
import type { Database, LinkedTable } from '../database/database.ts'
import { decodeDatabaseFile, encodeDatabaseFile } from '../database/file.ts'
import { storeOfFiles } from '../database/files.ts'
import type { Plans } from '../database/learned/plan.ts'
import { type TablesTraining, tablesTrainingChecks, trainTables } from '../database/learned/train-tables.ts'
import type { DatabaseVerdicts } from '../database/measured/verdicts.ts'
import { type DatabaseModel, openDatabaseModel } from '../database/model.ts'
import { type ReadDatabaseOptions, readTables } from '../database/read-tables.ts'
import type { Schema } from '../database/schema.ts'
import { exportNoisePredictor, type TrainedModel } from '../export/export-model.ts'
import { noStore, type RunStore } from '../model/run-store.ts'
import { runConfigIn, trainedRunIn } from '../model/stored-run.ts'
import type { TrainedCloseness } from '../train/closeness.ts'
import { trainChecks } from '../train/options.ts'
import { train } from '../train/train.ts'
import { loadModel, type WebLoadOptions } from './load-model.ts'
import { workerRuntimes } from './runtimes.ts'
import { sourcesOf } from './table-files.ts'
import { enginesWith } from './training-engines.ts'

export type { Database, LinkedTable } from '../database/database.ts'
export { tablesInOrder } from '../database/database.ts'
export type {
  CheckedRules,
  Copied,
  Plans,
  ReferencePlan,
  Repeats,
  TablePlan,
} from '../database/learned/plan.ts'
export type { OrderPlan as ClockPlan } from '../database/learned/row-order.ts'
export type { DatabaseVerdicts, JudgedPart, VerdictsOf } from '../database/measured/verdicts.ts'
export type { DatabaseModel, SampleTablesOptions, TableSamples } from '../database/model.ts'
export type { ReadDatabaseOptions } from '../database/read-tables.ts'
export {
  parseSchema,
  type Reference,
  type Schema,
  schemaToJson,
  type TableSchema,
} from '../database/schema.ts'
export type { Candidates } from '../model/candidates.ts'
export { databaseSentences, unjudgedSentences } from '../report/database/verdict.ts'
export { tablesZip } from './table-files.ts'

/**
 * Reads tables from files chosen in a page: CSV, JSON lines or Parquet, each named after its file, or zip files of them. No byte leaves
 * the page.
 *
 * @param files - The files; others among them are left out, and `onNotice` says so.
 * @param options - `schema` says how the tables meet. Default: as names and values show, and `onNotice` says how.
 * @returns The tables, with the row that each reference leads to.
 * @throws InputError on files without a table, two of one table, a key that repeats, a reference without its row, a circle of obligatory
 * references, and a zip with folders or of more than 256 MiB.
 * @example
 * const { schema, tables } = await readDatabase([...input.files], { onNotice: console.log })
 */
export async function readDatabase(
  files: readonly File[],
  options: ReadDatabaseOptions = {},
): Promise<Database> {
  return readTables(storeOfFiles('the files', await sourcesOf(files)), options)
}

/** What is trained on several tables in a page. */
export interface WebTrainTablesRequest extends Omit<TablesTraining, 'engine' | 'force'> {
  /** What `readDatabase` read. */
  readonly dataset: Database
  /** The store of the run of each table, such as `await openStore('shop/orders')`. Without it, they stay in memory. */
  readonly storeOf?: ((table: string) => RunStore | Promise<RunStore>) | undefined
  /** Whether runs that are in their stores are continued; those that ended are taken as they are. */
  readonly resume?: boolean | undefined
  /** Called for each table before its training. */
  readonly onTable?: ((table: string) => void) | undefined
}

/** A table's model, for `exportDatabase`. */
export interface TrainedTable extends TrainedModel {
  /** How close its samples are to real rows; absent if there were too few rows to measure. */
  readonly closeness?: TrainedCloseness | undefined
}

/** The models of several tables, for `exportDatabase`. */
export interface WebTrainedDatabase extends DatabaseVerdicts {
  readonly schema: Schema
  readonly plans: Plans
  /** By table; none of a table that keeps its rows. */
  readonly trained: ReadonlyMap<string, TrainedTable>
  readonly kept: ReadonlyMap<string, LinkedTable>
}

const { engine: _, force: __, ...trainingChecks } = tablesTrainingChecks

const requestChecks: OptionChecks<WebTrainTablesRequest> = {
  ...trainingChecks,
  dataset: anything,
  storeOf: callback,
  resume: trainChecks.resume,
  onTable: callback,
}

/**
 * Trains a model of each table on our own WASM kernels, those of children under the columns of their parents: the same as
 * `trainDatabase` with engine `simd` in Node.
 *
 * @param request - The tables and how each model is trained; `holdout` and `validation` keep parents aside with their children.
 * @returns The models of all tables, for `exportDatabase`.
 * @throws InputError if an option or the tables are wrong, or a store already holds a run that is not continued; the signal's reason once
 * it is aborted and a checkpoint of the table is saved.
 * @example
 * const trained = await trainDatabase({ dataset, onTable: (table) => show(table) })
 */
export async function trainDatabase(request: WebTrainTablesRequest): Promise<WebTrainedDatabase> {
  const { dataset, storeOf, resume, onTable, ...options } = checkOptions(
    'trainDatabase',
    request,
    requestChecks,
    ['dataset'],
  )
  const { schema } = dataset
  const engines = enginesWith(workerRuntimes.training.start)
  const {
    plans,
    trained,
    train: learned,
    verdicts,
    verdictsOf,
  } = await trainTables(
    dataset,
    options,
    async (table, fresh, among): Promise<TrainedTable> => {
      onTable?.(table)
      const store = (await storeOf?.(table)) ?? noStore
      const isBegun = resume === true && (await store.read('config')) !== undefined
      const ended = isBegun ? await endedRun(store) : undefined
      if (ended) return ended
      const { threads, onProgress, onWarning, onWork, signal } = fresh
      const continued = { resume, threads, onProgress, onWarning, onWork, signal, out: store.folder ?? table }
      const { config, weights, closeness } = await train(
        isBegun ? { ...continued, resume: true } : fresh,
        { engines, store },
        among,
      )
      return { config, weights, closeness }
    },
    async (each) => loadModel(await exportNoisePredictor(each), { threads: options.threads }),
  )
  const kept = new Map([...learned.tables].filter(([table]) => schema.tables[table]!.keep))
  return { schema, plans, trained, kept, verdicts, verdictsOf }
}

/** A run that ended: what it measured last is in its config. */
async function endedRun(store: RunStore): Promise<TrainedTable | undefined> {
  const { closeness } = await runConfigIn(store)
  return closeness && { ...(await trainedRunIn(store)), closeness }
}

/**
 * Writes the models of several tables into one .moonstep file, which has no row but those of tables that keep theirs.
 *
 * @param trained - The result of `trainDatabase`.
 * @returns The file's bytes: those of `moonstep export` for the same training.
 * @example
 * const bytes = await exportDatabase(await trainDatabase({ dataset }))
 */
export async function exportDatabase({ trained, kept, ...all }: WebTrainedDatabase): Promise<Uint8Array> {
  const models = new Map<string, Uint8Array>()
  for (const [table, model] of trained) models.set(table, await exportNoisePredictor(model))
  return encodeDatabaseFile({ ...all, models, referenceData: kept })
}

/**
 * Loads the models of several tables in a page.
 *
 * @param source - The bytes of a .moonstep file.
 * @param options - The provider of each model and its settings.
 * @returns The model, to sample and then to dispose of.
 * @throws InputError if it is no .moonstep file, or as `loadModel` does.
 * @example
 * const shop = await loadDatabase(new Uint8Array(await file.arrayBuffer()))
 * const { tables } = await shop.sample({ count: { customers: 1000 }, seed: 7 })
 */
export async function loadDatabase(source: Uint8Array, options: WebLoadOptions = {}): Promise<DatabaseModel> {
  return openDatabaseModel(decodeDatabaseFile(source, 'the file'), (model) => loadModel(model, options))
}
