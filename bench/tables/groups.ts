import { adultGaps, irisGaps } from './rows/gaps.ts'
import { givenGroups } from './rows/given.ts'
import type { Group } from './rows/group.ts'
import { qualityGroups } from './rows/quality.ts'
import { smallGroups } from './rows/small.ts'
import { samplingSpeed, trainingSpeed } from './rows/speed.ts'

/** The rows of the benchmark, by the names that `--only` takes. */
export const groups: readonly Group[] = [
  ...qualityGroups,
  ...smallGroups,
  irisGaps,
  ...givenGroups,
  adultGaps,
  trainingSpeed,
  samplingSpeed,
]
