/** What is done in one way for a single table and for several: train, export, load, sample. */
import type { Database } from '../database/database.ts'
import type { TablesOfRows } from '../database/memory.ts'
import type { DatabaseModel, SampleTablesOptions } from '../database/model.ts'
import type { Exported } from '../export/export-model.ts'
import type { Model, ModelSource, SampleOptions, SampleResult } from '../infer/model.ts'
import { sample as sampleOne } from '../infer/sample.ts'
import type { TableRow } from '../table/inference/rows.ts'
import type { NamedTable } from '../table/table.ts'
import type { ResumeRequest, TrainRequest } from '../train/options.ts'
import type { Trained } from '../train/train.ts'
import { type ExportTablesRequest, exportDatabase, isRunOfTables, loadDatabase } from './databases.ts'
import { type ExportRequest, exportModel as exportOne } from './export.ts'
import { loadModel as loadOne, type NodeLoadOptions } from './providers.ts'
import { type TrainedDatabase, type TrainTablesRequest, trainDatabase } from './train-databases.ts'
import { train as trainOne } from './training.ts'

declare const ofTables: unique symbol

/** The bytes of a .moonstep file. */
export type DatabaseBytes = Uint8Array & { readonly [ofTables]: true }

/** What the export of several tables returns. */
export interface ExportedTables {
  readonly model: DatabaseBytes
}

/** Several tables in memory: rows by table, or what `sample` returned; or what `readDatabase` read. */
export type TrainSeveralRequest = Omit<TrainTablesRequest, 'dataset'> & {
  readonly dataset: Database | TablesOfRows
}

/**
 * Trains a noise predictor (Ho et al. 2020, algorithm 1), or one for each of several tables, those of children under the columns of
 * their parents. Given `out`, writes the run to that folder: config.json, weights.safetensors, history.csv and checkpoint/, from which
 * `resume` continues; of several tables schema.json, and such a folder for each. The same options, engine and machine give the same
 * bytes.
 *
 * @param request - The dataset and the options of the run, or `resume` with the folder of one. Several tables are rows by table, with a
 * `schema` or without, or what `readDatabase` read.
 * @returns The weights, the configuration and the history, for `exportModel`; of several tables those of each.
 * @throws InputError if an option or the data is wrong, the folder already holds a run, the loss is not finite, or this
 * machine lacks the engine; the signal's reason once it is aborted.
 * @example
 * const trained = await train({ dataset: 'two-moons', seed: 1, out: 'runs/moons' })
 * @example
 * const shop = await train({ dataset: await readDatabase('shop.sqlite'), out: 'runs/shop' })
 */
export async function train(request: TrainRequest | ResumeRequest): Promise<Trained>
export async function train(request: TrainSeveralRequest): Promise<TrainedDatabase>
export async function train(
  request: TrainRequest | ResumeRequest | TrainSeveralRequest,
): Promise<Trained | TrainedDatabase> {
  return hasTables(request) ? trainDatabase(request) : trainOne(request as TrainRequest)
}

function hasTables(request: unknown): request is TrainSeveralRequest {
  const dataset: unknown = Object(request).dataset
  if (typeof dataset !== 'object' || dataset === null) return false
  if ((dataset as Partial<Database>).tables instanceof Map) return true
  const values = Object.getPrototypeOf(dataset) === Object.prototype ? Object.values(dataset) : []
  return values.length > 0 && values.every((rows) => Array.isArray(rows) || 'columns' in Object(rows))
}

/**
 * Exports a run as model.onnx and, on request, sampler.onnx and seeded.onnx. The graphs are built by hand; the same run
 * gives the same bytes. A run of several tables becomes one .moonstep file, which has no row but those of tables that keep theirs.
 *
 * @param request - The run, the files to make and where to write them.
 * @returns The files' bytes; of several tables those of the .moonstep file.
 * @throws InputError if the run is missing or malformed, or a file is in the way.
 * @example
 * await exportModel({ run: 'runs/moons', out: 'model.onnx' })
 * @example
 * await exportModel({ run: 'runs/shop', out: 'shop.moonstep' })
 */
export async function exportModel(
  request: ExportTablesRequest & ({ run: TrainedDatabase } | { out: `${string}.moonstep` }),
): Promise<ExportedTables>
export async function exportModel(request: ExportRequest): Promise<Exported>
export async function exportModel(
  request: ExportRequest | ExportTablesRequest,
): Promise<Exported | ExportedTables> {
  const { run } = Object(request) as Partial<ExportRequest>
  const isOfTables = typeof run === 'string' ? isRunOfTables(run) : 'plans' in Object(run)
  if (!isOfTables) return exportOne(request as ExportRequest)
  const bytes = await exportDatabase(request as ExportTablesRequest)
  return { model: bytes as DatabaseBytes }
}

/**
 * Loads a model.onnx or sampler.onnx, or the models of several tables from a .moonstep file.
 *
 * @param source - A path, a `file:` or `http:` URL, the bytes or a Blob.
 * @param options - The provider and its settings.
 * @returns The model, to sample and then to dispose of.
 * @throws InputError if the source can't be read, it is no Moonstep model, its digests differ, this machine can't run
 * the provider, or the self-test fails.
 * @example
 * await using model = await loadModel('model.onnx', { provider: 'cpu' })
 * @example
 * await using shop = await loadModel('shop.moonstep')
 */

export async function loadModel(
  source: `${string}.moonstep` | DatabaseBytes,
  options?: NodeLoadOptions,
): Promise<DatabaseModel>
export async function loadModel(source: ModelSource, options?: NodeLoadOptions): Promise<Model>
export async function loadModel(
  source: ModelSource,
  options: NodeLoadOptions = {},
): Promise<Model | DatabaseModel> {
  return isOfTables(source) ? loadDatabase(source, options) : loadOne(source, options)
}

function isOfTables(source: ModelSource): source is string | Uint8Array {
  if (typeof source === 'string') return /\.moonstep$/i.test(source)
  // a zip file begins with PK
  return source instanceof Uint8Array && source[0] === 0x50 && source[1] === 0x4b
}

/**
 * Draws samples x_0 of a model, or rows of all tables: each row of a child under what is known of its parent and of the rows before
 * it, so that every reference meets a row.
 *
 * @param model - What `loadModel` returned.
 * @param options - The number of samples, or of rows by table, the seed, what is given, and the process.
 * @returns The samples with their times; of several tables, each by its name.
 * @throws InputError if an option is wrong; the signal's reason once it is aborted.
 * @example
 * const { points } = await sample(model, { count: 1000, seed: 7 })
 * @example
 * const { customers, orders } = await sample(shop, { count: { customers: 1000 }, seed: 7 })
 */
export async function sample(
  model: DatabaseModel,
  options?: SampleTablesOptions,
): Promise<Record<string, NamedTable>>
export async function sample<R extends object = TableRow>(
  model: Model,
  options: SampleOptions,
): Promise<SampleResult<R>>
export async function sample(model: Model | DatabaseModel, options?: SampleOptions | SampleTablesOptions) {
  if (!('models' in Object(model))) return sampleOne(model as Model, options as SampleOptions)
  const { tables } = await (model as DatabaseModel).sample(options as SampleTablesOptions)
  return Object.fromEntries(tables)
}
