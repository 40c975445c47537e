import { humanCount } from '../../core/format.ts'
import type { Work } from '../../core/work.ts'
import type { ReportTables } from '../prepare.ts'
import { decimals, reachOf } from './chance.ts'
import { type Closest, type Copies, closestOf, copiesOf } from './copies.ts'
import {
  type AttackName,
  type AttackResult,
  attackCount,
  attackMembership,
  worstAttack,
} from './membership.ts'
import { type DrawnSets, drawSets, maxRows, neighbourhoodsOf } from './neighbourhoods.ts'
import { realAndSamples } from './real-and-samples.ts'
import { type SinglingOutRisks, singleOut } from './singling-out.ts'

/** The attacks' verdict; too few rows are never a pass. */
export type PrivacyVerdict = 'flagged' | 'not flagged' | 'too few rows to tell'

/** Whether there are enough rows for a negative result to mean something. */
export interface Enough {
  readonly isEnough: boolean
  /** Number of members scored, and of other real rows. */
  readonly members: number
  readonly samples: number
  /** Minimum number of held-out rows, training rows and samples. */
  readonly needed: number
  /** The smallest AUC distinguishable from chance with this many rows. */
  readonly detectable: number
  readonly sentence: string
}

/** What samples reveal about training rows. Plain JSON. */
export interface PrivacyReport {
  readonly verdict: PrivacyVerdict
  /** Whether an attack distinguished members from others, or copies exceed chance; null with too few rows to tell. */
  readonly flagged: boolean | null
  /** The worst attack on membership. */
  readonly membership: Pick<AttackResult, 'auc' | 'low' | 'high'> & { readonly attack: AttackName }
  readonly attacks: readonly AttackResult[]
  readonly copies: Copies
  readonly closest: Closest
  readonly singlingOut: SinglingOutRisks
  readonly enough: Enough
  /** Number of rows, and of those used for the pairwise distances. */
  readonly rows: Readonly<
    Record<'train' | 'against' | 'samples', { readonly all: number; readonly compared: number }>
  >
  /** The findings in sentences. */
  readonly sentences: readonly string[]
}

/** Number of tests that may flag: attacks on membership, two kinds of copies, two of singling out. */
const tests = attackCount + 4

/** Significance level of each test: 5 % in total, shared by Bonferroni. */
const alpha = 0.05 / tests

/** With this many rows of each kind, an AUC of about .56 is distinguishable from chance. */
export const neededRows = 300

/**
 * Measures what samples reveal about training rows, by attacks that anyone with the samples can make, each beside its
 * result on held-out rows: attacks on membership, copies, and singling out. Pairwise distances use at most 10,000
 * samples and 5000 rows of either real set, drawn by `seed`. Throws InputError if all cells of a table are missing; the
 * signal's reason once it is aborted.
 */
export async function privacyOf(
  tables: ReportTables,
  { seed, ...work }: Work & { readonly seed: number },
): Promise<PrivacyReport> {
  const all = realAndSamples(tables)
  const sets = drawSets(all, seed)
  const neighbourhoods = await neighbourhoodsOf(all.columns, sets, work)
  const attacks = await attackMembership(all.columns, sets, neighbourhoods, { alpha, seed, ...work })
  const copies = copiesOf(all, sets, neighbourhoods, alpha)
  const closest = closestOf(neighbourhoods)
  const singlingOut = await singleOut(all.columns, sets, { alpha, seed, ...work })
  const enough = enoughOf(sets)

  const found = [
    ...attacks.map(({ told }) => told),
    copies.exact.isBeyondChance,
    copies.near.isBeyondChance,
    singlingOut.values.told,
    singlingOut.combinations.told,
  ]
  const flagged = found.includes(true) ? true : enough.isEnough && !found.includes(null) ? false : null
  const { name: attack, auc, low, high } = worstAttack(attacks)
  const rows = {
    train: { all: all.train.count, compared: sets.members.count },
    against: { all: all.against.count, compared: sets.others.count },
    samples: { all: all.samples.count, compared: sets.samples.count },
  }
  return {
    verdict: flagged === null ? 'too few rows to tell' : flagged ? 'flagged' : 'not flagged',
    flagged,
    membership: { attack, auc, low, high },
    attacks,
    copies,
    closest,
    singlingOut,
    enough,
    rows,
    sentences: [
      summaryOf(flagged),
      ...attacks.map(({ sentence }) => sentence),
      copies.exact.sentence,
      copies.near.sentence,
      singlingOut.values.sentence,
      singlingOut.combinations.sentence,
      closest.caveat,
      enough.sentence,
      ...drawnSentences(rows),
    ],
  }
}

function enoughOf({ members, samples }: DrawnSets): Enough {
  const isEnough = members.count >= neededRows && samples.count >= neededRows
  // without ties the variance of an AUC of .5 is (2 n + 1) / (12 n^2), about 1 / (6 n)
  const detectable = Math.min(1, 0.5 + reachOf(alpha) / Math.sqrt(6 * members.count))
  const numbers = `${humanCount(members.count)} training rows, as many held-out rows and ${humanCount(samples.count)} samples were compared`
  const sentence = isEnough
    ? `${numbers}: an attack with an AUC below about ${decimals(detectable)} would not have been told from chance.`
    : `${numbers}, too few for finding nothing to mean something: give ${neededRows} or more of each.`
  return {
    isEnough,
    members: members.count,
    samples: samples.count,
    needed: neededRows,
    detectable,
    sentence,
  }
}

function summaryOf(flagged: boolean | null): string {
  if (flagged) return 'These samples give away something of the rows that their generator was trained on.'
  return flagged === null
    ? 'There are too few rows to tell whether these samples give anybody away.'
    : 'None of these attacks told training rows from others. Other attacks may.'
}

function drawnSentences(rows: PrivacyReport['rows']): string[] {
  const shown = ({ all, compared }: PrivacyReport['rows']['train']) =>
    `${humanCount(compared)} of ${humanCount(all)}`
  const drawn = Object.values(rows).some(({ all, compared }) => compared < all)
  return drawn
    ? [
        `Distances were taken between ${shown(rows.train)} training rows, ` +
          `${shown(rows.against)} held-out rows and ` +
          `${shown(rows.samples)} samples, drawn at random: ` +
          `as many of either real set, at most ${humanCount(maxRows / 2)}, and at most ${humanCount(maxRows)} samples.`,
      ]
    : []
}
