import { expose } from 'comlink'
import type { WorkProgress } from '../../../../src/core/work.ts'
import { prepareTables } from '../../../../src/measure/prepare.ts'
import { tableFigures } from '../../../../src/report/page/figures.ts'
import { sourceOf } from '../../../../src/report/page/html.ts'
import { reportPage } from '../../../../src/report/page/page.ts'
import { type ReportOptions, report } from '../../../../src/report/report.ts'
import type { Table } from '../../../../src/table/table.ts'

/** Writes reports, and draws pairs of columns. */
const reporter = {
  /** report.html. Throws as `report` does. */
  async page(
    options: ReportOptions,
    title: string,
    onProgress: (progress: WorkProgress) => void,
  ): Promise<string> {
    const found = await report({ ...options, onProgress })
    return reportPage(found, options, { title })
  },

  /** Two columns as an SVG: real rows, with samples over them. */
  pair(tables: { readonly against: Table; readonly samples: Table }, columns: [string, string]): string {
    const { against, samples } = prepareTables({ ...tables, train: tables.against }, 0)
    const [across, down] = columns
    const title = `${across} across and ${down} down: real rows, and generated rows over them`
    return sourceOf(tableFigures({ against, samples }).pair(columns, title))
  },
}

export type Reporter = typeof reporter

expose(reporter)
