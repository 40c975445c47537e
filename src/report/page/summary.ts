import { counted } from '../../core/format.ts'
import { version } from '../../core/version.ts'
import { minRows } from '../../measure/prepare.ts'
import { neededRows } from '../../measure/privacy/privacy.ts'
import type { RowCounts } from '../../measure/quality.ts'
import { brokenSentence } from '../always.ts'
import type { FewRowsReport } from '../few-rows.ts'
import type { CopyCount } from '../privacy.ts'
import { shareText } from '../quality.ts'
import type { LimitResult, Report } from '../report.ts'
import { adviceOn, type Grades } from '../verdicts.ts'
import { type Content, html, list, type Markup, named, worstSentences } from './html.ts'

/** What the page says of the data in addition to the report. */
export interface AboutData {
  /** SHA-256 of the data's file, in hexadecimal. */
  readonly digest?: string | undefined
}

/** How much better than guessing a prediction must be to count. */
const predicts = 0.05

interface Summary extends Grades {
  /** What comes first. */
  readonly lead: Markup
  /** Whether the model's file holds values of single rows, in words; null if the report is without it. */
  readonly modelFile: string | null
  readonly checked: Markup
  readonly found: readonly Content[]
  /** What to do with too few rows to tell. */
  readonly repeat: string
  readonly hasCopies?: boolean
  /** The columns with names of single rows. */
  readonly rare: readonly string[]
  readonly limits: readonly LimitResult[]
}

/** The first page, in plain words: what was checked, what was found, what it means, and what to do. */
export function summaryPage(summary: Summary): Markup {
  const { lead, checked, found, limits } = summary
  return html`<section id="summary" aria-labelledby="summary-title">
<h2 id="summary-title">In short</h2>
${lead}
<h3>What was checked</h3>
${checked}
<h3>What was found</h3>
${list(found, 'plain')}
<h3>What it means</h3>
${list(meaningItems(summary), 'plain')}
<h3>What to do</h3>
${list(advice(summary), 'plain')}
${limits.length > 0 && limitsPart(limits)}
</section>`
}

export function summarySection(report: Report, about: AboutData): Markup {
  const { verdicts, sentences, privacy, rareNames, modelFileSentence, limits } = report
  return summaryPage({
    ...verdicts,
    lead: verdictsPart(verdicts, sentences),
    modelFile: modelFileSentence,
    checked: checkedRows(report.rows, report.columns.length, about),
    found: foundItems(report),
    repeat,
    hasCopies: privacy.copies.exact.isBeyondChance,
    rare: rareNames.map(({ column }) => column),
    limits,
  })
}

/** The summary of tables that are too small for a report. */
export function fewRowsSummary(
  { verdicts, sentences, rows, limits }: FewRowsReport,
  about: AboutData,
): Markup {
  return summaryPage({
    ...verdicts,
    lead: verdictsPart(verdicts, sentences),
    modelFile: null,
    checked: checkedRows(rows, undefined, about),
    found: [few(verdicts.people.grade === 'clear')],
    repeat,
    rare: [],
    limits,
  })
}

const few = (areCopies: boolean) =>
  `A report compares ${minRows} rows or more of each kind. With fewer, it was only checked whether the synthetic rows are copies of training rows${areCopies ? '' : ': most of them are not'}.`

const repeat = `Repeat the check with at least ${neededRows} training rows and as many held-out rows.`

/** The verdicts, each with a mark by its grade. */
export function verdictsPart({ rows, people }: Grades, sentences: readonly string[]): Markup {
  const grades = [rows.grade, people.grade]
  return html`<ul class="verdicts">
${sentences.map((sentence, k) => {
  const [title, ...evidence] = sentence.split(/(?<=\.) /)
  return html`<li class="${grades[k] ?? 'open'}"><strong>${title}</strong> ${evidence.join(' ')}</li>
`
})}</ul>`
}

function checkedRows(rows: RowCounts, columns: number | undefined, { digest }: AboutData): Markup {
  const ofColumns = columns === undefined ? '' : ` of ${counted(columns, 'column')}`
  return html`<p>A model learned from ${counted(rows.train, 'real row')} (the training rows) and made ${counted(rows.samples, 'synthetic row')}${ofColumns}. They were compared with the training rows, and with ${counted(rows.against, 'real row')} that the model has not seen (the
held-out rows): how alike they are, and whether someone who has the synthetic rows can learn from them who was among the training rows.</p>
<p class="note">Checked by Moonstep ${version}.${digest !== undefined && html` The data's file has the SHA-256 <code>${digest}</code>.`}</p>`
}

function foundItems(report: Report): Content[] {
  const { worst, privacy, rareNames } = report
  const differences = worstSentences(worst).slice(0, 3)
  const { exact } = privacy.copies
  return [
    brokenSentence(report.always),
    differences.length > 0
      ? html`These differ most: ${differences.map((each, k) => [k > 0 && ' ', each])}`
      : 'No column, and no pair of columns, differs more than chance explains.',
    utilityFound(report),
    ...(privacy.copied === null ? [attacksFound(report), copiesFound(exact)] : [privacy.sentences[0]]),
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

function copiesFound({ ofTrain, ofAgainst, isBeyondChance }: CopyCount): string {
  const found = isBeyondChance ? ': the model has copied rows' : ', which is no sign of copying'
  return `${shareText(ofTrain.share ?? 0)} of the synthetic rows are the same as a training row, and ${shareText(ofAgainst.share ?? 0)} the same as one of as many rows that the model has not seen${found}.`
}

function attacksFound({ privacy: { attacks, flagged } }: Report): string {
  const tried = `${counted(attacks.length, 'attempt')} to find out who was among the training rows, and others to find single people,`
  if (flagged === null)
    return `${tried} were made, with too few rows for a clear answer: at least ${neededRows} of each kind are needed.`
  return flagged
    ? `Of ${tried} at least one did better than chance. How much better decides what it means.`
    : `${tried} did no better than chance allows.`
}

const meaningOfRows = {
  good: 'They can stand in for the real rows in tests, demonstrations and teaching, and mostly in analyses.',
  fair: 'They suit tests, demonstrations and teaching. Before a figure matters, check it on the real rows.',
  poor: 'They suit tests of software. They do not support statements about the people in the data.',
} as const

const meaningOfPeople = {
  none: 'With the attacks that were tried, someone who has only these rows can hardly do better than guess who is in the data. This is no proof: someone who knows more, or has a better method, may be able to.',
  slight:
    'Someone who knows a person’s row can guess a little better than by chance whether that person is in the data. For a single person, such a guess is seldom sure.',
  clear:
    'Someone who knows a person’s row can find out, better than by guessing, whether that person is in the data. For data protection, treat the synthetic rows as personal data.',
} as const

function meaningItems({ rows, people, modelFile }: Summary): Content[] {
  return [
    rows.grade === null
      ? 'Nothing can be said about how like real rows they are: too few were compared.'
      : meaningOfRows[rows.grade],
    people.grade === null
      ? 'Nothing can be said about privacy: neither that the rows are harmless nor that they are not.'
      : meaningOfPeople[people.grade],
    modelFile !== null &&
      `Someone who receives only the synthetic rows does not receive the model’s file. ${modelFile}`,
  ]
}

function advice(summary: Summary): Content[] {
  const { people, modelFile, repeat, hasCopies = false, rare } = summary
  return [
    people.grade === 'clear' && 'Do not pass the rows on as if they were anonymous.',
    ...adviceOn(summary),
    people.grade === null && repeat,
    hasCopies && 'Find out whether the copied rows are about single persons.',
    rare.length > 0 && `Leave out ${rare.join(', ')}, or merge names that few rows have, and train again.`,
    modelFile !== null &&
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
