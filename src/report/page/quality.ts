import { counted, humanCount } from '../../core/format.ts'
import type { ColumnQuality, PairQuality } from '../../measure/columns.ts'
import type { Measures } from '../../measure/quality.ts'
import { metricNames, type UtilityMetric } from '../../measure/utility.ts'
import { columnSentence } from '../../measure/words.ts'
import type { Report } from '../report.ts'
import { columnFigures, columnsTable } from './columns.ts'
import { maxDots, pairMatrix, type TableFigures } from './figures.ts'
import { type Content, html, type Markup, trusted } from './html.ts'
import { named, scrolling, sentenceWith, thousandths } from './words.ts'

/** Maximum number of columns that are drawn and whose pairs are in the matrix. */
export const maxDrawn = 40

/** Number of pairs in the table; the JSON has all. */
const maxPairRows = 15

/** Number of columns, and of pairs, drawn first as the furthest from real rows. */
const maxFurthest = 3

/** Sorted by how much further samples are from real rows than real rows are from each other, descending. */
function furthestFirst<T extends ColumnQuality | PairQuality>(items: readonly T[]): T[] {
  return items.toSorted((a, b) => b.distance - b.null - (a.distance - a.null))
}

/** Quality: the numbers, what differs most, each column, each pair, and the rows with a given value. */
export function qualitySection(report: Report, figures: TableFigures): Markup {
  const { columns, pairs, given } = report
  const drawn = columns.length > maxDrawn ? furthestFirst(columns).slice(0, maxDrawn) : columns
  return html`<section id="quality" aria-labelledby="quality-title">
<h2 id="quality-title">Quality</h2>
<p>How like real rows are the samples? Each number stands beside what real rows get when they are compared with other
real rows: no samples can be expected to do better.</p>
<div class="beside">${numbersTable(report)}
${measureTerms(report)}</div>
${furthestPart(report, figures)}
<h3>Each column</h3>
<p>${drawn.length < columns.length && `The ${drawn.length} columns that are furthest from real rows, of ${columns.length}; the table below has all. `}Shares of
all rows; each figure has its own scale.</p>
${legend}
${columnFigures(drawn, figures)}
${columnsTable(columns)}
${pairsPart(drawn, pairs, columns.length)}
${given && givenPart(given)}
</section>`
}

const metricTerms: Record<UtilityMetric, string> = {
  auc: 'the AUC of that, .5 being guesses',
  'macro-auc': 'the mean over its names of the AUC that tells each from the rest, .5 being guesses',
  r2: 'the share of its variance that is explained, 1 at best, 0 of a prediction that is always the mean',
}

/** The measures of all rows, or of those with a given value, beside those of real rows. */
function numbersTable({ detection, shapes, trends, real, utility }: Measures): Markup {
  const row = (name: Content, samples: number, beside: number) =>
    html`<tr><th scope="row">${name}</th><td class="number">${thousandths(samples)}</td><td class="number">${thousandths(beside)}</td></tr>
`
  return scrolling(
    'Quality in numbers',
    html`<table>
<thead><tr><th scope="col">Measure</th><th scope="col" class="number">Samples</th><th scope="col" class="number">Real rows</th></tr></thead>
<tbody>
${row('Detection, AUC', detection.auc, detection.null)}${row('Shapes', shapes, real.shapes)}${
  trends !== null && real.trends !== null && row('Trends', trends, real.trends)
}${utility && row(html`Utility, ${metricNames[utility.metric]} of ${named(utility.target)}`, utility.synthetic, utility.real)}
</tbody></table>`,
  )
}

/** Definitions of the measures. */
function measureTerms({ detection, trends, utility }: Measures): Markup {
  return html`<dl class="terms">
<dt>Detection</dt>
<dd>Trees learn which rows are samples and which are real, and are asked of rows that they have not seen: ${counted(detection.rows, 'row')} of
either, ${detection.repeats} times. AUC: how often they find a sample likelier to be one than a real row; .5 is guessing, 1 always.</dd>
<dt>Shapes</dt>
<dd>How alike the columns are, each by itself: 1 less the mean of their <dfn>distances</dfn>, so that 1 is the same. A distance is 0 of
columns that are alike, and 1 of columns as far apart as can be.</dd>
${trends !== null && html`<dt>Trends</dt><dd>How alike pairs of columns are: 1 less the mean of their distances, so that what belongs together counts.</dd>`}
${
  utility &&
  html`<dt>Utility</dt><dd>Trees learn ${named(utility.target)} from samples, and from as many training rows (${humanCount(utility.rows.learned)}), and
predict it of ${counted(utility.rows.predicted, 'held-out row')}: ${metricTerms[utility.metric]}.</dd>`
}
</dl>`
}

/** What differs most, in words and figures: what the report names, otherwise the furthest even if close enough. */
function furthestPart({ columns, pairs, worst }: Measures, figures: TableFigures): Markup {
  const isNamed = worst.columns.length + worst.pairs.length > 0
  const shownColumns: Named<ColumnQuality>[] = isNamed
    ? worst.columns.map(({ name, sentence }) => ({
        ...columns.find((column) => column.name === name)!,
        sentence,
      }))
    : furthestFirst(columns)
        .slice(0, maxFurthest)
        .map((column) => ({ ...column, sentence: columnSentence(column) }))
  const isOf = ([a, b]: readonly [string, string], { columns: [c, d] }: PairQuality) => a === c && b === d
  const shownPairs: Named<PairQuality>[] = isNamed
    ? worst.pairs.map(({ columns, sentence }) => ({
        ...pairs.find((pair) => isOf(columns, pair))!,
        sentence,
      }))
    : furthestFirst(pairs)
        .slice(0, maxFurthest)
        .map((pair) => ({ ...pair, sentence: `\`${pair.columns.join('` and `')}\`.` }))
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
      ? 'These columns, and pairs of columns, are further from real rows than two sets of real rows may well be from each other, the furthest first, up to three of each.'
      : 'No column and no pair of columns is further from real rows than two sets of real rows may well be from each other. Those that are furthest are drawn all the same.'
  }</p>
${legend}
<div class="figures">
${shownColumns.map((column) => figureOf([column.name], column, (title) => figures.column(column.name, title)))}</div>
<div class="figures">
${shownPairs.map((pair) => figureOf(pair.columns, pair, (title) => figures.pair(pair.columns, title)))}</div>
${
  shownPairs.length > 0 &&
  html`<p class="note">Two numbers: a dot for each of up to ${maxDots} rows of either. A number and a name: a box for the middle half of the
rows, a line for nine in ten, a dot for the median. Two names: a tile whose area is the share of the rows, its left half of real
rows, its right half of samples.</p>`
}`
}

/** A column or a pair with its sentence. */
type Named<Q> = Q & { readonly sentence: string }

/** The colours, also in black and white. */
const swatch = (color: string) =>
  trusted(
    `<svg width="12" height="12" aria-hidden="true"><rect width="12" height="12" rx="2" fill="var(--${color})"/></svg>`,
  )
const legend = html`<p class="legend"><span class="key">${swatch('real')}real rows, held out</span> <span class="key">${swatch('samples')}samples</span>
<span class="note">Of two histograms samples are the line; of two bars the lower one.</span></p>`

function pairsPart(drawn: readonly ColumnQuality[], pairs: readonly PairQuality[], columns: number): Content {
  if (pairs.length === 0) return null
  const names = drawn.map(({ name }) => name)
  const shown = pairs.filter((pair) => pair.columns.every((name) => names.includes(name)))
  const max = Math.max(...shown.flatMap(({ distance, null: chance }) => [distance, chance]))
  const rows = furthestFirst(pairs).slice(0, maxPairRows)
  return html`<h3>Each pair of columns</h3>
${
  names.length > 2 &&
  html`<p>Below the diagonal: how far samples are from real rows. Above it: how far two sets of real rows are from each other, in the same
colours, from none at 0 to the fullest at ${thousandths(max)}. Where the lower half is like the upper one, samples hang together as
real rows do.${drawn.length < columns && ` These are the ${drawn.length} columns that are drawn above.`}</p>`
}
<div class="beside">
${names.length > 2 && html`<figure class="matrix">${scrolling('The matrix of pairs', pairMatrix(names, pairs, max))}</figure>`}
${scrolling(
  'Distances of pairs',
  html`<table>
<caption>${rows.length < pairs.length ? `The ${rows.length} pairs that are furthest, of ${humanCount(pairs.length)}` : 'The distance of each pair'}</caption>
<thead><tr><th scope="col">Pair</th><th scope="col" class="number">Samples</th><th scope="col" class="number">Real rows</th></tr></thead>
<tbody>${rows.map(
    ({ columns: [a, b], distance, null: chance }) =>
      html`<tr><th scope="row">${named(a)} and ${named(b)}</th><td class="number">${thousandths(distance)}</td><td class="number">${thousandths(chance)}</td></tr>
`,
  )}</tbody></table>`,
)}
</div>`
}

function givenPart({ column, value, rows, quality }: NonNullable<Report['given']>): Markup {
  const counts = html`${counted(rows.samples, 'sample')} have it, ${counted(rows.against, 'held-out row')} and ${counted(rows.train, 'training row')}`
  const title = html`<h3>Rows whose ${named(column)} is ${named(String(value))}</h3>`
  if (!quality) return html`${title}<p>${counts}: too few samples to be measured.</p>`
  const sentences = [
    ...quality.worst.columns.map(({ name, sentence }) => sentenceWith(sentence, [name])),
    ...quality.worst.pairs.map(({ columns, sentence }) => sentenceWith(sentence, columns)),
  ]
  return html`${title}
<p>${counts}. The same measures of these rows alone:</p>
${numbersTable(quality)}
${sentences.length > 0 && html`<p>What differs most:</p><ul>${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>`}`
}
