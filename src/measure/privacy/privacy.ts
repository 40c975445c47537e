/** What samples reveal about training rows: copies, attacks on membership, singling out. */
import { pause, type Work } from '../../core/work.ts'
import type { NamedTable } from '../../table/table.ts'
import { nearThreshold } from '../distances/subsets.ts'
import { oneOfEach, type ReportTables } from '../prepare.ts'
import { reachOf, type Share, shareOf, tailOfMembers } from './chance.ts'
import { attackCount, attackMembership, worstAttack } from './membership.ts'
import { closestDistances, type Neighbourhoods, neighbourhoodsOf } from './neighbours.ts'
import { copiedShare, repeatsOf } from './repeats.ts'
import { type DrawnSets, drawSets, type RealAndSamples, realAndSamples, rowsLike, textsOf } from './sets.ts'
import { singleOut } from './singling-out.ts'

/** Whether there are enough rows for a negative result to mean something. */
export interface RowsNeeded {
  readonly isEnough: boolean
  /** Number of members scored, and of other real rows. */
  readonly members: number
  readonly samples: number
  /** Minimum number of held-out rows, training rows and samples. */
  readonly needed: number
  /** The smallest AUC distinguishable from chance with this many rows. */
  readonly detectable: number
}

/** Number of tests that may flag: attacks on membership, two kinds of copies, two of singling out. */
const tests = attackCount + 4

/** Significance level of all tests together, which share it by Bonferroni. */
const level = 0.05

/** With this many rows of each kind, an AUC of about .56 is distinguishable from chance. */
export const neededRows = 300

export type PrivacyMeasures = Awaited<ReturnType<typeof privacyOf>>

/**
 * What samples reveal about training rows, by attacks that anyone with the samples can make, compared with held-out rows. Of each family
 * one real row is attacked; `reports` of several tables share the level of significance. Copies are looked for among `trained`, all training rows, if
 * the tables have only some of them.
 */
export async function privacyOf(tables: ReportTables, work: Work, reports = 1, trained?: NamedTable) {
  const { seed, samples } = tables
  const alpha = level / (tests * reports)
  const all = realAndSamples({ ...oneOfEach(tables), samples })
  const sets = drawSets(all, seed)
  const neighbourhoods = await neighbourhoodsOf(sets, work)
  const attacks = await attackMembership(sets, neighbourhoods, alpha, seed, work)
  const copies = { exact: exactCopies(all, sets, alpha), near: nearCopies(neighbourhoods, alpha) }
  const singlingOut = await singleOut(sets, alpha, seed, work)
  await pause(work.signal)
  const known = trained ? rowsLike(tables, trained) : all.train
  const repeats = repeatsOf(known, seed)
  await pause(work.signal)
  const enough = enoughOf(sets.members.count, sets.samples.count, alpha)
  const significant = [
    ...attacks.map(({ told }) => told),
    ...[copies.exact, copies.near].map(({ isBeyondChance }) => isBeyondChance),
    ...[singlingOut.values, singlingOut.combinations].map(({ told }) => told),
  ]
  const copied = copiedShare(all.samples, known, repeats)
  const isOpen = !enough.isEnough || significant.includes(null)
  const { name: attack, auc, low, high } = worstAttack(attacks)
  return {
    /** Whether an attack distinguished members from others, or copies can't be chance; null with too few rows to tell. */
    flagged: copied !== null || significant.includes(true) ? true : isOpen ? null : false,
    /** The worst attack on membership. */
    membership: { attack, auc, low, high },
    attacks,
    copies,
    closest: closestOf(neighbourhoods),
    singlingOut,
    /** How many training rows are equal. */
    repeats,
    /** The share of samples that equal a training row, if so many do that they can't be by chance; else null. */
    copied,
    enough,
    /** Number of rows, and of those used for the pairwise distances. */
    rows: {
      train: { all: all.train.count, compared: sets.members.count },
      against: { all: all.against.count, compared: sets.others.count },
      samples: { all: all.samples.count, compared: sets.samples.count },
    },
  }
}

function enoughOf(members: number, samples: number, alpha: number): RowsNeeded {
  return {
    isEnough: members >= neededRows && samples >= neededRows,
    members,
    samples,
    needed: neededRows,
    // without ties the variance of an AUC of .5 is (2 n + 1) / (12 n^2), about 1 / (6 n)
    detectable: Math.min(1, 0.5 + reachOf(alpha) / Math.sqrt(6 * members)),
  }
}

/** Copies of one kind, and those among real rows. */
export interface CopyCounts {
  /** Samples that are copies of a training row. */
  readonly ofTrain: Share
  /** Samples that are copies of one of equally many held-out rows, which is due to chance and duplicates. */
  readonly ofAgainst: Share
  /** Held-out rows that are copies of a training row. */
  readonly real: Share
  /** Training rows of which a sample is a copy. */
  readonly members: Share
  /** Held-out rows of which a sample is a copy. */
  readonly others: Share
  /**
   * p-value (Fisher's exact test): the probability of at least as many members among these rows if the generator treats
   * members and others alike; common rows have copies in both sets.
   */
  readonly p: number
  /** Whether `p` is below the test's level. */
  readonly isBeyondChance: boolean
}

/** Copies that are no further apart than the 1 % quantile of distances between real rows and their nearest other. */
export interface NearCopies extends CopyCounts {
  /** As a share of the columns: 0 is a copy, 1 is the maximum difference in all columns. */
  readonly threshold: number
}

/** Share of samples closer to a training row than to a held-out one. */
export interface ClosestShare {
  /** Ties count half; .5 is chance. */
  readonly share: number
  readonly low: number
  readonly high: number
  readonly samples: number
}

/** Exact copies of training rows among all samples, those of held-out rows, and those among held-out rows. */
export function exactCopies({ train, against, samples }: RealAndSamples, drawn: DrawnSets, alpha: number) {
  const ofSamples = textsOf(samples)
  // samples are compared with equally many training and held-out rows
  const [members, others, copied] = [
    new Set(textsOf(drawn.members)),
    textsOf(drawn.others),
    new Set(ofSamples),
  ]
  const otherTexts = new Set(others)
  const counts = {
    ofTrain: shareWhere(ofSamples, (text) => members.has(text)),
    ofAgainst: shareWhere(ofSamples, (text) => otherTexts.has(text)),
    real: shareWhere(others, (text) => members.has(text)),
    members: shareWhere(textsOf(train), (text) => copied.has(text)),
    others: shareWhere(textsOf(against), (text) => copied.has(text)),
  }
  return tested(counts, alpha)
}

export function nearCopies({ members, others, samples, unit, width }: Neighbourhoods, alpha: number) {
  const among = [...closestDistances(members.toReal), ...closestDistances(others.toReal)]
  const threshold = nearThreshold(Float64Array.from(among))
  const near = (distances: Int32Array) => shareWhere([...distances], (distance) => distance <= threshold)
  const counts = {
    ofTrain: near(samples.toMembers),
    ofAgainst: near(samples.toOthers),
    real: near(closestDistances(others.across)),
    members: near(closestDistances(members.toSamples)),
    others: near(closestDistances(others.toSamples)),
  }
  return { ...tested(counts, alpha), threshold: threshold / (unit * width) }
}

function shareWhere<T>(items: readonly T[], holds: (item: T) => boolean): Share {
  return shareOf(items.filter(holds).length, items.length)
}

function tested(counts: Omit<CopyCounts, 'p' | 'isBeyondChance'>, alpha: number): CopyCounts {
  const { members, others } = counts
  const p = tailOfMembers(members.count, members.count + others.count, members.of, members.of + others.of)
  return { ...counts, p, isBeyondChance: p <= alpha }
}

export function closestOf({ samples: { toMembers, toOthers } }: Neighbourhoods): ClosestShare {
  let halves = 0
  for (let i = 0; i < toMembers.length; i++) {
    if (toMembers[i]! < toOthers[i]!) halves += 2
    else if (toMembers[i] === toOthers[i]) halves += 1
  }
  const { share, low, high } = shareOf(halves / 2, toMembers.length)
  return { share: share!, low: low!, high: high!, samples: toMembers.length }
}
