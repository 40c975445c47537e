import { counted } from '../../core/format.ts'
import { version } from '../../core/version.ts'
import { neededRows } from '../../measure/privacy/privacy.ts'
import type { DatabaseReport } from '../database/report.ts'
import {
  attackedOf,
  detectionsOf,
  exactSentences,
  fewestRows,
  openOf,
  worstDetection,
  worstPrivacy,
} from '../database/verdict.ts'
import { type Content, html, list, type Markup, scrolling } from './html.ts'
import {
  type Grade,
  gradeOf,
  limitsPart,
  meaningItems,
  ofHundred,
  privacyVerdict,
  qualityVerdict,
} from './summary.ts'

/** The first page, in plain words: what was checked across all tables, what was found, what it means, and what to do. */
export function databaseSummary(report: DatabaseReport): Markup {
  const grade = gradeOfAll(report)
  const least = fewestRows(report)
  const isSmall = least.measured.rows < neededRows
  const hasModelFile = report.tables.some((each) => each.report?.modelFile)
  return html`<section id="summary" aria-labelledby="summary-title">
<h2 id="summary-title">In short</h2>
<p class="lead">${qualityVerdict[grade]} ${privacyVerdict(report.flagged)}</p>
<h3>What was checked</h3>
<p>A model of each table learned from real rows (the training rows) and made as many synthetic ones: children with their parents, such as orders with their
customers. They were compared with the training rows, and with real families that the models have not seen (the held-out rows): table by table, and across tables.</p>
${rowsTable(report)}
<p class="note">Checked by Moonstep ${version}.</p>
<h3>What was found</h3>
${list(foundItems(report), 'plain')}
<h3>What it means</h3>
${list(
  [
    ...(isSmall
      ? [
          `Few rows were compared, ${least.measured.rows} of ${least.what} at the least: differences may be hidden, and figures may be chance.`,
        ]
      : []),
    ...meaningItems(report.flagged, hasModelFile, grade),
  ],
  'plain',
)}
<h3>What to do</h3>
${list(advice(report, grade, hasModelFile), 'plain')}
${report.limits.length > 0 && limitsPart(report.limits)}
</section>`
}

/** The worst grade of all detections; never good if something that held in all real rows does not. */
function gradeOfAll(report: DatabaseReport): Grade {
  const grades = detectionsOf(report).map(({ measured }) => gradeOf(measured))
  if (grades.includes('poor')) return 'poor'
  return grades.includes('fair') || exactSentences(report).length > 0 || openOf(report).length > 0
    ? 'fair'
    : 'good'
}

function rowsTable({ tables }: DatabaseReport): Markup {
  const caption = 'The rows of each table'
  return scrolling(
    caption,
    html`<table>
<caption>${caption}</caption>
<thead><tr><th scope="col">Table</th><th scope="col" class="number">Training rows</th><th scope="col" class="number">Held-out rows</th><th scope="col" class="number">Synthetic rows</th></tr></thead>
<tbody>${tables.map(
      ({ table, rows, report, omitted }) =>
        html`<tr><th scope="row">${table}${!report && omitted && html` <small>not compared by itself</small>`}</th><td class="number">${rows.train}</td><td class="number">${rows.against}</td><td class="number">${rows.samples}</td></tr>
`,
    )}</tbody></table>`,
  )
}

function foundItems(report: DatabaseReport): Content[] {
  const { what, measured } = worstDetection(report)
  const exact = exactSentences(report)
  return [
    `Shown a synthetic row and a real one, a program that was trained for it does best at ${what}: it points at the synthetic one in ${ofHundred(measured.auc)} of 100 cases. ` +
      `Between two sets of real rows it succeeds in ${ofHundred(measured.null)}; guessing succeeds in 50.`,
    ...(exact.length > 0
      ? exact
      : [
          'Every reference leads to a row, no key repeats, and every order of dates that holds between all real rows and their parents also holds in the synthetic rows.',
        ]),
    attackFound(report),
    ...[...report.tables, ...report.references].flatMap(({ omitted }) => omitted?.sentence ?? []),
  ]
}

function attackFound(report: DatabaseReport): string {
  const { what, measured } = worstPrivacy(report)
  const { auc } = measured.membership
  if (auc === null) return 'Attempts to find out who was among the training rows could not be made.'
  const attempts = attackedOf(report).reduce((sum, each) => sum + each.measured.attacks.length, 0)
  const best = `the strongest, on ${what}, points at the training row in ${ofHundred(Math.max(auc, 1 - auc))} of 100 cases when shown one and another real row; guessing does in 50`
  const tried = `${counted(attempts, 'attempt')} to find out who was among the training rows`
  if (report.flagged === null)
    return `${tried}: ${best}. With so few rows, or with tables that could not be held out, nothing follows from that.`
  return report.flagged
    ? `At least one attempt to find out who was among the training rows, or to find single rows, succeeded. Of ${counted(attempts, 'attempt')} of the first kind, ${best}.`
    : `${tried} failed: ${best}, no more than chance allows.`
}

function advice(report: DatabaseReport, grade: Grade, hasModelFile: boolean): string[] {
  const { flagged, tables } = report
  const open = openOf(report)
  const rare = tables.flatMap(({ table, report }) =>
    (report?.rareNames ?? []).map(({ column }) => `${column} of ${table}`),
  )
  return [
    ...(flagged
      ? [
          'Do not pass the rows on as if they were anonymous. Train for fewer steps or on more rows, and check again.',
        ]
      : []),
    ...(flagged === null
      ? [
          `Repeat the check with at least ${neededRows} parents to train on and as many held out.${open.length > 0 ? ' A table that others look rows up in can keep its rows ("keep": true in schema.json), if everyone may see them.' : ''}`,
        ]
      : []),
    ...(rare.length > 0
      ? [`Leave out ${rare.join(', ')}, or merge names that few rows have, and train again.`]
      : []),
    ...(grade === 'good'
      ? []
      : ['If the differences matter for the purpose, train for longer or on more rows, and check again.']),
    ...(hasModelFile
      ? ['Pass on rows instead of the model’s file, unless everyone may see the values that it holds.']
      : []),
    'Keep this report with the rows. Whether they may be passed on is for whoever answers for the data: the report is a measurement, not a legal judgement.',
  ]
}
