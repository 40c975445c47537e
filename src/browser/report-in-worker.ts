import type { ReportSources } from '../measure/prepare.ts'
import type { ReportPageOptions } from '../report/page/page.ts'
import type { Report, ReportOptions } from '../report/report.ts'
import type { Table } from '../table/table.ts'
import type { ReportPageCalls } from './report-page-worker.ts'
import { workerRuntimes } from './runtimes.ts'
import { type Remote, withWorker } from './worker-calls.ts'

const inWorker = <R>(
  which: 'report' | 'reportPage',
  task: (calls: Remote<ReportPageCalls>) => Promise<R>,
): Promise<R> => withWorker(workerRuntimes[which].start(), "the report's worker", task)

/**
 * Reports the quality of a table's samples and what they reveal about the training rows, in a worker: no byte leaves
 * the page, and the numbers equal Node's bit for bit.
 *
 * @param options - The samples, held-out rows and training rows, and what else to measure.
 * @returns The findings, as plain JSON.
 * @throws InputError if the columns differ, a table has fewer than 20 rows, the target is missing or cannot be learned,
 * or a column lacks the given value; the signal's reason once it is aborted.
 * @example
 * const { verdict, privacy } = await report({ samples: table, against: holdout, train: people })
 */
export async function report(options: ReportOptions): Promise<Report> {
  options.signal?.throwIfAborted()
  return inWorker('report', (calls) => calls.report(options))
}

/**
 * Renders a report as one HTML file, in a worker: the same text as `reportPage` in Node.
 *
 * @param report - The result of `report`.
 * @param sources - The tables the report was made from; the figures are drawn from them.
 * @param options - `title` is the heading.
 * @returns The HTML, which needs no network and runs no script.
 * @throws InputError on an unknown option, an empty title, or tables whose columns or numbers of rows differ from the
 * report's.
 * @example
 * const sources = { samples: table, against: holdout, train: people }
 * frame.srcdoc = await reportPage(await report(sources), sources, { title: 'Census' })
 */
export function reportPage(
  report: Report,
  sources: ReportSources,
  options: ReportPageOptions,
): Promise<string> {
  return inWorker('reportPage', (calls) => calls.reportPage(report, sources, options))
}

/**
 * Draws two columns of real rows, with samples over them, in a worker: a figure of the report's page.
 *
 * @param real - The real rows.
 * @param samples - The samples.
 * @param columns - The names of the columns across and down.
 * @returns The figure as SVG, in the colours of a page that has `--real` and `--samples`.
 * @throws InputError if the tables' columns differ.
 * @example
 * figure.innerHTML = await pairFigure(people, table, ['age', 'income'])
 */
export function pairFigure(real: Table, samples: Table, columns: readonly [string, string]): Promise<string> {
  return inWorker('reportPage', (calls) => calls.pairFigure(real, samples, columns))
}
