import type { Group, MeasureRows, Page } from './group.ts'
import { digits } from './networks/digits.ts'
import { formulas, samples } from './networks/schedulers.ts'
import { recipes, students } from './quality/recipes.ts'
import { scheduleFiles, schedules } from './quality/schedules.ts'
import { browser } from './speed/browser.ts'
import { oneSample, sampling, student, training, trainingRun } from './speed/contests.ts'
import { decode } from './speed/decode.ts'
import { growth, growthFiles } from './speed/growth.ts'
import { hostile } from './speed/hostile.ts'
import { parsers } from './speed/parsers.ts'
import { cluster, evaluation, largeFile, plot, report, startUp } from './speed/processes.ts'
import { serving, soak } from './speed/serving.ts'
import { studio } from './speed/studio.ts'
import { databases } from './tables/databases.ts'
import { further, gauntlet } from './tables/gauntlet.ts'
import { partTables } from './tables/parts.ts'
import { usableRows } from './tables/usable-rows.ts'
import { wholeTables } from './tables/whole.ts'

const named = (measures: Readonly<Record<string, MeasureRows>>): Group[] =>
  Object.entries(measures).map(([name, measure]) => ({ name, measure }))

/** The pages of docs that the bench fills, each with its groups in order. */
export const pages: readonly Page[] = [
  {
    name: 'performance',
    groups: [
      ...named({
        training,
        'training-run': trainingRun,
        sampling,
        'one-sample': oneSample,
        student,
        browser,
        decode,
      }),
      ...named({
        'start-up': startUp,
        'large-file': largeFile,
        evaluate: evaluation,
        report,
        cluster,
        serving,
        hostile,
      }),
      { name: 'soak', measure: soak, isLong: true },
      ...named({ studio, plot, parsers }),
      { name: 'growth', measure: growth, files: growthFiles },
    ],
  },
  {
    name: 'quality',
    groups: [
      ...named({ recipes, students }),
      { name: 'schedules', measure: schedules, files: scheduleFiles },
    ],
    decimals: 4,
  },
  {
    name: 'tables',
    groups: [
      ...named({ ...wholeTables, ...partTables, 'usable-rows': usableRows }),
      ...named(databases).map((group) => ({ ...group, isLong: true })),
      { name: 'gauntlet', measure: gauntlet, isLong: true },
      { name: 'further', measure: further, isLong: true },
    ],
    decimals: 3,
  },
  { name: 'any-network', folder: 'how-to', groups: named({ formulas, samples, digits }) },
]
