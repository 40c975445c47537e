import { counted, humanCount } from '../../core/format.ts'
import type { CellValue, ColumnQuality, PairQuality, PerTable } from '../../measure/quality.ts'
import type { UtilityMetric } from '../../measure/utility.ts'
import { leftOutSentence } from '../left-out.ts'
import { columnSentence, type Measures, metricNames, shareText } from '../quality.ts'
import type { Report } from '../report.ts'
import { generatedSentence } from '../stated.ts'
import { areOfTraining, ofTraining } from '../verdicts.ts'
import { maxDots, pairMatrix, type TableFigures } from './figures.ts'
import {
  type Content,
  cellText,
  html,
  type Markup,
  named,
  numbersRow,
  numbersTable,
  type Place,
  scrolling,
  sentenceWith,
  thousandths,
  trusted,
  worstSentences,
} from './html.ts'

/** Maximum number of columns that are drawn and whose pairs are in the matrix. */
export const maxDrawn = 40

/** Number of pairs in the table; the JSON has all. */
const maxPairRows = 15

/** How many columns are on paper, which has six pages: those furthest from real rows. */
const maxPrinted = 15

/** Number of columns, and of pairs, drawn first as the furthest from real rows. */
const maxFurthest = 3

/** Sorted by how much further samples are from real rows than real rows are from each other, descending. */
function furthestFirst<T extends ColumnQuality | PairQuality>(items: readonly T[]): T[] {
  return items.toSorted((a, b) => b.distance - b.null - (a.distance - a.null))
}

const ofQuality: Place = { id: 'quality', title: 'Quality' }

/** Quality: the numbers, what differs most, each column, each pair, and the rows with a given value. */
export function qualitySection(report: Report, figures: TableFigures, place: Place = ofQuality): Markup {
  const { columns, pairs, given } = report
  const drawn = columns.length > maxDrawn ? furthestFirst(columns).slice(0, maxDrawn) : columns
  const printed = new Set(
    furthestFirst(columns)
      .slice(0, maxPrinted)
      .map(({ name }) => name),
  )
  return html`<section id="${place.id}" class="quality" aria-labelledby="${place.id}-title">
<h2 id="${place.id}-title">${place.title}</h2>
<p class="lead">${report.sentences[0]}</p>
${areOfTraining(report) && html`<p class="note">${ofTraining}</p>`}
${place.note !== undefined && html`<p>${place.note}</p>`}
${columnsPart(report)}
<p>How similar are the samples to real rows? Beside each number stands the number for real rows that are compared with other
real rows. Samples cannot be expected to do better than that.</p>
<div class="beside">${measuresTable(report)}
${measureTerms(report)}</div>
${furthestPart(report, figures)}
<h3>Each column</h3>
<p>${drawn.length < columns.length && `These are the ${drawn.length} of ${columns.length} columns that are furthest from real rows; the table below has all. `}The figures show shares of
all rows, and each figure has its own scale.</p>
${legend}
${columnFigures(drawn, figures, printed)}
${columnsTable(columns, printed)}
${columns.length > maxPrinted && html`<p class="note printed">On paper: the ${maxPrinted} columns that differ most from real rows. The file report.html has all ${columns.length}.</p>`}
${pairsPart(drawn, pairs, columns.length)}
${given && givenPart(given)}
</section>`
}

function columnsPart({ leftOut, generated, rules }: Report): Content {
  return [
    leftOut.length > 0 && html`<p>${leftOutSentence(leftOut)}</p>`,
    generated.length > 0 && html`<p>${generatedSentence(generated)}</p>`,
    rules.length > 0 && html`<ul>${rules.map(({ sentence }) => html`<li>${sentence}</li>`)}</ul>`,
  ]
}

const metricTerms: Record<UtilityMetric, string> = {
  auc: 'the number is the AUC of the predictions, and guessing has .5',
  'macro-auc':
    'the number is the AUC of distinguishing a name from all others, as a mean over the names, and guessing has .5',
  r2: 'the number is the share of the variance that the predictions explain: 1 is the best, and always predicting the mean has 0',
}

function measuresTable({ detection, shapes, trends, real, utility }: Measures): Markup {
  const row = (name: Content, samples: number, ofReal: number) =>
    numbersRow(name, thousandths(samples), thousandths(ofReal))
  const rows = html`
${row('Detection, AUC', detection.auc, detection.null)}${row('Shapes', shapes, real.shapes)}${
  trends !== null && real.trends !== null && row('Trends', trends, real.trends)
}${utility && row(html`Utility, ${metricNames[utility.metric]} of ${named(utility.target)}`, utility.synthetic, utility.real)}
`
  return numbersTable('Quality in numbers', ['Measure', 'Samples', 'Real rows'], rows, null)
}

function measureTerms({ detection, trends, utility }: Measures): Markup {
  return html`<dl class="terms">
<dt>Detection</dt>
<dd>Decision trees learn to distinguish samples from real rows, and are tested on rows that they have not learned from
(${counted(detection.rows, 'row')} of each kind, ${detection.repeats} times). The AUC is how often they recognise the sample when they are shown one sample and one real row:
.5 is guessing, and 1 is always.</dd>
<dt>Shapes</dt>
<dd>How similar each column is by itself: 1 minus the mean <dfn>distance</dfn> of the columns, so 1 means that they are the same. A distance is 0 if
a column is the same in both sets of rows, and 1 if it differs as much as possible.</dd>
${
  trends !== null &&
  html`<dt>Trends</dt><dd>How similar pairs of columns are: 1 minus the mean distance of the pairs. It shows whether columns depend on each other as they do in
real rows.</dd>`
}
${
  utility &&
  html`<dt>Utility</dt><dd>Trees learn ${named(utility.target)} once from samples and once from equally many training rows (${humanCount(utility.rows.learned)}), and
predict it for ${counted(utility.rows.predicted, 'held-out row')}: ${metricTerms[utility.metric]}.</dd>`
}
</dl>`
}

/** What differs most, in words and figures: what the report names, otherwise the furthest even if close enough. */
function furthestPart({ columns, pairs, worst }: Measures, figures: TableFigures): Markup {
  const isNamed = worst.columns.length + worst.pairs.length > 0
  const sentenceOf = ({ columns: [a, b] }: Pick<PairQuality, 'columns'>) => `\`${a}\` and \`${b}\`.`
  const chosen = isNamed
    ? worst
    : {
        columns: furthestFirst(columns).map((column) => ({ ...column, sentence: columnSentence(column) })),
        pairs: furthestFirst(pairs).map((pair) => ({ ...pair, sentence: sentenceOf(pair) })),
      }
  const worstColumns = chosen.columns.slice(0, maxFurthest).map(({ name, sentence }) => {
    const column = columns.find((column) => column.name === name)!
    return { ...column, sentence }
  })
  const worstPairs = chosen.pairs.slice(0, maxFurthest).map(({ columns: [a, b], sentence }) => {
    const pair = pairs.find(({ columns: [c, d] }) => a === c && b === d)!
    return { ...pair, sentence }
  })
  const figureOf = (
    names: readonly string[],
    { sentence, distance, null: chance }: Named<ColumnQuality | PairQuality>,
    draw: (title: string) => Markup,
  ) => {
    const distances = `Distance ${thousandths(distance)}, real rows ${thousandths(chance)}`
    return html`<figure>${draw(`${sentence} ${distances}`)}<figcaption>${sentenceWith(sentence, names)} <small>${distances}</small></figcaption></figure>
`
  }
  return html`<h3>What differs most</h3>
<p>${
    isNamed
      ? 'These columns and pairs of columns differ more from real rows than chance explains: up to three of each, those that differ most first.'
      : 'No column and no pair of columns differs more from real rows than chance explains. The figures show those that differ most nevertheless.'
  }</p>
${legend}
<div class="figures">
${worstColumns.map((column) => figureOf([column.name], column, (title) => figures.column(column.name, title)))}</div>
<div class="figures">
${worstPairs.map((pair) => figureOf(pair.columns, pair, (title) => figures.pair(pair.columns, title)))}</div>
${
  worstPairs.length > 0 &&
  html`<p class="note">Two columns of numbers are drawn as a dot for each row, for up to ${maxDots} rows of each kind. A column of numbers and one of names: the box has the middle half of the
rows, the line nine of ten, and the dot is the median. Two columns of names: the area of a tile is the share of rows; its left half is for real
rows, its right half for samples.</p>`
}`
}

type Named<Q> = Q & { readonly sentence: string }

/** The colours, also in black and white. */
const swatch = (color: string) =>
  trusted(
    `<svg width="12" height="12" aria-hidden="true"><rect width="12" height="12" rx="2" fill="var(--${color})"/></svg>`,
  )
export const legend = html`<p class="legend"><span class="key">${swatch('real')}real rows, held out</span> <span class="key">${swatch('samples')}samples</span>
<span class="note">In histograms, samples are the line; in pairs of bars, they are the lower bar.</span></p>`

function pairsPart(drawn: readonly ColumnQuality[], pairs: readonly PairQuality[], columns: number): Content {
  if (pairs.length === 0) return null
  const names = drawn.map(({ name }) => name)
  const drawnPairs = pairs.filter((pair) => pair.columns.every((name) => names.includes(name)))
  const max = Math.max(...drawnPairs.flatMap(({ distance, null: chance }) => [distance, chance]))
  const furthest = furthestFirst(pairs).slice(0, maxPairRows)
  const rows = furthest.map(({ columns: [a, b], distance, null: chance }) =>
    numbersRow(html`${named(a)} and ${named(b)}`, thousandths(distance), thousandths(chance)),
  )
  const caption =
    rows.length < pairs.length
      ? `The ${rows.length} of ${humanCount(pairs.length)} pairs that differ most`
      : 'The distance of each pair'
  return html`<h3>Each pair of columns</h3>
${
  names.length > 2 &&
  html`<p>Cells below the diagonal have the distance of samples from real rows; cells above it have the distance of two sets of real rows, in the same
colours, from no colour at 0 to full colour at ${thousandths(max)}. Where the lower half looks like the upper half, columns depend on each other in samples as they do in
real rows.${drawn.length < columns && ` These are the ${drawn.length} columns that are drawn above.`}</p>`
}
<div class="beside">
${names.length > 2 && html`<figure class="matrix">${scrolling('The matrix of pairs', pairMatrix(names, pairs, max))}</figure>`}
${numbersTable('Distances of pairs', ['Pair', 'Samples', 'Real rows'], rows, caption)}
</div>`
}

function givenPart({ column, value, rows, quality }: NonNullable<Report['given']>): Markup {
  const counts = html`${counted(rows.samples, 'sample')}, ${counted(rows.against, 'held-out row')} and ${counted(rows.train, 'training row')} have this value`
  const title = html`<h3>Rows whose ${named(column)} is ${named(String(value))}</h3>`
  if (!quality) return html`${title}<p>${counts}. These are too few samples to measure.</p>`
  const sentences = worstSentences(quality.worst)
  return html`${title}
<p>${counts}. These are the same measures for these rows alone:</p>
${measuresTable(quality)}
${sentences.length > 0 && html`<p>What differs most:</p><ul>${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>`}`
}

function columnFigures(
  columns: readonly ColumnQuality[],
  figures: TableFigures,
  printed: ReadonlySet<string>,
): Markup {
  const isCut = columns.some(({ name }) => figures.isCut(name))
  return html`<div class="figures each">
${columns.map(
  (column) =>
    html`<figure${onScreen(column, printed)}><figcaption>${named(column.name)} <small>${missingOf(column)}</small></figcaption>${figures.column(column.name, columnSentence(column))}</figure>
`,
)}</div>
${isCut && html`<p class="note">If a column has long tails, its outermost bins contain all values beyond them.</p>`}`
}

/** Missing values have a bar among names, but not among numbers. */
function missingOf({ range, missing, distance }: ColumnQuality): string {
  const far = `distance ${thousandths(distance)}`
  if (!range || missing.real + missing.samples === 0) return far
  return `${far}; missing ${shareText(missing.real)} of real rows, ${shareText(missing.samples)} of samples`
}

/** Marks what only the screen has. */
const onScreen = ({ name }: ColumnQuality, printed: ReadonlySet<string>): Content =>
  printed.has(name) ? '' : trusted(' class="on-screen"')

function columnsTable(columns: readonly ColumnQuality[], printed: ReadonlySet<string>): Markup {
  const hasNumbers = columns.some(({ range }) => range)
  const both = html`<th scope="col" class="number">samples</th><th scope="col" class="number">real</th>`
  const heading = (text: string) => html`<th scope="colgroup" colspan="2">${text}</th>`
  return html`${scrolling(
    'Each column in numbers',
    html`<table class="columns">
<caption>Each column in numbers</caption>
<thead>
<tr><th scope="col" rowspan="2">Column</th><th scope="col" rowspan="2">Kind</th>${heading('Distance')}${heading('Missing')}${hasNumbers && [heading('Smallest to largest'), heading('Repeated values')]}</tr>
<tr>${both}${both}${hasNumbers && [both, both]}</tr>
</thead>
<tbody>${columns.map((column) => columnRow(column, hasNumbers, onScreen(column, printed)))}</tbody></table>`,
  )}
<p class="note">The distance of numbers and dates is the largest difference between the shares of rows up to a value, where a missing value
counts as lower than all others (Kolmogorov and Smirnov). The distance of names is half the sum of the differences of their shares (total variation).
The column "real" has the mean distance between two sets of real rows.${
    hasNumbers &&
    ' "Repeated values" is the share of rows whose number occurs in at least two real rows, and in at least one of 2,000.'
  }</p>`
}

function columnRow(column: ColumnQuality, hasNumbers: boolean, mark: Content): Markup {
  const { name, kind, distance, null: chance, missing, range, atoms } = column
  const two = <T>(
    values: Pick<PerTable<T>, 'samples' | 'real'> | null,
    show: (value: T) => Content,
    kind = 'number',
  ) =>
    values
      ? html`<td class="${kind}">${show(values.samples)}</td><td class="${kind}">${show(values.real)}</td>`
      : html`<td colspan="2"></td>`
  return html`<tr${mark}><th scope="row">${named(name)}</th><td>${kind}</td>${two({ samples: distance, real: chance }, thousandths)}${two(missing, shareText)}${hasNumbers && [two(range, rangeText, 'number range'), two(atoms, shareText)]}</tr>
`
}

function rangeText(range: readonly [CellValue, CellValue] | null): string {
  return range ? `${cellText(range[0])} to ${cellText(range[1])}` : 'none'
}
