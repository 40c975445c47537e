import { InputError } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import { pause } from '../../core/work.ts'
import type { RunConfig } from '../../model/run-config.ts'
import { datasetNames, defaultNoiseLevel, makeDataset } from '../../table/datasets/index.ts'
import { type ColumnChoice, requireChosenColumns } from '../../table/inference/choice.ts'
import type { LeftOut } from '../../table/inference/decision.ts'
import { tableFrom } from '../../table/inference/rows.ts'
import type { ReadTable } from '../../table/inference/table-builder.ts'
import { leastRows } from '../../table/least-rows.ts'
import { fitRules } from '../../table/rules/index.ts'
import { parseRules } from '../../table/rules/parse.ts'
import { columnsAt, type NamedTable, namesOf, withoutColumns } from '../../table/table.ts'
import { prepareGenerated } from '../generated-columns.ts'
import { type AmongTables, refuseOptions, type TrainRequest } from '../options.ts'
import { recipeFor, recipeOf } from '../recipes.ts'
import type { FindFile } from '../runtime.ts'
import { oftenRare, unlearnedColumns, withMadeTexts } from '../unlearned-columns.ts'
import { type AsideShares, type DividedRows, setAside, sharesFor } from './aside.ts'

/** The rows of a request. */
export interface ResolvedData extends DividedRows {
  /** How many rows there are, with those that are kept aside. */
  readonly rows: number
  /** The columns that were left out, and why; unknown of a built-in dataset. */
  readonly dropped: readonly LeftOut[] | undefined
  /** What is said of the others. */
  readonly notes: readonly string[]
  /** What config.json says of them. */
  readonly recorded: Pick<RunConfig, 'dataset' | 'holdout' | 'validation'>
  readonly seed: number
}

/**
 * Reads the rows of a request, sets some aside, and leaves out the columns that can't be generated. Throws InputError if there is no such
 * dataset or file, its data is bad, its rows break a rule, or too few are left.
 */
export async function resolveData(
  request: TrainRequest,
  findFile: FindFile | undefined,
  among: AmongTables,
): Promise<ResolvedData> {
  const { seed = 0 } = request
  const { signal } = request
  const read = await readRows(request, seed, findFile)
  await pause(signal)
  const { source, table: all } = read
  const divided =
    among.holdout || among.validation
      ? { table: all, holdout: among.holdout, validation: among.validation }
      : setAside(all, sharesOf(request, read), seed)
  await pause(signal)
  const made = isByValue(request, read) ? oftenRare(divided.table, request, among) : []
  // nothing is learned from rows that are kept aside, not even how texts are made
  const prepared = await prepareGenerated(withMadeTexts(divided.table, made), request)
  await pause(signal)
  const unlearned = isByValue(request, read) ? unlearnedColumns(prepared.table, request, among) : []
  const leftOut = [...prepared.leftOut, ...unlearned]
  await pause(signal)
  const table = withoutColumns(prepared.table, namesOf({ columns: leftOut }))
  const without = (rows: NamedTable | undefined) =>
    rows && withoutColumns(withMadeTexts(rows, made), namesOf({ columns: leftOut }))
  // all rows must meet them, and are numbered as in their file
  if (request.rules) fitRules(parseRules(request.rules, namesOf(table)), without(all)!)
  const [holdout, validation] = [without(divided.holdout), without(divided.validation)]
  return {
    table,
    holdout,
    validation,
    rows: all.count,
    dropped: read.dropped && [...read.dropped, ...leftOut],
    notes: made.map(
      (name) =>
        `${printable(name)}: many rows have a name that fewer than ${leastRows} rows share, so that its texts are made for each row`,
    ),
    recorded: {
      ...(source && { dataset: 'file' in source ? { ...source, rows: table.count } : source }),
      ...(holdout && !among.holdout && { holdout: request.holdout ?? holdout.count / all.count }),
      ...(validation &&
        !among.validation && { validation: request.validation ?? validation.count / all.count }),
    },
    seed,
  }
}

function isByValue({ recipe }: TrainRequest, { table }: Awaited<ReturnType<typeof readRows>>): boolean {
  return recipeOf(recipe ?? recipeFor(table).name).encoding === 'by value'
}

/** The shares that are kept aside. A built-in dataset has as many other rows as are wanted. */
function sharesOf(
  request: TrainRequest,
  { table, source }: Awaited<ReturnType<typeof readRows>>,
): AsideShares {
  const { holdout, validation } = request
  if (source && 'name' in source) return { holdout: holdout ?? 0, validation: validation ?? 0 }
  return sharesFor(recipeOf(request.recipe ?? recipeFor(table).name), request)
}

/** A request's rows, with their entry in config.json (none for rows in memory). */
async function readRows(
  request: TrainRequest,
  seed: number,
  findFile: FindFile | undefined,
): Promise<{ table: NamedTable; source?: RunConfig['dataset']; dropped?: readonly LeftOut[] }> {
  const { dataset, rows, noiseLevel, columns, drop, types, header, sheet, maxSize, onReading } = request
  const choice = { columns, drop, types, header }
  const file = typeof dataset === 'string' ? findFile?.(dataset) : undefined
  if (typeof dataset === 'string' && !file) {
    const ofTables = ['columns', 'drop', 'types', 'header', 'sheet', 'maxSize'] as const
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
    if (header !== undefined || sheet !== undefined || maxSize !== undefined)
      throw new InputError(
        '`header`, `sheet` and `maxSize` are for files, and dataset is none: leave them out',
        'conflict',
      )
    const { leftOut: dropped = [], ...table } = tableFrom(dataset, name, choice, true) as NamedTable &
      Partial<ReadTable>
    return { table: Array.isArray(dataset) ? table : chosenColumns(table, choice), dropped }
  }
  const remedy = `give a table's file or one of ${datasetNames.join(', ')}`
  const read = await file!.read({ onReading, remedy, choice, sheet, maxSize, keepsTexts: true })
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
