/** Quality and privacy of a table's samples, each beside real rows. */
import {
  abortSignal,
  anything,
  callback,
  checkOptions,
  integer,
  number,
  type OptionChecks,
  text,
} from '../core/options.ts'
import type { Work } from '../core/work.ts'
import type { ReportSources } from '../measure/prepare.ts'
import { privacyOf } from '../measure/privacy/privacy.ts'
import { qualityOf } from '../measure/quality.ts'
import { type Question, resolve } from '../measure/resolve.ts'
import { maxSeed } from '../numerics/random.ts'
import type { Encoding } from '../table/encodings/encoding.ts'
import { type HeldValues, heldValues } from './model-file.ts'
import { type PrivacyReport, sayPrivacy } from './privacy.ts'
import { type Quality, sayQuality } from './quality.ts'
import { compareLimits, type LimitResult, type Limits, verdictOf } from './verdict.ts'

export interface ReportOptions extends ReportSources, Question, Limits, Work {
  /** The encoding on the model's card, to report which values of training rows the file itself reveals. */
  readonly encoding?: Encoding | undefined
}

const share = number(0, 1)

const checks: OptionChecks<ReportOptions> = {
  // checked when the tables are read
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

/** The findings as plain JSON: all numbers are finite. */
export interface Report extends Quality {
  readonly privacy: PrivacyReport
  /** Values that the model file itself reveals, by column; null without `encoding`. */
  readonly modelFile: readonly HeldValues[] | null
  /** Quality and privacy in a line or two. */
  readonly verdict: string
  /** Results for `maxDetection` and `maxMembership`. */
  readonly limits: readonly LimitResult[]
}

/**
 * Reports the quality of a table's samples and what they reveal about the training rows (docs/report.md). Columns are
 * matched by name, and keys are left out. Pairwise measures use at most 10,000 rows, drawn by `seed`.
 *
 * @param options - The samples, held-out rows and training rows, and what else to measure.
 * @returns The findings, the same for the same rows and seed in any order of rows and columns.
 * @throws InputError if the columns differ, a table has fewer than 20 rows, the target is missing or cannot be learned,
 * or a column lacks the given value; the signal's reason once it is aborted.
 * @example
 * const { verdict, privacy, worst } = await report({ samples, against: holdout, train, target: 'income' })
 */
export async function report(options: ReportOptions): Promise<Report> {
  checkOptions('report', options, checks, ['samples', 'against', 'train'])
  const { encoding, maxDetection, maxMembership, signal, onProgress, ...request } = options
  const [work, limits] = [
    { signal, onProgress },
    { maxDetection, maxMembership },
  ]
  const tables = resolve(request)
  const measured = [await qualityOf(tables, work), await privacyOf(tables, work)] as const
  const quality = sayQuality(measured[0], tables.against.columns)
  const privacy = sayPrivacy(measured[1])
  return {
    ...quality,
    privacy,
    modelFile: encoding ? heldValues(encoding) : null,
    verdict: verdictOf(quality.detection, privacy),
    limits: compareLimits(limits, quality.detection, privacy),
  }
}
