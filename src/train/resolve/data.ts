import { InputError } from '../../core/errors.ts'
import { counted } from '../../core/format.ts'
import type { RunConfig } from '../../model/run-config.ts'
import { shuffled } from '../../numerics/random.ts'
import { datasetNames, defaultNoiseLevel, makeDataset } from '../../table/datasets/index.ts'
import { type ColumnChoice, requireChosenColumns } from '../../table/inference/choice.ts'
import type { LeftOut } from '../../table/inference/decision.ts'
import { tableFrom } from '../../table/inference/rows.ts'
import type { ReadTable } from '../../table/inference/table-builder.ts'
import { fitRules } from '../../table/rules/index.ts'
import { parseRules } from '../../table/rules/parse.ts'
import { columnsAt, type NamedTable, namesOf, rowsAt, withoutColumns } from '../../table/table.ts'
import { prepareGenerated } from '../generated-columns.ts'
import { type AmongTables, refuseOptions, type TrainRequest } from '../options.ts'
import type { FindFile } from '../runtime.ts'

/** The rows of a request. */
export interface ResolvedData {
  /** The rows to train on. */
  readonly table: NamedTable
  /** Held-out rows, if any. */
  readonly holdout: NamedTable | undefined
  /** How many rows there are, with those that are held out. */
  readonly rows: number
  /** The columns that were left out, and why; unknown of a built-in dataset. */
  readonly dropped: readonly LeftOut[] | undefined
  /** What config.json says of them. */
  readonly recorded: Pick<RunConfig, 'dataset' | 'holdout'>
  readonly seed: number
}

/**
 * Reads the rows of a request, leaves out the columns that can't be generated, and sets rows aside. Throws InputError if there is no such
 * dataset or file, its data is bad, its rows break a rule, or too few are left.
 */
export async function resolveData(
  request: TrainRequest,
  findFile: FindFile | undefined,
  among: AmongTables,
): Promise<ResolvedData> {
  const { seed = 0, holdout: share = 0 } = request
  const read = await readRows(request, seed, findFile)
  const { source } = read
  const { table: all, leftOut } = await prepareGenerated(read.table, request)
  // all rows must meet them, and are numbered as in their file
  if (request.rules) fitRules(parseRules(request.rules, namesOf(all)), all)
  const { table, holdout } = among.holdout
    ? { table: all, holdout: withoutColumns(among.holdout, namesOf({ columns: leftOut })) }
    : setAside(all, share, seed)
  return {
    table,
    holdout,
    rows: all.count,
    dropped: read.dropped && [...read.dropped, ...leftOut],
    recorded: {
      ...(source && { dataset: 'file' in source ? { ...source, rows: table.count } : source }),
      ...(holdout && request.holdout !== undefined && { holdout: share }),
    },
    seed,
  }
}

/** A request's rows, with their entry in config.json (none for rows in memory). */
async function readRows(
  request: TrainRequest,
  seed: number,
  findFile: FindFile | undefined,
): Promise<{ table: NamedTable; source?: RunConfig['dataset']; dropped?: readonly LeftOut[] }> {
  const { dataset, rows, noiseLevel, columns, drop, types, sheet, maxSize, onReading } = request
  const choice = { columns, drop, types }
  const file = typeof dataset === 'string' ? findFile?.(dataset) : undefined
  if (typeof dataset === 'string' && !file) {
    const ofTables = ['columns', 'drop', 'types', 'sheet', 'maxSize'] as const
    refuseOptions(request, ofTables, `is for tables, and ${dataset} is built in`)
    const made = { rows: rows ?? 1000, noiseLevel: noiseLevel ?? defaultNoiseLevel(dataset) }
    const source = { name: dataset, ...made }
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
  const remedy = `give a table's file or one of ${datasetNames.join(', ')}`
  const read = await file!.read({ onReading, remedy, choice, sheet, maxSize })
  const { sha256, notes, leftOut: dropped, ...table } = read
  for (const note of notes) (request.onWarning ?? console.warn)(note)
  return { table, source: { file: file!.name, rows: table.count, sha256 }, dropped }
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

/** The step of the holdout's row order, beyond any pass over the rows. */
const holdoutStep = 2 ** 32 - 1

/**
 * Holds out a share of the rows, chosen by the seed; both parts keep the table's order. Throws InputError if too few
 * rows are left.
 */
function setAside(table: NamedTable, share: number, seed: number): Pick<ResolvedData, 'table' | 'holdout'> {
  if (share === 0) return { table, holdout: undefined }
  const { count } = table
  const aside = Math.round(share * count)
  if (aside < 1 || count - aside < 2)
    throw new InputError(
      `holdout is ${share}, which sets aside ${aside} of the ${counted(count, 'row')} of ${table.name}: give a share that sets aside at least 1 row and leaves at least 2`,
      'out-of-range',
      { option: 'holdout', value: share },
    )
  const order = shuffled(count, seed, holdoutStep)
  const part = (from: number, to: number) => rowsAt(table, order.slice(from, to).sort())
  return { table: part(aside, count), holdout: part(0, aside) }
}
