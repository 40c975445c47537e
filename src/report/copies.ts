import { percent } from '../core/format.ts'
import { nearThreshold } from '../evaluate/nearest.ts'
import { type Share, shareOf, tailOfMembers } from './chance.ts'
import { type DrawnSets, type Neighbourhoods, neighbourCount } from './neighbourhoods.ts'
import type { RealAndSamples, Rows } from './real-and-samples.ts'

/** Copies of one kind, beside what real rows have of them. */
export interface CopyCount {
  /** Samples that are copies of a training row. */
  readonly ofTrain: Share
  /** Samples that are copies of a held-out row, of as many as training rows: what chance and duplicates give. */
  readonly ofAgainst: Share
  /** Held-out rows that are copies of a training row: what another set of real rows gives. */
  readonly real: Share
  /** Training rows that a sample is a copy of, */
  readonly members: Share
  /** and held-out rows. */
  readonly others: Share
  /**
   * How often chance gives members as many of these rows, or more, if the generator knows none better than it knows
   * others (Fisher's exact test): a row that is common has copies in either set.
   */
  readonly p: number
  /** Whether that is too seldom to be chance. */
  readonly isBeyondChance: boolean
  readonly sentence: string
}

export interface Copies {
  /** The same in every column; training rows, held-out rows and samples are all looked at, however many. */
  readonly exact: CopyCount
  /** No further apart than the nearest hundredth of real rows lie from another one. */
  readonly near: CopyCount & {
    /** As a share of the columns: 0 is a copy, 1 differs in all columns as far as it can. */
    readonly threshold: number
  }
}

/** How often samples lie closer to a training row than to a held-out one. */
export interface Closest {
  /** Ties count half; .5 is chance. */
  readonly share: number
  readonly low: number
  readonly high: number
  readonly samples: number
  /** What the share does not say. */
  readonly caveat: string
}

/**
 * Exact and near copies of training rows among samples, beside those of held-out rows among samples and of training rows
 * among held-out rows. `alpha` is the probability with which each of the two tests may err.
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
  // shares of samples are of as many training rows as held-out ones
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

/** Each row's cells as a text, equal for equal rows. */
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

/** The share of samples that lie closer to a training row than to one of as many held-out rows. */
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
