import { counted } from '../../core/format.ts'
import { version } from '../../core/version.ts'
import type { Detection } from '../../measure/detection.ts'
import { neededRows } from '../../measure/privacy/privacy.ts'
import { shareText } from '../quality.ts'
import type { LimitResult, Report } from '../report.ts'
import { type Content, html, list, type Markup, named, worstSentences } from './html.ts'

/** What the page says of the data in addition to the report. */
export interface AboutData {
  /** SHA-256 of the data's file, in hexadecimal. */
  readonly digest?: string | undefined
}

/** How much more often than between real rows samples may be recognised, in 100 cases, by the word for it. */
const bounds = { good: 5, fair: 15 }

/** How much better than guessing a prediction must be to count. */
const predicts = 0.05

export type Grade = 'good' | 'fair' | 'poor'

interface Summary {
  readonly grade: Grade
  readonly flagged: boolean | null
  readonly hasModelFile: boolean
  readonly checked: Markup
  readonly found: readonly Content[]
  /** What few rows mean, if they are few. */
  readonly fewness?: string | false
  /** What to do with too few rows to tell. */
  readonly repeat: string
  readonly hasCopies?: boolean
  /** The columns with names of single rows. */
  readonly rare: readonly string[]
  readonly limits: readonly LimitResult[]
}

/** The first page, in plain words: what was checked, what was found, what it means, and what to do. */
export function summaryPage(summary: Summary): Markup {
  const { grade, flagged, checked, found, fewness = false, limits } = summary
  return html`<section id="summary" aria-labelledby="summary-title">
<h2 id="summary-title">In short</h2>
<p class="lead">${qualityVerdict[grade]} ${privacyVerdict(flagged)}</p>
<h3>What was checked</h3>
${checked}
<h3>What was found</h3>
${list(found, 'plain')}
<h3>What it means</h3>
${list([fewness, ...meaningItems(summary)], 'plain')}
<h3>What to do</h3>
${list(advice(summary), 'plain')}
${limits.length > 0 && limitsPart(limits)}
</section>`
}

export function summarySection(report: Report, about: AboutData): Markup {
  const { detection, privacy, rareNames, modelFile, limits } = report
  return summaryPage({
    grade: gradeOf(detection),
    flagged: privacy.flagged,
    hasModelFile: modelFile !== null,
    checked: checkedPart(report, about),
    found: foundItems(report),
    repeat: `Repeat the check with at least ${neededRows} training rows and as many held-out rows.`,
    hasCopies: privacy.copies.exact.isBeyondChance,
    rare: rareNames.map(({ column }) => column),
    limits,
  })
}

const qualityVerdict: Readonly<Record<Grade, string>> = {
  good: 'The synthetic rows are hard to tell from real ones.',
  fair: 'The synthetic rows resemble real ones, with differences.',
  poor: 'The synthetic rows are easy to tell from real ones.',
}

function privacyVerdict(flagged: boolean | null): string {
  if (flagged === null)
    return 'There are too few rows to say whether they reveal who is in the data: treat them like the real rows.'
  return flagged
    ? 'They reveal something about who is in the data: treat them like the real rows.'
    : 'No sign was found that they reveal who is in the data; this is no proof that they do not.'
}

/** In how many of 100 cases, by an area under the ROC curve. */
export const ofHundred = (auc: number) => Math.round(100 * auc)

export function gradeOf(detection: Detection): Grade {
  const more = ofHundred(detection.auc) - Math.max(50, ofHundred(detection.null))
  return more <= bounds.good ? 'good' : more <= bounds.fair ? 'fair' : 'poor'
}

function checkedPart({ rows, columns }: Report, { digest }: AboutData): Markup {
  return html`<p>A model learned from ${counted(rows.train, 'real row')} (the training rows) and made ${counted(rows.samples, 'synthetic row')} of
${counted(columns.length, 'column')}. They were compared with the training rows, and with ${counted(rows.against, 'real row')} that the model has not seen (the
held-out rows): how alike they are, and whether someone who has the synthetic rows can learn from them who was among the training rows.</p>
<p class="note">Checked by Moonstep ${version}.${digest !== undefined && html` The data's file has the SHA-256 <code>${digest}</code>.`}</p>`
}

function foundItems(report: Report): Content[] {
  const { detection, worst, privacy, rareNames } = report
  const differences = worstSentences(worst).slice(0, 3)
  const { exact } = privacy.copies
  return [
    `Shown a synthetic row and a real one, a program that was trained for it points at the synthetic one in ${ofHundred(detection.auc)} of 100 cases. ` +
      `Between two sets of real rows it succeeds in ${ofHundred(detection.null)}; guessing succeeds in 50.`,
    differences.length > 0
      ? html`These differ most: ${differences.map((each, k) => [k > 0 && ' ', each])}`
      : 'No column, and no pair of columns, differs more than chance explains.',
    utilityFound(report),
    attackFound(report),
    `${shareText(exact.ofTrain.share ?? 0)} of the synthetic rows are the same as a training row, and ${shareText(exact.ofAgainst.share ?? 0)} the same as one of as many ` +
      `rows that the model has not seen${exact.isBeyondChance ? ': the model has copied rows' : ', which is no sign of copying'}.`,
    ...rareNames.map(({ sentence }) => sentence),
  ]
}

/** Whether the rows teach the same: what nobody can predict says nothing about them. */
function utilityFound({ utility }: Report): Content {
  if (!utility) return false
  const { target, metric, real, synthetic } = utility
  const guessing = metric === 'r2' ? 0 : 0.5
  if (real < guessing + predicts)
    return html`The other columns do not predict ${named(target)}, not even in real rows, so this test says nothing about the synthetic rows.`
  const share = Math.max(0, (synthetic - guessing) / (real - guessing))
  const part = share > 0.995 ? 'all' : `${Math.round(100 * share)} %`
  return html`A program that learns from the synthetic rows to predict ${named(target)} in real rows gets ${part} of the gain over guessing that it gets by learning from the training rows.`
}

function attackFound({ privacy }: Report): string {
  const { attacks, membership, flagged } = privacy
  const { auc } = membership
  if (auc === null) return 'Attempts to find out who was among the training rows could not be made.'
  // whoever knows that the samples keep away from training rows turns the answer around
  const rate = ofHundred(Math.max(auc, 1 - auc))
  const tried = `${counted(attacks.length, 'attempt')} to find out who was among the training rows`
  const best = `shown a training row and another real row, the best of them points at the training row in ${rate} of 100 cases; guessing does in 50`
  if (flagged === null)
    return `${tried}: ${best}. With so few rows, such a figure may be chance: at least ${neededRows} of each kind are needed.`
  return flagged
    ? `At least one attempt to find out who was among the training rows, or to find single people, succeeded. Of ${counted(attacks.length, 'attempt')} of the first kind, ${best}.`
    : `${tried} failed: ${best}, no more than chance allows.`
}

function meaningItems({ flagged, hasModelFile, grade }: Summary): Content[] {
  return [
    {
      good: 'They can stand in for the real rows in tests, demonstrations and teaching, and mostly in analyses.',
      fair: 'They suit tests, demonstrations and teaching. Before a figure matters, check it on the real rows.',
      poor: 'They suit tests of software. They do not support statements about the people in the data.',
    }[grade],
    flagged === null
      ? 'Nothing can be said about privacy: neither that the rows are harmless nor that they are not.'
      : flagged
        ? 'Someone who knows a person’s row can find out, better than by guessing, whether that person is in the data. For data protection, treat the synthetic rows as personal data.'
        : 'With the attacks that were tried, someone who has only these rows could not find out, better than by guessing, who is in the data. Someone who knows more, or has a better method, may be able to.',
    hasModelFile &&
      'Whatever else was found, the model’s file holds some values of the training rows unchanged. Someone who receives only the synthetic rows does not receive that file.',
  ]
}

function advice({ flagged, grade, hasModelFile, repeat, hasCopies = false, rare }: Summary): Content[] {
  return [
    flagged &&
      'Do not pass the rows on as if they were anonymous. Train for fewer steps or on more rows, and check again.',
    flagged === null && repeat,
    hasCopies && 'Find out whether the copied rows are about single persons.',
    rare.length > 0 && `Leave out ${rare.join(', ')}, or merge names that few rows have, and train again.`,
    grade !== 'good' &&
      'If the differences matter for the purpose, train for longer or on more rows, and check again.',
    hasModelFile &&
      'Pass on rows instead of the model’s file, unless everyone may see the values that it holds.',
    'Keep this report with the rows. Whether they may be passed on is for whoever answers for the data: the report is a measurement, not a legal judgement.',
  ]
}

const limitNames = { detection: 'Detection', membership: 'Membership' } as const

function limitsPart(limits: readonly LimitResult[]): Markup {
  return html`<h3>The limits that were set</h3>
<ul class="limits">
${limits.map(({ of, max, isKept, sentence }) => {
  const [kind, word] =
    isKept === null ? ['open', 'cannot be decided'] : isKept ? ['kept', 'kept'] : ['not-kept', 'not kept']
  return html`<li class="${kind}"><strong>${limitNames[of]} at most ${max}: ${word}.</strong> ${`${sentence[0]!.toUpperCase()}${sentence.slice(1)}.`}</li>
`
})}</ul>`
}
