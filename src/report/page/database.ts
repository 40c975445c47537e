/** The report of several tables as one HTML page: all in short, across tables, then each table by itself. */
import { InputError } from '../../core/errors.ts'
import { counted } from '../../core/format.ts'
import { checkOptions, text } from '../../core/options.ts'
import { version } from '../../core/version.ts'
import { type DatabaseReportSources, partsOf, type TablePart } from '../../database/measured/parts.ts'
import { prepareTables } from '../../measure/prepare.ts'
import { neededRows } from '../../measure/privacy/privacy.ts'
import type { DatabaseReport } from '../database/report.ts'
import {
  areOfTraining,
  attackedOf,
  exactSentences,
  openOf,
  type TableReport,
  unjudgedSentences,
} from '../database/verdict.ts'
import { ofTraining } from '../verdicts.ts'
import { tableFigures } from './figures.ts'
import { type Content, html, type Markup, numbersRow, numbersTable } from './html.ts'
import { methodSections, pageSource, type ReportPageOptions } from './page.ts'
import { privacySection } from './privacy.ts'
import { qualitySection } from './quality.ts'
import { acrossMethod, acrossSection } from './references.ts'
import { summaryPage, verdictsPart } from './summary.ts'

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

function databaseSummary(report: DatabaseReport): Markup {
  const { verdicts, sentences, tables, limits } = report
  const keep =
    openOf(report).length > 0
      ? ' A table that others look rows up in can keep its rows ("keep": true in schema.json), if everyone may see them.'
      : ''
  return summaryPage({
    ...verdicts,
    lead: verdictsPart(verdicts, sentences),
    modelFile: report.modelFileSentence,
    checked: checkedPart(report),
    found: foundItems(report),
    repeat: `Repeat the check with at least ${neededRows} parents to train on and as many held out.${keep}`,
    rare: tables.flatMap(({ table, report }) =>
      (report?.rareNames ?? []).map(({ column }) => `${column} of ${table}`),
    ),
    limits,
  })
}

function checkedPart({ tables }: DatabaseReport): Markup {
  const head = ['Table', 'Training rows', 'Held-out rows', 'Synthetic rows']
  const rows = tables.map(({ table, rows, report }) => {
    const name = html`${table}${!report && html` <small>not compared by itself</small>`}`
    return numbersRow(name, rows.train, rows.against, rows.samples)
  })
  return html`<p>A model of each table learned from real rows (the training rows) and made as many synthetic ones: children with their parents, such as orders with their
customers. They were compared with the training rows, and with real families that the models have not seen (the held-out rows): table by table, and across tables.</p>
${numbersTable('The rows of each table', head, rows)}
<p class="note">Checked by Moonstep ${version}.</p>`
}

function foundItems(report: DatabaseReport): Content[] {
  const exact = exactSentences(report)
  return [
    ...unjudgedSentences(report),
    exact.length === 0 &&
      'Every reference leads to a row, no key repeats, and every order of dates that holds between all real rows and their parents also holds in the synthetic rows.',
    ...exact,
    attacksFound(report),
    ...[...report.tables, ...report.references].flatMap(({ omitted }) => omitted?.sentence ?? []),
    areOfTraining(report) && ofTraining,
  ]
}

/** What attacks found, part by part. */
function attacksFound(report: DatabaseReport): string {
  const attacked = attackedOf(report)
  const attempts = attacked.reduce((sum, { measured }) => sum + measured.attacks.length, 0)
  const tried = `${counted(attempts, 'attempt')} to find out who was among the training rows, and others to find single people,`
  const beyond = attacked.filter(({ measured }) => measured.flagged).map(({ what }) => what)
  if (beyond.length > 0)
    return `Of ${tried} some did better than chance, on ${beyond.join(', ')}. How much better decides what it means.`
  return report.flagged === null
    ? `${tried} were made, with too few rows for a clear answer: at least ${neededRows} parents to train on and as many held out are needed.`
    : `${tried} did no better than chance allows.`
}
