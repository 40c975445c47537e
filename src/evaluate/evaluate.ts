import { abortSignal, anything, callback, checkOptions, flag, type KnownOptions } from '../core/options.ts'
import type { FloatArray, Points } from '../core/points.ts'
import type { Work } from '../core/work.ts'
import { type Encoding, encode, fitEncoding } from '../table/encoding.ts'
import { matchColumns, type NamedTable, type TableSource, tableFrom } from '../table/table.ts'
import { type Evaluation, evaluateScaled, type NamedPoints, type ScaledRequest } from './evaluate-scaled.ts'

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

/**
 * Measures how far samples are from data, and the data's halves from each other, which is what chance alone gives:
 * docs/evaluate.md has the formulas. Columns of the same names are compared, whatever their order. Each is scaled by its
 * range in the data.
 *
 * @returns The distances, the same for the same rows.
 * @throws InputError on rows of other columns, fewer than 12 of them, or a value that is no finite number; the signal's
 * reason.
 * @example
 * const { points } = await sample(model, { count: 1000 })
 * const { ratio } = await evaluate({ samples: points, data: heldOut })
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  checkOptions('evaluate', options, known)
  const { samples, data, training, ...rest } = options
  return evaluateScaled({
    ...scaleTables({
      samples: tableFrom(samples, 'samples'),
      data: tableFrom(data, 'data'),
      training: training && tableFrom(training, 'training'),
    }),
    ...rest,
  })
}

/**
 * Puts the tables' columns in one order and scales them, in float64: as `model` does, or else by the data's ranges.
 * Throws InputError where the columns differ.
 */
export function scaleTables(
  { samples, data, training }: Record<'samples' | 'data', NamedTable> & { training: NamedTable | undefined },
  model?: (Encoding & { readonly name: string }) | undefined,
): Pick<ScaledRequest, 'samples' | 'data' | 'training'> {
  const encoding = model ?? fitEncoding(data)
  const scaled = (table: NamedTable): NamedPoints => ({
    name: table.name,
    points: encode(encoding, { points: toFloat64(matchColumns(table, model ?? data)) }),
  })
  return { samples: scaled(samples), data: scaled(data), training: training && scaled(training) }
}

function toFloat64({ data, count, dim }: Points<FloatArray>): Points<Float64Array> {
  return { data: Float64Array.from(data), count, dim }
}
