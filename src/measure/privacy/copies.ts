import { percent } from '../../core/format.ts'
import { nearThreshold } from '../distances/nearest.ts'
import { type Share, shareOf, tailOfMembers } from './chance.ts'
import { type DrawnSets, type Neighbourhoods, neighbourCount } from './neighbourhoods.ts'
import type { RealAndSamples, Rows } from './real-and-samples.ts'

/** Copies of one kind, beside those among real rows. */
export interface CopyCount {
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
  readonly sentence: string
}

export interface Copies {
  /** Equal in every column. All training rows, held-out rows and samples are compared. */
  readonly exact: CopyCount
  /** No further apart than the 1 % quantile of distances between real rows and their nearest other. */
  readonly near: CopyCount & {
    /** As a share of the columns: 0 is a copy, 1 is the maximum difference in all columns. */
    readonly threshold: number
  }
}

/** Share of samples closer to a training row than to a held-out one. */
export interface Closest {
  /** Ties count half; .5 is chance. */
  readonly share: number
  readonly low: number
  readonly high: number
  readonly samples: number
  /** What the share does not show. */
  readonly caveat: string
}

/**
 * Exact and near copies of training rows among samples, beside those of held-out rows among samples and of training
 * rows among held-out rows. `alpha` is the significance level of each of the two tests.
 */
export function copiesOf(
  sets: RealAndSamples,
  drawn: DrawnSets,
  neighbourhoods: Neighbourhoods,
  alpha: number,
): Copies {
  return { exact: exactCopies(sets, drawn, alpha), near: nearCopies(neighbourhoods, alpha) }
}

function exactCopies(
  { train, against, samples }: RealAndSamples,
  drawn: DrawnSets,
  alpha: number,
): CopyCount {
  const texts = { train: textsOf(train), against: textsOf(against), samples: textsOf(samples) }
  // samples are compared with equally many training and held-out rows
  const [members, others] = [textsOf(drawn.members), textsOf(drawn.others)]
  const [known, seen, copied] = [new Set(members), new Set(others), new Set(texts.samples)]
  return judged(
    {
      ofTrain: countIn(texts.samples, known),
      ofAgainst: countIn(texts.samples, seen),
      real: countIn(others, known),
      members: countIn(texts.train, copied),
      others: countIn(texts.against, copied),
    },
    alpha,
    'exact',
  )
}

/** Each row's cells as one text, equal for equal rows. */
function textsOf({ columns, count }: Rows): string[] {
  return Array.from({ length: count }, (_, i) => columns.map((column) => column[i]).join())
}

function countIn(texts: readonly string[], known: ReadonlySet<string>): Share {
  return shareOf(
    texts.reduce((sum, text) => sum + (known.has(text) ? 1 : 0), 0),
    texts.length,
  )
}

function nearCopies(
  { members, others, samples, unit, width }: Neighbourhoods,
  alpha: number,
): Copies['near'] {
  const closest = (distances: Int32Array) => distances.filter((_, k) => k % neighbourCount === 0)
  const among = Float64Array.from([...closest(members.toReal), ...closest(others.toReal)])
  const threshold = nearThreshold(among)
  const near = (distances: Int32Array) =>
    shareOf(
      distances.reduce((sum, distance) => sum + (distance <= threshold ? 1 : 0), 0),
      distances.length,
    )
  const counts = {
    ofTrain: near(samples.toMembers),
    ofAgainst: near(samples.toOthers),
    real: near(closest(others.across)),
    members: near(closest(members.toSamples)),
    others: near(closest(others.toSamples)),
  }
  return { ...judged(counts, alpha, 'near'), threshold: threshold / (unit * width) }
}

function judged(
  counts: Omit<CopyCount, 'p' | 'isBeyondChance' | 'sentence'>,
  alpha: number,
  kind: 'exact' | 'near',
): CopyCount {
  const { ofTrain, ofAgainst, members, others } = counts
  const p = tailOfMembers(members.count, members.count + others.count, members.of, members.of + others.of)
  const isBeyondChance = p <= alpha
  const found =
    `${percent(ofTrain.share!)} of the samples are ${kind} copies of a training row, ` +
    `${percent(ofAgainst.share!)} of one of as many held-out rows`
  const sentence = isBeyondChance
    ? `${found}: more than duplicates among real rows explain.`
    : `${found}: no more than duplicates among real rows explain.`
  return { ...counts, p, isBeyondChance, sentence }
}

/** The share of samples closer to a training row than to one of equally many held-out rows. */
export function closestOf({ samples: { toMembers, toOthers } }: Neighbourhoods): Closest {
  let halves = 0
  for (let i = 0; i < toMembers.length; i++) {
    if (toMembers[i]! < toOthers[i]!) halves += 2
    else if (toMembers[i] === toOthers[i]) halves += 1
  }
  const { share, low, high } = shareOf(halves / 2, toMembers.length)
  const caveat =
    `${percent(share!)} of the samples lie closer to a training row than to a held-out one; chance gives 50 %. ` +
    'This share passes data that membership inference breaks (Yao et al., "The DCR Delusion", arXiv 2505.01524): ' +
    'it is shown for comparison and decides nothing here.'
  return { share: share!, low: low!, high: high!, samples: toMembers.length, caveat }
}
