import { abortSignal, anything, callback, checkOptions, flag, type KnownOptions } from '../core/options.ts'
import { toFloat64 } from '../core/points.ts'
import type { Work } from '../core/work.ts'
import { type Encoding, encode, fitEncoding, isLinear } from '../table/encoding.ts'
import { tableFrom } from '../table/rows.ts'
import { type ColumnKind, matchColumns, type NamedTable, type TableSource } from '../table/table.ts'
import { type Closeness, closenessOf, halvesOf } from './closeness.ts'
import { type Evaluation, evaluateScaled, type NamedPoints, type ScaledRequest } from './evaluate-scaled.ts'
import { numbersOf, withoutNumbers } from './numbers.ts'

export interface EvaluateOptions extends Work {
  /** In data units, as are the others: what `sample` gives as `points`, say. */
  readonly samples: TableSource
  /** Real rows, best ones that the model was not trained on. */
  readonly data: TableSource
  /** Those that it was trained on: with them, how near samples lie to one. */
  readonly training?: TableSource | undefined
  /** Fewer points for the distances that take pairs of them. */
  readonly quick?: boolean | undefined
}

const known: KnownOptions<EvaluateOptions> = {
  // the tables say themselves what is wrong with them
  samples: anything,
  data: anything,
  training: anything,
  quick: flag,
  signal: abortSignal,
  onProgress: callback,
}

/** How close tables are, with the distances of their columns of numbers: NaN where there are none, null in JSON. */
export interface TableEvaluation extends Evaluation, Closeness {
  /** Real against real: a half of the data, drawn by chance, against the other. */
  readonly real: Pick<Closeness, 'shapes' | 'trends'>
}

/**
 * Measures how far samples are from data, and the data's halves from each other, which is what chance alone gives:
 * docs/evaluate.md has the formulas. Columns of the same names are compared, whatever their order. The distances are of the
 * columns of numbers, each scaled by its range in the data, and of the rows that have all of them; `columns`, `shapes` and
 * `trends` are of all columns.
 *
 * @returns The distances, the same for the same rows.
 * @throws InputError on rows of other columns, or fewer than 12 of them; the signal's reason.
 * @example
 * const { table } = await sample(model, { count: 1000 })
 * const { ratio, shapes } = await evaluate({ samples: table, data: heldOut })
 */
export async function evaluate(options: EvaluateOptions): Promise<TableEvaluation> {
  checkOptions('evaluate', options, known)
  const { samples, data, training, ...rest } = options
  const real = tableFrom(data, 'data')
  // rows of the others are read as those of the data
  const choice = { types: kindsOfNames(real) }
  const tables = {
    samples: tableFrom(samples, 'samples', choice),
    data: real,
    training: training && tableFrom(training, 'training', choice),
  }
  return evaluateTables(tables, { ...rest })
}

/** The kinds of the columns that are not of numbers: another table's are read as these. */
export function kindsOfNames({ columns }: Pick<NamedTable, 'columns'>): Record<string, ColumnKind> {
  const other = columns.filter(({ kind }) => kind !== 'number' && kind !== 'integer')
  return Object.fromEntries(other.map(({ name, kind }) => [name, kind]))
}

export interface Tables {
  readonly samples: NamedTable
  readonly data: NamedTable
  readonly training: NamedTable | undefined
}

/** What `evaluate` does, of tables that are there; `model` scales points in place of the data's ranges. */
export async function evaluateTables(
  tables: Tables,
  { model, ...request }: Omit<ScaledRequest, keyof Tables> & { readonly model?: Scaler | undefined },
): Promise<TableEvaluation> {
  const { samples, data } = tables
  const numbers = numbersOf([samples, data, tables.training], data)
  const evaluation = numbers
    ? await evaluateScaled({
        ...scaleTables(
          { samples: numbers[0]!, data: numbers[1]!, training: numbers[2] },
          model && isLinear(model) ? model : undefined,
        ),
        ...request,
      })
    : withoutNumbers(data, samples)
  const [first, second] = halvesOf(data)
  const { shapes, trends } = closenessOf(first, second)
  return { ...evaluation, ...closenessOf(data, samples), real: { shapes, trends } }
}

/** What scales points: an encoding, and what to call it in messages. */
type Scaler = Encoding & { readonly name: string }

/** Puts the columns of tables of numbers in one order and scales them, in float64. Throws InputError where they differ. */
function scaleTables(
  { samples, data, training }: Tables,
  model: Scaler | undefined,
): Pick<ScaledRequest, keyof Tables> {
  const encoding = model ?? fitEncoding(data)
  const scaled = (table: NamedTable): NamedPoints => ({
    name: table.name,
    points: encode(encoding, { points: toFloat64(matchColumns(table, model ?? data)) }),
  })
  return { samples: scaled(samples), data: scaled(data), training: training && scaled(training) }
}
