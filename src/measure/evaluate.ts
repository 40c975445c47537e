/** Measures of how close samples are to real rows, and of what they reveal. No sentence is written here. */
import { InputError, nearest } from '../core/errors.ts'
import { abortSignal, anything, callback, checkOptions, flag, type OptionChecks } from '../core/options.ts'
import type { Work } from '../core/work.ts'
import { isNumber, placeOf } from '../table/columns.ts'
import { encode } from '../table/encodings/encode.ts'
import { type Encoding, fitEncoding, isScaled } from '../table/encodings/encoding.ts'
import { tableFrom } from '../table/inference/rows.ts'
import { matchColumns } from '../table/match-columns.ts'
import {
  isGenerated,
  type NamedTable,
  namesOf,
  rowsAt,
  rowsBetween,
  type TableColumn,
  type TableSource,
} from '../table/table.ts'
import { type Closeness, closenessOf, halvesOf } from './closeness.ts'
import { detectionOf } from './detection.ts'
import {
  type Evaluation,
  emptyEvaluation,
  evaluateScaled,
  type NamedPoints,
  type ScaledRequest,
} from './distances/evaluate-scaled.ts'
import { kindsOfNames, prepareTables } from './prepare.ts'
import { privacyOf } from './privacy/privacy.ts'
import { copiedIn, haveValues } from './privacy/repeats.ts'
import { indicesWhere, present } from './statistics.ts'
import { defaultRounds } from './trees/trees.ts'
import { fewestJudging, peopleVerdict, rowsVerdict, unjudgedVerdicts, type Verdicts } from './verdicts.ts'

export interface EvaluateOptions extends Work {
  /** Samples in data units, like the other tables; for example `table` of `sample`. */
  readonly samples: TableSource
  /** Real rows, ideally held-out ones. */
  readonly data: TableSource
  /** Training rows, to measure how near samples lie to them. */
  readonly training?: TableSource | undefined
  /** Whether to use fewer points for the pairwise distances. */
  readonly quick?: boolean | undefined
}

const checks: OptionChecks<EvaluateOptions> = {
  // checked when the tables are read
  samples: anything,
  data: anything,
  training: anything,
  quick: flag,
  signal: abortSignal,
  onProgress: callback,
}

/** Closeness of all columns, and distances of the numeric columns: NaN (null in JSON) if there are none. */
export interface TableEvaluation extends Evaluation, Closeness {
  /** Real against real: a random half of the data against the other half. */
  readonly real: Pick<Closeness, 'shapes' | 'trends'>
  /** Whether the samples are good, and whether they give anyone away; without training rows, nothing is said of people. */
  readonly verdicts: Verdicts
}

/**
 * Measures the distances of samples from data, and those of the data's halves from each other, which are due to
 * chance alone. docs/evaluate.md has the formulas. Columns are matched by name. Distances use the numeric columns, each
 * scaled by its range in the data, and the rows without missing values in them; `columns`, `shapes` and `trends` use all columns.
 *
 * @param options - The samples, the real rows and, optionally, the training rows.
 * @returns The distances, their values for real against real, and the ratios of the two.
 * @throws InputError if the columns differ or there are fewer than 12 rows; the signal's reason once it is aborted.
 * @example
 * const { table } = await sample(model, { count: 1000 })
 * const { ratio, shapes } = await evaluate({ samples: table, data: heldOut })
 */
export async function evaluate(options: EvaluateOptions): Promise<TableEvaluation> {
  checkOptions('evaluate', options, checks)
  const { samples, data, training, ...rest } = options
  const real = tableFrom(data, 'data')
  // rows of the other tables are read like the data's
  const choice = { types: kindsOfNames(real) }
  const tables = {
    samples: tableFrom(samples, 'samples', choice),
    data: real,
    training: training && tableFrom(training, 'training', choice),
  }
  return evaluateTables(tables, { ...rest, verdicts: await verdictsOn(tables, rest) })
}

export interface Tables {
  readonly samples: NamedTable
  readonly data: NamedTable
  readonly training: NamedTable | undefined
}

type Scaler = Encoding & { readonly name: string }

interface TablesRequest extends Omit<ScaledRequest, keyof Tables> {
  /** Scales points instead of the data's ranges. */
  readonly model?: Scaler | undefined
  readonly verdicts: Verdicts
}

/** Evaluates tables already read. */
export async function evaluateTables(
  tables: Tables,
  { model, verdicts, ...request }: TablesRequest,
): Promise<TableEvaluation> {
  const { samples, data } = tables
  const numbers = numbersOf(tables)
  const scaler = model && isScaled(model) ? model : undefined
  const evaluation = numbers
    ? await evaluateScaled({ ...scaleTables(numbers, scaler), ...request })
    : emptyEvaluation(data.count, samples.count)
  const { shapes, trends } = closenessOf(...halvesOf(data))
  return {
    ...evaluation,
    ...closenessOf(data, samples),
    real: { shapes, trends },
    verdicts,
  }
}

/** With `quick`, trees learn from fewer rows. */
const quickLimits = { maxRows: 1000, maxRepeats: 5, rounds: defaultRounds }

/** The verdicts on samples: on the rows by the data, on people by training rows, if there are any. */
export async function verdictsOn(
  { samples, data, training }: Tables,
  { quick, signal, onProgress }: Pick<ScaledRequest, 'quick' | 'signal' | 'onProgress'>,
): Promise<Verdicts> {
  const none = unjudgedVerdicts(null)
  if (data.columns.every(isGenerated)) return none
  const work = { signal, onProgress }
  const tables = prepareTables({ samples, against: data, train: training ?? rowsBetween(data, 0, 0) }, 0)
  if (Math.min(samples.count, data.count) < fewestJudging)
    return training ? unjudgedVerdicts(copiedIn(tables)) : none
  const rows = rowsVerdict(await detectionOf(tables, work, quick ? quickLimits : undefined))
  const isAttacked = training !== undefined && haveValues(tables)
  return { rows, people: isAttacked ? peopleVerdict(await privacyOf(tables, work)) : none.people }
}

function scaleTables({ samples, data, training }: Tables, model: Scaler | undefined) {
  const encoding = model ?? fitEncoding(data)
  const scaled = (table: NamedTable): NamedPoints => {
    const cells = matchColumns(table, model ?? data)
    const columns = encoding.columns.map((column, d) => ({ ...column, cells: cells[d]! }))
    return { name: table.name, points: encode(encoding, { count: table.count, columns }) }
  }
  return { samples: scaled(samples), data: scaled(data), training: training && scaled(training) }
}

/** The columns of numbers that vary, in rows without missing values; undefined if there are none. Throws if a table lacks one. */
function numbersOf({ samples, data, training }: Tables): Tables | undefined {
  const isComplete = ({ columns }: NamedTable) =>
    columns.every((column) => isNumber(column) && !column.cells.some(Number.isNaN))
  if ([samples, data, training].every((table) => !table || isComplete(table)))
    return { samples, data, training }
  const varies = (column: TableColumn) => {
    const cells = present(column.cells)
    return cells.some((cell) => cell !== cells[0])
  }
  const columns = data.columns.filter((column) => isNumber(column) && varies(column))
  if (columns.length === 0) return undefined
  const numbers = (table: NamedTable): NamedTable => {
    const chosen = columns.map((column) => {
      const { name } = column
      const d = placeOf(table.columns, name)
      if (d < 0) {
        const problem = `${table.name} has no column ${name}${nearest(name, namesOf(table))}: give rows of the columns of ${data.name}`
        throw new InputError(problem, 'bad-data')
      }
      return { ...column, cells: table.columns[d]!.cells }
    })
    const isWhole = (i: number) => !chosen.some(({ cells }) => Number.isNaN(cells[i]))
    return rowsAt({ ...table, columns: chosen }, indicesWhere(table.count, isWhole))
  }
  return { samples: numbers(samples), data: numbers(data), training: training && numbers(training) }
}
