import { InputError } from '../core/errors.ts'
import type { RunConfig } from '../model/run-config.ts'
import { nameOfStore, type RunStore } from '../model/run-store.ts'
import { readSafetensors, writeSafetensors } from '../model/weights.ts'
import type { Points } from '../numerics/points.ts'
import { datasetNames, defaultNoiseLevel, makeDataset } from '../table/datasets/index.ts'
import { codedColumns, type Encoding, encodeCells } from '../table/encodings/encoding.ts'
import { CsvReader } from '../table/formats/csv.ts'
import { type ColumnChoice, requireChosenColumns } from '../table/inference/choice.ts'
import type { LeftOut } from '../table/inference/decision.ts'
import { tableFrom } from '../table/inference/rows.ts'
import type { ReadTable } from '../table/inference/table-builder.ts'
import { columnsAt, kindsOf, type NamedTable, namesOf } from '../table/table.ts'
import type { TrainingData } from './batches.ts'
import { requiredForResume } from './history.ts'
import type { TrainRequest } from './options.ts'
import type { TableFiles } from './runtime.ts'

/**
 * Loads the data of the options, with its entry in config.json (none for rows in memory). Throws InputError if there is
 * no such dataset or file, or its data is bad.
 */
export async function loadTrainingData(
  request: TrainRequest,
  seed: number,
  files: TableFiles | undefined,
): Promise<{ table: NamedTable; source?: RunConfig['dataset']; dropped?: readonly LeftOut[] }> {
  const { dataset, rows, noiseLevel, columns, drop, types, sheet, maxSize, onReading } = request
  const { onWarning = console.warn } = request
  const choice = { columns, drop, types }
  if (typeof dataset === 'string' && !files?.isFile(dataset)) {
    for (const [option, value] of Object.entries({ ...choice, sheet, maxSize }))
      if (value !== undefined)
        throw new InputError(
          `\`${option}\` is for tables, and ${dataset} is built in: leave it out`,
          'conflict',
          {
            option,
          },
        )
    const source = {
      name: dataset,
      rows: rows ?? 1000,
      noiseLevel: noiseLevel ?? defaultNoiseLevel(dataset),
    }
    return { table: { name: dataset, ...makeDataset(source, seed) }, source }
  }
  const name = typeof dataset === 'string' ? dataset : 'dataset'
  if (rows !== undefined || noiseLevel !== undefined)
    throw new InputError(
      `\`rows\` and \`noiseLevel\` are for built-in datasets, and ${name} is not: leave them out`,
      'conflict',
    )
  if (typeof dataset !== 'string') {
    if (sheet !== undefined || maxSize !== undefined)
      throw new InputError(
        '`sheet` and `maxSize` are for files, and dataset is none: leave them out',
        'conflict',
      )
    const { leftOut: dropped = [], ...table } = tableFrom(dataset, name, choice) as NamedTable &
      Partial<ReadTable>
    return { table: Array.isArray(dataset) ? table : chosenColumns(table, choice), dropped }
  }
  const {
    sha256,
    notes: readings,
    leftOut,
    ...table
  } = await files!.read(name, {
    onReading,
    remedy: `give a table's file or one of ${datasetNames.join(', ')}`,
    choice,
    sheet,
    maxSize,
  })
  for (const note of readings) onWarning(note)
  return { table, source: { file: files!.nameOf(name), rows: table.count, sha256 }, dropped: leftOut }
}

/** The chosen columns of a table with kinds. Throws InputError on an unknown column. */
function chosenColumns(table: NamedTable, { columns, drop = [], types }: ColumnChoice): NamedTable {
  if (types !== undefined)
    throw new InputError(
      '`types` are for rows and files, and a table has its kinds: leave them out',
      'conflict',
    )
  requireChosenColumns({ columns, drop }, namesOf(table))
  const keptColumns = table.columns.flatMap(({ name }, d) =>
    (columns?.includes(name) ?? true) && !drop.includes(name) ? [d] : [],
  )
  if (keptColumns.length === 0) throw new InputError('`columns` and `drop` leave no column', 'bad-data')
  return columnsAt(table, keptColumns)
}

/**
 * The training data of a resumed run. Throws InputError if the caller's points, or a student's pairs, are missing from
 * the checkpoint.
 */
export async function resumedData(
  store: RunStore,
  config: RunConfig,
  encoding: Encoding,
): Promise<TrainingData> {
  const { dataset, seed, columns, teacher } = config
  if (isRegenerated(config) && dataset && 'name' in dataset) {
    if (seed === undefined)
      throw new InputError(
        `${nameOfStore(store)}: config.json has no seed: train it anew with \`force\``,
        'bad-model',
      )
    const table = { name: dataset.name, ...makeDataset(dataset, seed) }
    return { x_0: encodeCells(encoding, table) }
  }
  const { tensors } = readSafetensors(
    await requiredForResume(store, 'data'),
    `${nameOfStore(store)}, the data`,
  )
  // a built-in dataset's `rows` include held-out ones
  const rows = teacher?.pairs ?? (dataset && 'file' in dataset ? dataset.rows : undefined)
  const codes = teacher ? columns.length : codedColumns(encoding).length
  const pointsOf = (name: string): Points => {
    const tensor = tensors.get(name)
    const [count = 0, dim = 0] = tensor?.shape ?? []
    if (!tensor || count !== (rows ?? count) || dim !== codes)
      throw new InputError(
        `${nameOfStore(store)}: checkpoint/data.safetensors is not of the ${teacher ? 'pairs' : 'dataset'} in ` +
          'config.json: train it anew with `force`',
        'bad-model',
      )
    return { data: tensor.data, count, dim }
  }
  return { x_0: pointsOf('x_0'), ...(teacher && { x_T: pointsOf('x_T') }) }
}

/** Characters that a reader takes at once, since it keeps what it has not parsed. */
const readAtOnce = 2 ** 20

/** The training rows or the held-out rows in a run's store, if it has them. Throws InputError as a CSV file does. */
export async function tableIn(
  store: RunStore,
  file: 'train' | 'holdout',
  encoding: Encoding,
): Promise<NamedTable | undefined> {
  const bytes = await store.read(file)
  if (!bytes) return undefined
  const name = `${file}.csv`
  const reader = new CsvReader(name, { choice: { types: kindsOf(encoding) }, minRows: 1 }, bytes.length)
  const text = new TextDecoder().decode(bytes)
  for (let at = 0; at < text.length; at += readAtOnce) reader.push(text.slice(at, at + readAtOnce))
  return { name, ...reader.end() }
}

/** Encodes the data for `resumedData`; null for a built-in dataset, which is regenerated. */
export function encodeData(config: RunConfig, { x_0, x_T }: TrainingData): Uint8Array | null {
  if (isRegenerated(config)) return null
  const tensorOf = ({ data, count, dim }: Points) => ({ shape: [count, dim], data })
  return writeSafetensors(new Map(Object.entries({ ...(x_T && { x_T: tensorOf(x_T) }), x_0: tensorOf(x_0) })))
}

/** Whether a run's data is a whole built-in dataset, which is regenerated. */
function isRegenerated({ dataset, teacher, holdout }: RunConfig): boolean {
  return !teacher && holdout === undefined && dataset !== undefined && 'name' in dataset
}
