/** A report as one HTML page: quality, privacy and how both were measured, with the JSON included. */
import { InputError } from '../../core/errors.ts'
import { counted } from '../../core/format.ts'
import { checkOptions, type OptionChecks, text } from '../../core/options.ts'
import { prepareTables, type ReportSources, type ReportTables } from '../../measure/prepare.ts'
import { brokenSentence } from '../always.ts'
import type { FewRowsReport } from '../few-rows.ts'
import type { Report } from '../report.ts'
import { alwaysSection } from './always.ts'
import { tableFigures } from './figures.ts'
import { type Content, html, jsonSource, type Markup, sourceOf, trusted } from './html.ts'
import { privacySection } from './privacy.ts'
import { qualitySection } from './quality.ts'
import { style } from './style.ts'
import { type AboutData, fewRowsSummary, summarySection } from './summary.ts'

export interface ReportPageOptions extends AboutData {
  /** The page's heading: what the samples are of. */
  readonly title: string
}

const checks: OptionChecks<ReportPageOptions> = { title: text, digest: text }

/**
 * Renders a report as one HTML file that needs no network, runs no script and can be printed: a summary in plain
 * words, quality and privacy in words, tables and figures, and the report's JSON in the element `report`. The same report and rows give
 * the same text. In a page, call it in a worker: it takes about a second for a large table, and with a window, lines
 * snap to its pixels.
 *
 * @param report - The result of `report`.
 * @param sources - The tables the report was made from; the figures are drawn from them.
 * @param options - `title` is the heading; `digest`, the SHA-256 of the data's file, stands next to it if given.
 * @returns The HTML.
 * @throws InputError on an unknown option, an empty title, or tables whose columns or numbers of rows differ from the
 * report's.
 * @example
 * const sources = { samples, against: holdout, train }
 * await writeFile('report.html', reportPage(await report(sources), sources, { title: 'Census' }))
 */
export function reportPage(report: Report, sources: ReportSources, options: ReportPageOptions): string {
  checkOptions('reportPage', options, checks, ['title'])
  const title = options.title.trim()
  if (title === '')
    throw new InputError('title is empty: say what the samples are of', 'out-of-range', { option: 'title' })
  const tables = prepareTables(sources, 0)
  requireSame(report, tables)
  const always = alwaysSection(report.always)
  const isFirst = brokenSentence(report.always) !== undefined
  const own = always ? [[['always', 'What always holds'] as const, always] as const] : []
  const summary = [parts[0], summarySection(report, options)] as const
  const quality = [parts[1], qualitySection(report, tableFigures(tables))] as const
  const first = isFirst ? [...own, summary, quality] : [summary, quality, ...own]
  return pageSource({
    title,
    parts: [...first.map(([part]) => part), ...parts.slice(2)],
    body: [...first.map(([, section]) => section), privacySection(report), methodSections],
    report,
  })
}

/** Renders what there is to say of tables that are too small for a report. */
export function fewRowsPage(report: FewRowsReport, { title, digest }: ReportPageOptions): string {
  return pageSource({
    title,
    parts: [['summary', 'In short']],
    body: [fewRowsSummary(report, { digest })],
    report,
  })
}

function requireSame({ columns, rows }: Report, tables: ReportTables): void {
  const names = tables.against.columns.map(({ name }) => name)
  const other = names.find((name, d) => columns[d]?.name !== name)
  if (other !== undefined || names.length !== columns.length) {
    const problem = `the report is of ${counted(columns.length, 'column')}, ${columns.map(({ name }) => name).join(', ')}, the tables have ${names.join(', ')}: give the tables that it was made from`
    throw new InputError(problem, 'conflict')
  }
  for (const of of ['samples', 'against', 'train'] as const)
    if (tables[of].count !== rows[of]) {
      const problem = `${of} has ${counted(tables[of].count, 'row')}, and the report is of ${rows[of]}: give the tables that it was made from`
      throw new InputError(problem, 'conflict', { option: of })
    }
}

const parts = [
  ['summary', 'In short'],
  ['quality', 'Quality'],
  ['privacy', 'Privacy'],
  ['method', 'How it was measured'],
  ['limits-of-report', 'What this does not show'],
] as const

/** Allows only the page's own styles, so that no name in a table can load or run anything. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

interface Frame {
  readonly title: string
  /** The ids of the sections and their names in the list above them. */
  readonly parts: readonly (readonly [string, Content])[]
  readonly body: readonly Markup[]
  /** The numbers that the page holds as JSON. */
  readonly report: object
}

export function pageSource({ title, parts, body, report }: Frame): string {
  return sourceOf(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}: quality and privacy of samples</title>
<style>${trusted(style)}</style>
</head>
<body>
<header>
<p class="kind">Quality and privacy of samples</p>
<h1>${title}</h1>
${
  parts.length > 1 &&
  html`<nav aria-label="Parts of the report"><ul>
${parts.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}
</ul></nav>
`
}</header>
<main>
${body.map(
  (section) => html`${section}
`,
)}</main>
<footer><p>Made by Moonstep. This file contains all numbers, unrounded, as JSON in the element with id report.</p></footer>
<script type="application/json" id="report">${jsonSource(report)}</script>
</body>
</html>
`)
}

/** How it was measured, in short, and what it does not show. */
export const methodSections = html`<section id="method" aria-labelledby="method-title">
<h2 id="method-title">How it was measured</h2>
<dl class="method">
<dt>Real rows</dt>
<dd>Held-out rows come from the same source as training rows, and the generator has not seen them. The numbers for "real rows" in the tables compare two sets
of real rows, each drawn at random from the held-out and training rows together. Columns that only number the rows are left out. Rows are drawn by a seed, so the same tables give
the same report.</dd>
<dt>Columns and pairs</dt>
<dd>Shapes and trends follow SDMetrics. Two columns of numbers are compared by their correlation, other pairs by how often two values occur together;
for this, a column of numbers is cut into ten ranges with about equally many rows. At most 5,000 rows of each kind are compared.</dd>
<dt>Detection</dt>
<dd>The classifier two-sample test (Lopez-Paz and Oquab, "Revisiting classifier two-sample tests", 2017), with boosted trees that learn from four fifths of the rows and
are tested on the last fifth, for each fifth in turn.</dd>
<dt>Utility</dt>
<dd>Train on synthetic, test on real (Esteban, Hyland and Rätsch, 2017), with the same trees.</dd>
<dt>Membership</dt>
<dd>Distance: Chen et al., "GAN-Leaks", 2020. Calibrated distance: Watson et al., "On the importance of difficulty calibration", 2022.
Density: van Breugel et al., "DOMIAS", 2023. The share of members found at few false alarms: Carlini et al., "Membership inference attacks from first
principles", 2022. The AUC is Mann and Whitney's (1947). Its interval is a bootstrap (Efron 1979); the adjusted interval is wider, so that all tests
together raise a false alarm in at most one of twenty reports (Bonferroni).</dd>
<dt>Copies and singling out</dt>
<dd>Two rows differ, column by column, by the share of real rows between their numbers, or by whether their names are the same (Gower 1971,
with ranks). Singling out: Giomi
et al., "A unified framework for quantifying privacy risk in synthetic data", 2023. Intervals of shares are Wilson's (1927).</dd>
<dt>The closest rows</dt>
<dd>This share is often shown as a proof of privacy, but it proves nothing: Yao et al., "The DCR Delusion", 2025.</dd>
</dl>
</section>
<section id="limits-of-report" aria-labelledby="limits-of-report-title">
<h2 id="limits-of-report-title">What this does not show</h2>
<ul>
<li>If an attack fails, this does not prove that all attacks fail: a stronger attack, or someone who knows more, may succeed.</li>
<li>The attacks use these samples alone. Anyone who has the model file can draw more samples and read the values in the file.</li>
<li>The report is about single rows. If a person has several rows, or if a family or a firm has to be protected, it says too little.</li>
<li>The report is valid only if training rows and held-out rows come from the same source, and nobody has a row in both.</li>
<li>Samples show what is true of people in general, as all statistics do. That is their purpose, and the report does not count it as revealing
anything about a person.</li>
<li>Quality is measured for single columns and pairs of columns. Only detection can notice a difference that shows in three columns together.</li>
<li>The report is no guarantee, such as differential privacy gives, and no legal judgement.</li>
</ul>
</section>`
