/** How good the samples of a table are, and whether they give anyone away: quality and privacy, each beside real rows. */
import { InputError } from '../core/errors.ts'
import { counted } from '../core/format.ts'
import {
  abortSignal,
  anything,
  callback,
  checkOptions,
  integer,
  type KnownOptions,
  number,
  text,
} from '../core/options.ts'
import { maxSeed } from '../core/random.ts'
import type { Work } from '../core/work.ts'
import type { Encoding } from '../table/encoding.ts'
import { type HeldValues, heldValues } from './model-file.ts'
import { minRows, prepareTables, type ReportSources } from './prepare.ts'
import { type PrivacyReport, privacyOf } from './privacy.ts'
import { type GivenValue, type Quality, qualityOf } from './quality.ts'
import { usualTarget } from './utility.ts'
import { compareLimits, type LimitResult, type Limits, verdictOf } from './verdict.ts'

export interface ReportOptions extends ReportSources, Limits, Work {
  /** The column that trees learn; the last that they can, unless given. */
  readonly target?: string | undefined
  /** Rows that have this value are measured by themselves too. */
  readonly given?: GivenValue | undefined
  /** The encoding of the model's card, which holds values of the training rows: what the file itself gives away. */
  readonly encoding?: Encoding | undefined
  /** Of rows that are drawn, folds and resamples; 0 unless given. */
  readonly seed?: number | undefined
}

const share = number(0, 1)

const known: KnownOptions<ReportOptions> = {
  // the tables say themselves what is wrong with them
  samples: anything,
  against: anything,
  train: anything,
  target: text,
  given: anything,
  encoding: anything,
  seed: integer(0, maxSeed),
  maxDetection: share,
  maxMembership: share,
  signal: abortSignal,
  onProgress: callback,
}

/** Plain JSON: no number in it is NaN or infinite. */
export interface Report extends Quality {
  readonly privacy: PrivacyReport
  /** What the model's file itself gives away, a line a column; null where no model was given. */
  readonly modelFile: readonly HeldValues[] | null
  /** Quality and privacy in a line or two. */
  readonly verdict: string
  /** What became of `maxDetection` and `maxMembership`. */
  readonly limits: readonly LimitResult[]
}

/**
 * Reports how good the samples of a table are, and what they give away of the rows that their generator was trained on.
 * Columns are matched by name, and keys are left out. What takes pairs of rows takes at most 10,000, drawn by `seed`.
 *
 * @param options - The samples, held-out real rows, the rows trained on, and what else to look at.
 * @returns The findings: the same for the same rows and seed, in whatever order rows and columns stand.
 * @throws InputError on tables of other columns, fewer than 20 rows, a target that there is not or that cannot be learned,
 * and a given value that its column does not have; the signal's reason.
 * @example
 * const { verdict, privacy, worst } = await report({ samples, against: holdout, train, target: 'income' })
 */
export async function report(options: ReportOptions): Promise<Report> {
  checkOptions('report', options, known, ['samples', 'against', 'train'])
  const { target, given, encoding, seed = 0, signal, onProgress } = options
  const tables = prepareTables(options, seed)
  for (const { name, points } of Object.values(tables))
    if (points.count < minRows)
      throw new InputError(
        `${name} has ${counted(points.count, 'row')}: a report takes ${minRows} or more of each table`,
        'bad-data',
      )
  const work = { seed, signal, onProgress }
  const quality = await qualityOf(tables, { target: target ?? usualTarget(tables), given, ...work })
  const privacy = await privacyOf(tables, work)
  return {
    ...quality,
    privacy,
    modelFile: encoding ? heldValues(encoding) : null,
    verdict: verdictOf(quality.detection, privacy),
    limits: compareLimits(options, quality.detection, privacy),
  }
}
