/** What can be said of tables that are too small for a report: whether samples copy training rows needs no other rows. */
import { minRows, prepareTables } from '../measure/prepare.ts'
import { copiedIn } from '../measure/privacy/repeats.ts'
import { unjudgedVerdicts } from '../measure/verdicts.ts'
import type { LimitResult, Report, ReportOptions } from './report.ts'
import { verdictSentences } from './verdicts.ts'

/** The verdicts alone. */
export type FewRowsReport = Pick<Report, 'verdicts' | 'sentences' | 'verdict' | 'rows' | 'limits'>

type Options = Pick<ReportOptions, 'verdicts' | 'closeness' | 'maxDetection' | 'maxMembership'>

/** Undefined if the tables are large enough for a report. Throws InputError if their columns differ. */
export function fewRowsReport(
  sources: Pick<ReportOptions, 'samples' | 'against' | 'train'>,
  { verdicts, closeness, maxDetection, maxMembership }: Options,
): FewRowsReport | undefined {
  const tables = prepareTables(sources, 0)
  const [samples, against, train] = [tables.samples.count, tables.against.count, tables.train.count]
  if (Math.min(samples, against, train) >= minRows) return undefined
  const copied = copiedIn(tables)
  const found = verdicts ?? unjudgedVerdicts(copied)
  const sentences = verdictSentences(found, closeness ?? { compared: Math.min(samples, against), copied })
  const limit = (of: LimitResult['of'], max: number | undefined): LimitResult[] =>
    max === undefined
      ? []
      : [{ of, max, auc: null, isKept: null, sentence: `${of} needs ${minRows} rows or more of each table` }]
  return {
    verdicts: found,
    sentences,
    verdict: sentences.join(' '),
    rows: { samples, against, train },
    limits: [...limit('detection', maxDetection), ...limit('membership', maxMembership)],
  }
}
