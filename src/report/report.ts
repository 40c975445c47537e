/** Quality and privacy of a table's samples, each compared with real rows. */
import { counted, humanCount, printable } from '../core/format.ts'
import {
  abortSignal,
  anything,
  callback,
  checkOptions,
  integer,
  list,
  number,
  type OptionChecks,
  text,
} from '../core/options.ts'
import type { Work } from '../core/work.ts'
import { alwaysIn } from '../measure/always.ts'
import type { Detection } from '../measure/detection.ts'
import type { Families, ReportSources, ReportTables } from '../measure/prepare.ts'
import { neededRows, privacyOf } from '../measure/privacy/privacy.ts'
import { qualityOf } from '../measure/quality.ts'
import { type Question, resolve } from '../measure/question.ts'
import { type RareNames, rareNamesIn, singleNamesIn } from '../measure/rare-names.ts'
import { peopleVerdict, rowsVerdict, type Verdicts } from '../measure/verdicts.ts'
import { maxSeed } from '../numerics/random.ts'
import { brokenSentence, type HeldAlways, sayAlways } from './always.ts'
import { type HeldValues, heldSentence, heldValues, type ModelContents } from './held.ts'
import type { LeftOutColumns } from './left-out.ts'
import { decimals, type PrivacyReport, sayPrivacy } from './privacy.ts'
import { type Quality, sayQuality } from './quality.ts'
import { type GeneratedColumn, generatedColumns, type HeldRule, heldRules } from './stated.ts'
import { type VerdictFacts, verdictSentences } from './verdicts.ts'

export interface ReportOptions extends ReportSources, Question, Limits, Work {
  /** The encoding on the model's card, to report what of training rows the file itself reveals. */
  readonly encoding?: ModelContents['encoding'] | undefined
  /** The candidates on the model's card, to report what their trees reveal. */
  readonly candidates?: ModelContents['candidates']
  /** The rare names on the model's card, which the file reveals. */
  readonly rareNames?: ModelContents['rareNames']
  /** The columns on the model's card that were left out of training, to report them. */
  readonly leftOut?: LeftOutColumns | undefined
  /** The verdicts of when the model was trained, to report the same. Default: those of these samples. */
  readonly verdicts?: Verdicts | undefined
  /** What else was measured then, for the sentences on `verdicts`. */
  readonly closeness?: VerdictFacts | undefined
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
  candidates: anything,
  rareNames: list('columns'),
  leftOut: list('columns'),
  verdicts: anything,
  closeness: anything,
  seed: integer(0, maxSeed),
  maxDetection: share,
  maxMembership: share,
  signal: abortSignal,
  onProgress: callback,
}

/** The findings as plain JSON: all numbers are finite. */
export interface Report extends Quality {
  /** Whether the rows are good, and whether they give anyone away; grades are null with too few rows to say. */
  readonly verdicts: Verdicts
  /** The same in words, of the rows and of people. */
  readonly sentences: readonly [rows: string, people: string]
  /** Both sentences, and before them that samples break what always holds, if they do. */
  readonly verdict: string
  readonly privacy: PrivacyReport
  /** What the model file itself reveals, by column; null without `encoding`. */
  readonly modelFile: readonly HeldValues[] | null
  /** Whether the model file holds values of single rows, in words; null without `encoding`. */
  readonly modelFileSentence: string | null
  /** Categories whose names in samples point to single training rows. */
  readonly rareNames: readonly HeldNames[]
  /** The columns that were left out of training, and why; empty without `leftOut`. */
  readonly leftOut: LeftOutColumns
  /** The columns that are generated for each row, not learned; empty without `encoding`. */
  readonly generated: readonly GeneratedColumn[]
  /** What holds in nearly all real rows, and how often it does in samples: what fails comes first. */
  readonly always: readonly HeldAlways[]
  /** How many samples hold each of the model's rules; empty without `encoding`. */
  readonly rules: readonly HeldRule[]
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
 * const { verdicts, privacy, worst } = await report({ samples, against: holdout, train, target: 'income' })
 */
export async function report(options: ReportOptions): Promise<Report> {
  checkOptions('report', options, checks, ['samples', 'against', 'train'])
  return reportOn(options)
}

/** As `report`, of a table that may be one of several, whose `reports` share the level of significance. */
export async function reportOn(
  {
    encoding,
    candidates,
    rareNames,
    leftOut = [],
    verdicts,
    closeness = {},
    maxDetection,
    maxMembership,
    signal,
    onProgress,
    plan,
    ...request
  }: ReportOptions & Pick<ModelContents, 'plan'>,
  families?: Families,
  reports?: number,
): Promise<Report> {
  const work = { signal, onProgress }
  const limits = { maxDetection, maxMembership }
  const tables = resolve(request, families)
  const measured = [await qualityOf(tables, work), await privacyOf(tables, work, reports)] as const
  const quality = sayQuality(measured[0], tables.against.columns)
  const privacy = sayPrivacy(measured[1])
  const found = verdicts ?? { rows: rowsVerdict(quality.detection), people: peopleVerdict(measured[1]) }
  const facts = verdicts ? closeness : { compared: quality.detection.rows, copied: privacy.copied }
  const sentences = verdictSentences(found, facts)
  const always = sayAlways(alwaysIn(tables, encoding))
  const broken = brokenSentence(always)
  return {
    verdicts: found,
    sentences,
    verdict: [...(broken === undefined ? [] : [broken]), ...sentences].join(' '),
    ...quality,
    privacy,
    modelFile: encoding ? heldValues({ encoding, candidates, rareNames, plan }) : null,
    modelFileSentence: encoding ? heldSentence([{ encoding, rareNames }]) : null,
    rareNames: heldNames(tables),
    leftOut,
    generated: encoding ? generatedColumns(encoding) : [],
    always,
    rules: encoding ? heldRules(encoding, tables.samples) : [],
    limits: compareLimits(limits, quality.detection, privacy),
  }
}

/** A category of which most values occur in one training row each, and samples hold some of these names. */
export interface HeldNames extends RareNames {
  /** How many of the names of a single training row are in samples. */
  readonly inSamples: number
  readonly sentence: string
}

/** The categories whose names in samples point to single training rows. */
function heldNames({ samples, train }: ReportTables): HeldNames[] {
  return rareNamesIn(train).flatMap((rare) => {
    const inSamples = singleNamesIn(samples, train, rare.column)
    const { column, names, single } = rare
    const sentence =
      `Of ${counted(names, 'value')} of ${printable(column)} in the training rows, ${humanCount(single)} ${single === 1 ? 'occurs' : 'occur'} in one row only, ` +
      `and ${humanCount(inSamples)} of these ${inSamples === 1 ? 'appears' : 'appear'} in samples: whoever reads such a value in a sample learns that its row was among the training rows.`
    return inSamples > 0 ? [{ ...rare, inSamples, sentence }] : []
  })
}

/** Maximum areas under the ROC curve that a script accepts. */
export interface Limits {
  /** Maximum AUC of trees that distinguish samples from real rows. */
  readonly maxDetection?: number | undefined
  /** Maximum AUC of the worst attack on membership. */
  readonly maxMembership?: number | undefined
}

/** The result for a limit. */
export interface LimitResult {
  readonly of: 'detection' | 'membership'
  readonly max: number
  readonly auc: number | null
  /** Null if there are too few rows to tell. */
  readonly isKept: boolean | null
  readonly sentence: string
}

/** Compares the measures with the limits; with too few rows to tell, a limit is not kept. */
function compareLimits(
  { maxDetection, maxMembership }: Limits,
  detection: Detection,
  privacy: PrivacyReport,
): LimitResult[] {
  return [
    ...(maxDetection === undefined ? [] : [limitOfDetection(maxDetection, detection)]),
    ...(maxMembership === undefined ? [] : [limitOfMembership(maxMembership, privacy)]),
  ]
}

export function limitOfDetection(max: number, { auc, rows }: Detection): LimitResult {
  const numbers = `detection has an AUC of ${decimals(auc)}`
  const few = rows < neededRows && `${rows} rows are too few to tell: give ${neededRows} or more of each`
  return { of: 'detection', max, auc, ...limited(numbers, auc, auc, max, few) }
}

export function limitOfMembership(max: number, { attacks, membership, enough }: PrivacyReport): LimitResult {
  const { attack, auc, low, high } = membership
  // samples that avoid members reveal them too
  const isSignificant = attacks.find(({ name }) => name === attack)!.told === true
  const turned = isSignificant && auc !== null && auc < 0.5
  const [value, highest] = turned ? [1 - auc, 1 - low!] : [auc, high]
  const numbers = `the ${attack} attack has an AUC of ${decimals(auc)}, ${decimals(low)} to ${decimals(high)}`
  const few = !enough.isEnough && enough.sentence.replace(/\.$/, '')
  return { of: 'membership', max, auc, ...limited(numbers, value, highest, max, few) }
}

/** A limit is kept if the interval's end `highest` is also at most `max`. */
function limited(
  numbers: string,
  value: number | null,
  highest: number | null,
  max: number,
  few: string | false,
): Pick<LimitResult, 'isKept' | 'sentence'> {
  if (value !== null && value > max) return { isKept: false, sentence: `${numbers}: more than ${max}` }
  if (few) return { isKept: null, sentence: `${numbers}: ${few}` }
  if (highest === null) return { isKept: null, sentence: `${numbers}: it could not be scored` }
  if (highest > max)
    return { isKept: null, sentence: `${numbers}: more rows are needed to tell whether it is ${max} or less` }
  return { isKept: true, sentence: `${numbers}: within ${max}` }
}
