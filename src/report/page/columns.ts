import type { Beside, CellValue, ColumnQuality } from '../../measure/columns.ts'
import { columnSentence } from '../quality.ts'
import { shownShare } from '../words.ts'
import type { TableFigures } from './figures.ts'
import { type Content, html, type Markup } from './html.ts'
import { cellText, named, scrolling, thousandths } from './words.ts'

/** Each column's distribution in real rows and samples. */
export function columnFigures(columns: readonly ColumnQuality[], figures: TableFigures): Markup {
  const isCut = columns.some(({ name }) => figures.isCut(name))
  return html`<div class="figures each">
${columns.map(
  (column) =>
    html`<figure><figcaption>${named(column.name)} <small>${gapsOf(column)}</small></figcaption>${figures.column(column.name, columnSentence(column))}</figure>
`,
)}</div>
${isCut && html`<p class="note">If a column has long tails, its outermost bins contain all values beyond them.</p>`}`
}

/** Gaps have a bar among names, but not among numbers. */
function gapsOf({ range, missing, distance }: ColumnQuality): string {
  const far = `distance ${thousandths(distance)}`
  if (!range || missing.real + missing.samples === 0) return far
  return `${far}; missing ${shownShare(missing.real)} of real rows, ${shownShare(missing.samples)} of samples`
}

/** Every column in numbers. */
export function columnsTable(columns: readonly ColumnQuality[]): Markup {
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
<tbody>${columns.map((column) => columnRow(column, hasNumbers))}</tbody></table>`,
  )}
<p class="note">The distance of numbers and dates is the largest difference between the shares of rows up to a value, where a missing value
counts as lower than all others (Kolmogorov and Smirnov). The distance of names is half the sum of the differences of their shares (total variation).
The column "real" has the mean distance between two sets of real rows.${
    hasNumbers &&
    ' "Repeated values" is the share of rows whose number occurs in at least two real rows, and in at least one of 2,000.'
  }</p>`
}

function columnRow(column: ColumnQuality, hasNumbers: boolean): Markup {
  const { name, kind, distance, null: chance, missing, range, atoms } = column
  const two = <T>(
    beside: Pick<Beside<T>, 'samples' | 'real'> | null,
    show: (value: T) => Content,
    kind = 'number',
  ) =>
    beside
      ? html`<td class="${kind}">${show(beside.samples)}</td><td class="${kind}">${show(beside.real)}</td>`
      : html`<td colspan="2"></td>`
  return html`<tr><th scope="row">${named(name)}</th><td>${kind}</td>${two({ samples: distance, real: chance }, thousandths)}${two(missing, shownShare)}${hasNumbers && [two(range, rangeText, 'number range'), two(atoms, shownShare)]}</tr>
`
}

function rangeText(range: readonly [CellValue, CellValue] | null): string {
  return range ? `${cellText(range[0])} to ${cellText(range[1])}` : 'none'
}
