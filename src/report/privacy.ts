import { humanCount, percent } from '../core/format.ts'
import type { Attack, AttackName } from '../measure/privacy/membership.ts'
import type {
  ClosestShare,
  CopyCounts,
  NearCopies,
  PrivacyMeasures,
  RowsNeeded,
} from '../measure/privacy/privacy.ts'
import { maxRows } from '../measure/privacy/sets.ts'
import type { SingledOut } from '../measure/privacy/singling-out.ts'
import { shareText } from './quality.ts'
import { sentencesOf } from './stated.ts'

/** The attacks' verdict; too few rows are never a pass. */
export type PrivacyVerdict = 'flagged' | 'not flagged' | 'too few rows to tell'

/** The result of an attack, with its sentence. */
export interface AttackResult extends Attack {
  readonly sentence: string
}

/** Copies of one kind and those among real rows, with their sentence. */
export interface CopyCount extends CopyCounts {
  readonly sentence: string
}

export interface Copies {
  /** Equal in every column. All training rows, held-out rows and samples are compared. */
  readonly exact: CopyCount
  /** No further apart than the 1 % quantile of distances between real rows and their nearest other. */
  readonly near: NearCopies & CopyCount
}

/** Share of samples closer to a training row than to a held-out one. */
export interface Closest extends ClosestShare {
  /** What the share does not show. */
  readonly caveat: string
}

/** How often predicates that match one sample match exactly one real row, with their sentence. */
export interface SinglingOut extends SingledOut {
  readonly sentence: string
}

export interface SinglingOutRisks {
  /** By values of a single sample. */
  readonly values: SinglingOut
  /** By combinations of columns of a single sample. */
  readonly combinations: SinglingOut
}

/** Whether there are enough rows for a negative result to mean something. */
export interface Enough extends RowsNeeded {
  readonly sentence: string
}

/** What samples reveal about training rows. Plain JSON. */
export interface PrivacyReport
  extends Omit<PrivacyMeasures, 'attacks' | 'copies' | 'closest' | 'singlingOut' | 'enough'> {
  readonly verdict: PrivacyVerdict
  readonly attacks: readonly AttackResult[]
  readonly copies: Copies
  readonly closest: Closest
  readonly singlingOut: SinglingOutRisks
  readonly enough: Enough
  /** The findings in sentences. */
  readonly sentences: readonly string[]
}

export function sayPrivacy(measures: PrivacyMeasures): PrivacyReport {
  const { flagged, membership, rows } = measures
  const attacks = measures.attacks.map((attack) => ({ ...attack, sentence: attackSentence(attack) }))
  const { exact, near } = measures.copies
  const { threshold, ...counts } = near
  const copies = {
    exact: { ...exact, sentence: copiesSentence(exact, 'exact') },
    near: { ...counts, sentence: copiesSentence(near, 'near'), threshold },
  }
  const closest = { ...measures.closest, caveat: caveatOf(measures.closest) }
  const { values, combinations } = measures.singlingOut
  const singlingOut = {
    values: { ...values, sentence: singlingOutSentence(values, 'value') },
    combinations: { ...combinations, sentence: singlingOutSentence(combinations, 'combination of values') },
  }
  const enough = { ...measures.enough, sentence: enoughSentence(measures.enough) }
  return {
    verdict: flagged === null ? 'too few rows to tell' : flagged ? 'flagged' : 'not flagged',
    flagged,
    membership,
    attacks,
    copies,
    closest,
    singlingOut,
    repeats: measures.repeats,
    copied: measures.copied,
    enough,
    rows,
    sentences: [
      summaryOf(measures),
      ...sentencesOf([...attacks, copies.exact, copies.near, singlingOut.values, singlingOut.combinations]),
      closest.caveat,
      enough.sentence,
      ...drawnSentences(rows),
    ],
  }
}

function summaryOf({ flagged, copied }: Pick<PrivacyMeasures, 'flagged' | 'copied'>): string {
  if (copied !== null)
    return `${shareText(copied)} of the samples are copies of training rows: as rows of such columns nearly always differ, this is no chance.`
  if (flagged)
    return 'Some of these tests distinguish training rows from held-out rows better than chance does; the verdict goes by how well.'
  return flagged === null
    ? 'There are too few rows to tell whether these samples reveal anything about the training rows.'
    : 'None of these attacks could distinguish training rows from other rows. Other attacks may be able to.'
}

/** An attack below this is called a little better than guessing. */
const littleBetter = 0.55

function attackSentence({ name, column, auc, adjusted, told: isSignificant, atOnePercent }: Attack): string {
  const subject = column === undefined ? `The ${name} attack` : `The attack on single columns, at ${column},`
  if (auc === null || isSignificant === null) return `${subject} could not be scored.`
  // the interval that decides
  const numbers = `AUC ${decimals(auc)}; ${adjustedInterval(adjusted)}`
  if (!isSignificant) return `${subject} cannot distinguish training rows from held-out rows (${numbers}).`
  const verb = `${subject} distinguishes training rows from held-out rows`
  if (auc < 0.5)
    return `${verb} (${numbers}): the samples lie less close to training rows than to held-out rows, and this difference also reveals the training rows.`
  const little = auc < littleBetter ? ', though only a little better than guessing' : ''
  const caught = atOnePercent?.share
  const part =
    typeof caught === 'number'
      ? `: with false alarms on 1 % of the held-out rows, it finds ${percent(caught)} of the training rows`
      : ''
  return `${verb}${little} (${numbers})${part}.`
}

export function attackName(name: AttackName): string {
  return name === 'column' ? 'single column' : name
}

function adjustedInterval({ low, high }: Attack['adjusted']): string {
  return `its interval, adjusted for the number of attacks, is ${decimals(low)} to ${decimals(high)}`
}

export function copiesSentence({ ofTrain, ofAgainst, isBeyondChance }: CopyCounts, kind: 'exact' | 'near') {
  return (
    `${percent(ofTrain.share!)} of the samples are ${kind} copies of a training row, ` +
    `and ${percent(ofAgainst.share!)} are ${kind} copies of one of equally many held-out rows: ` +
    `this is ${isBeyondChance ? 'more' : 'no more'} than duplicates among real rows would explain.`
  )
}

export function singlingOutSentence({ attack, control, told: isSignificant }: SingledOut, noun: string) {
  if (attack.of === 0)
    return `No ${noun} describes exactly one sample, so nobody could be singled out by one.`
  const tried =
    attack.of === 1
      ? `1 ${noun} that describes exactly one sample`
      : `${humanCount(attack.of)} ${noun.replace(/^\w+/, '$&s')} that describe exactly one sample`
  const shares =
    `${percent(attack.share!)} describe exactly one training row, ` +
    `and ${percent(control.share!)} exactly one held-out row`
  return isSignificant
    ? `Of ${tried}, ${shares}: they single out training rows.`
    : `Of ${tried}, ${shares}: they single out no more training rows than held-out rows.`
}

export function caveatOf({ share }: ClosestShare): string {
  return (
    `${percent(share)} of the samples lie closer to a training row than to a held-out row; by chance it would be 50 %. ` +
    'This share can look harmless although attacks on membership succeed (Yao et al., "The DCR Delusion", arXiv 2505.01524): ' +
    'it is shown for comparison, and the verdict does not depend on it.'
  )
}

function enoughSentence({ isEnough, members, samples, needed, detectable }: RowsNeeded): string {
  const numbers = `${humanCount(members)} training rows, as many held-out rows and ${humanCount(samples)} samples were compared`
  return isEnough
    ? `${numbers}: an attack with an AUC below about ${decimals(detectable)} could not be distinguished from guessing.`
    : `${numbers}, which are too few to conclude anything from attacks that fail: give ${needed} or more of each.`
}

function drawnSentences(rows: PrivacyReport['rows']): string[] {
  const countsOf = ({ all, compared }: PrivacyReport['rows']['train']) =>
    `${humanCount(compared)} of ${humanCount(all)}`
  if (Object.values(rows).every(({ all, compared }) => compared === all)) return []
  return [
    `Distances were measured between ${countsOf(rows.train)} training rows, ${countsOf(rows.against)} held-out rows and ` +
      `${countsOf(rows.samples)} samples, drawn at random: equally many rows of both real sets, at most ${humanCount(maxRows / 2)}, ` +
      `and at most ${humanCount(maxRows)} samples.`,
  ]
}

/** A number in [0, 1] with two decimals: .51. */
export function decimals(x: number | null): string {
  return x === null ? 'not known' : x.toFixed(2).replace(/^0/, '')
}
