import { adultGaps, irisGaps } from './rows/gaps.ts'
import { givenGroups } from './rows/given.ts'
import type { Group } from './rows/group.ts'
import { qualityGroups } from './rows/quality.ts'
import { smallGroups } from './rows/small.ts'
import { samplingSpeed, trainingSpeed } from './rows/speed.ts'

const [adult, ...others] = qualityGroups

/** The benchmark's rows by their names for `--only`; timings come next to the models that they time. */
export const groups: readonly Group[] = [
  adult!,
  trainingSpeed,
  samplingSpeed,
  ...others,
  ...smallGroups,
  irisGaps,
  ...givenGroups,
  adultGaps,
]
