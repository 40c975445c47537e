import { browserRows } from './rows/browser.ts'
import { clusterRows } from './rows/cluster.ts'
import { evaluateRows } from './rows/evaluate.ts'
import type { Group } from './rows/group.ts'
import { largeFileRows } from './rows/large-file.ts'
import { oneSampleRows } from './rows/one-sample.ts'
import { plotRows } from './rows/plot.ts'
import { qualityRows } from './rows/quality.ts'
import { reportRows } from './rows/report.ts'
import { samplingRows } from './rows/sampling.ts'
import { servingRows } from './rows/serving.ts'
import { soakRows } from './rows/soak.ts'
import { startUpRows } from './rows/start-up.ts'
import { studentRows } from './rows/student.ts'
import { studioRows } from './rows/studio.ts'
import { trainingRows } from './rows/training.ts'

/** The groups by name, in the report's order. */
export const groups: readonly (readonly [name: string, group: Group])[] = [
  ['training', trainingRows],
  ['quality', qualityRows],
  ['sampling', samplingRows],
  ['one sample', oneSampleRows],
  ['a distilled student', studentRows],
  ['in the browser', browserRows],
  ['start-up', startUpRows],
  ['a large file', largeFileRows],
  ['evaluate', evaluateRows],
  ['a report', reportRows],
  ['a cluster', clusterRows],
  ['serve by the request', servingRows],
  ['serve for an hour', soakRows],
  ['the studio', studioRows],
  ['plot', plotRows],
]

/** Groups that only run if named. */
export const onlyNamed: readonly string[] = ['serve for an hour']

export const growth = 'growth'
