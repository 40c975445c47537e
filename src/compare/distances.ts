import { allFinite, type FloatArray } from '../core/points.ts'
import { pairwiseDistances } from '../evaluate/pairwise.ts'
import { slicedWasserstein2 } from '../evaluate/sliced-wasserstein.ts'
import { toColumns } from '../evaluate/subsets.ts'

/** How far two sets of samples are from each other, in scaled space. */
export interface Distances {
  readonly slicedWasserstein2: number
  /** Energy distance as a V-statistic: 0 for two equal sets. */
  readonly energyV: number
}

/** A provider's samples against the judge's from the same noise: does the difference matter? */
export interface SampleDistances extends Distances {
  readonly samples: number
  /** The same of two sets that the judge drew from different noise: what chance alone gives. */
  readonly null: Distances
}

/** Errors: the signal's reason. Nothing where a sample is not finite. */
export async function distancesOf(
  judge: FloatArray,
  other: FloatArray,
  dim: number,
  signal?: AbortSignal | undefined,
): Promise<Distances | undefined> {
  if (!allFinite(judge) || !allFinite(other) || judge.length !== other.length) return undefined
  const columns = (data: FloatArray) => toColumns({ data, count: data.length / dim, dim }, 'the samples')
  const [a, b] = [columns(judge), columns(other)]
  return {
    slicedWasserstein2: await slicedWasserstein2(a, b, { signal }),
    energyV: (await pairwiseDistances(a, b, { signal })).energyV,
  }
}
