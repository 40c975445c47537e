import { prepareTables } from '../measure/prepare.ts'
import { tableFigures } from '../report/page/figures.ts'
import { sourceOf } from '../report/page/html.ts'
import { reportPage } from '../report/page/page.ts'
import { report } from '../report/report.ts'
import type { Table } from '../table/table.ts'
import { answerCalls } from './worker-calls.ts'

/** A worker that also draws: most of its code is for figures, which `report` alone does not need. */
const calls = {
  report,
  reportPage,
  pairFigure(real: Table, samples: Table, [across, down]: readonly [string, string]): string {
    const tables = prepareTables({ against: real, train: real, samples }, 0)
    const title = `${across} across and ${down} down: real rows, and generated rows over them`
    return sourceOf(tableFigures(tables).pair([across, down], title))
  },
}

export type ReportPageCalls = typeof calls

answerCalls(calls)
