/** The report of several tables as one HTML page: all in short, across tables, then each table by itself. */
import { InputError } from '../../core/errors.ts'
import { checkOptions, text } from '../../core/options.ts'
import { type DatabaseReportSources, partsOf, type TablePart } from '../../database/measured/parts.ts'
import { prepareTables } from '../../measure/prepare.ts'
import type { TableReport } from '../database/findings.ts'
import type { DatabaseReport } from '../database/report.ts'
import { databaseSummary } from './database-summary.ts'
import { tableFigures } from './figures.ts'
import { pageSource } from './frame.ts'
import { type Content, html, type Markup } from './html.ts'
import { methodSections, type ReportPageOptions } from './page.ts'
import { privacySection } from './privacy.ts'
import { qualitySection } from './quality.ts'
import { acrossMethod, acrossSection } from './references.ts'

/**
 * Renders the report of several tables as one HTML file, as `reportPage` does that of one.
 *
 * @param report - The result of `reportDatabase`.
 * @param sources - The tables the report was made from; the figures are drawn from them.
 * @param options - `title` is the heading.
 * @returns The HTML, the same for the same report and rows.
 * @throws InputError on an unknown option, an empty title, or tables that differ from the report's.
 * @example
 * await writeFile('report.html', databaseReportPage(await reportDatabase(sources), sources, { title: 'Shop' }))
 */
export function databaseReportPage(
  report: DatabaseReport,
  sources: DatabaseReportSources,
  options: Pick<ReportPageOptions, 'title'>,
): string {
  checkOptions('databaseReportPage', options, { title: text }, ['title'])
  const { title } = options
  if (title.trim() === '')
    throw new InputError('title is empty: say what the samples are of', 'out-of-range', { option: 'title' })
  const parts = partsOf(sources)
  requireSame(report, parts.tables)
  const sections = report.tables.map((table, k) => tableSections(table, parts.tables[k]!, k))
  return pageSource({
    title: title.trim(),
    parts: [
      ['summary', 'In short'],
      ['across', 'Across tables'],
      ...sections.map(({ link }) => link),
      ['method', 'How it was measured'],
      ['limits-of-report', 'What this does not show'],
    ],
    body: [
      databaseSummary(report),
      acrossSection(report, parts.references),
      ...sections.map(({ section }) => section),
      acrossMethod,
      methodSections,
    ],
    report,
  })
}

function requireSame({ tables }: DatabaseReport, parts: readonly TablePart[]): void {
  const other = parts.find(({ name, sources }, k) => {
    const table = tables[k]
    return (
      table?.table !== name ||
      Object.entries(table.rows).some(([of, rows]) => sources[of as 'train'].count !== rows)
    )
  })
  if (other || parts.length !== tables.length)
    throw new InputError(
      `the report is of other tables than these${other ? `, by ${other.name}` : ''}: give those that it was made from`,
      'conflict',
    )
}

interface Sections {
  readonly link: readonly [string, Content]
  readonly section: Markup
}

function tableSections(
  { table, report, omitted, families }: TableReport,
  { sources, ...part }: TablePart,
  k: number,
): Sections {
  const id = `table-${k + 1}`
  if (!report)
    return {
      link: [id, table],
      section: html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${table}</h2>
<p>${omitted!.sentence}</p>
</section>`,
    }
  const note = families
    ? 'Rows of one family resemble each other. Trees and attacks are therefore given one row of each family; otherwise they could mistake a difference between families for a difference between samples and real rows.'
    : undefined
  const figures = tableFigures(prepareTables(sources, 0, part.groups))
  return {
    link: [id, table],
    section: html`${qualitySection(report, figures, { id, title: `${table}: quality`, note })}
${privacySection(report, { id: `${id}-privacy`, title: `${table}: privacy` })}`,
  }
}
