/** What samples reveal about training rows: copies, attacks on membership, singling out. */
import type { Work } from '../../core/work.ts'
import type { ReportTables } from '../prepare.ts'
import { reachOf } from './chance.ts'
import { closestOf, exactCopies, nearCopies } from './copies.ts'
import { attackCount, attackMembership, worstAttack } from './membership.ts'
import { neighbourhoodsOf } from './neighbourhoods.ts'
import { drawSets, realAndSamples } from './sets.ts'
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

/** Significance level of each test: 5 % in total, shared by Bonferroni. */
const alpha = 0.05 / tests

/** With this many rows of each kind, an AUC of about .56 is distinguishable from chance. */
export const neededRows = 300

export type PrivacyMeasures = Awaited<ReturnType<typeof privacyOf>>

/**
 * Measures what samples reveal about training rows, by attacks that anyone with the samples can make, each beside its
 * result on held-out rows: attacks on membership, copies, and singling out. Pairwise distances use at most 10,000
 * samples and 5000 rows of either real set. Throws InputError if all cells of a table are missing; the signal's reason
 * once it is aborted.
 */
export async function privacyOf(tables: ReportTables, work: Work) {
  const { seed } = tables
  const all = realAndSamples(tables)
  const sets = drawSets(all, seed)
  const neighbourhoods = await neighbourhoodsOf(sets, work)
  const attacks = await attackMembership(sets, neighbourhoods, alpha, seed, work)
  const copies = { exact: exactCopies(all, sets, alpha), near: nearCopies(neighbourhoods, alpha) }
  const singlingOut = await singleOut(sets, alpha, seed, work)
  const enough = enoughOf(sets.members.count, sets.samples.count)
  const significant = [
    ...attacks.map(({ told }) => told),
    ...[copies.exact, copies.near].map(({ isBeyondChance }) => isBeyondChance),
    ...[singlingOut.values, singlingOut.combinations].map(({ told }) => told),
  ]
  const isOpen = !enough.isEnough || significant.includes(null)
  const { name: attack, auc, low, high } = worstAttack(attacks)
  return {
    /** Whether an attack distinguished members from others, or copies exceed chance; null with too few rows to tell. */
    flagged: significant.includes(true) ? true : isOpen ? null : false,
    /** The worst attack on membership. */
    membership: { attack, auc, low, high },
    attacks,
    copies,
    closest: closestOf(neighbourhoods),
    singlingOut,
    enough,
    /** Number of rows, and of those used for the pairwise distances. */
    rows: {
      train: { all: all.train.count, compared: sets.members.count },
      against: { all: all.against.count, compared: sets.others.count },
      samples: { all: all.samples.count, compared: sets.samples.count },
    },
  }
}

function enoughOf(members: number, samples: number): RowsNeeded {
  return {
    isEnough: members >= neededRows && samples >= neededRows,
    members,
    samples,
    needed: neededRows,
    // without ties the variance of an AUC of .5 is (2 n + 1) / (12 n^2), about 1 / (6 n)
    detectable: Math.min(1, 0.5 + reachOf(alpha) / Math.sqrt(6 * members)),
  }
}
