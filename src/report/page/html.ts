import { humanCount, printable } from '../../core/format.ts'
import type { Share } from '../../measure/privacy/chance.ts'
import type { CellValue } from '../../measure/quality.ts'
import { shareText, type Worst } from '../quality.ts'

/** Markup of the page; anything else in a template is text and is escaped. */
class Markup {
  readonly source: string
  constructor(source: string) {
    this.source = source
  }
}

export type { Markup }

/** Content of a template; undefined, null and false render nothing. */
export type Content = Markup | string | number | undefined | null | false | readonly Content[]

/** Markup from a template: all that is not Markup is text, as names come from any file and may look like markup. */
export function html(parts: TemplateStringsArray, ...contents: Content[]): Markup {
  return new Markup(String.raw({ raw: parts }, ...contents.map(sourceOf)))
}

export function trusted(source: string): Markup {
  return new Markup(source)
}

export function sourceOf(content: Content): string {
  if (content instanceof Markup) return content.source
  if (content === undefined || content === null || content === false) return ''
  return typeof content === 'object' ? content.map(sourceOf).join('') : escaped(String(content))
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  // a number stays on the line of its per cent
  const line = printable(text).replace(/(\d) %/g, '$1\u00a0%')
  return line.replace(/[&<>"']/g, (character) => entities[character]!)
}

/** JSON for a script element: nothing in it can end the element, and invisible characters are escaped. */
export function jsonSource(value: unknown): Markup {
  const code = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  const units = (characters: string) => characters.split('').map(code).join('')
  return new Markup(JSON.stringify(value).replace(/[<\p{C}\u2028\u2029]/gu, units))
}

export function named(name: string): Markup {
  return html`<code>${name}</code>`
}

/** A sentence of the report that contains `names` in backticks, in this order. */
export function sentenceWith(sentence: string, names: readonly string[]): Content {
  const [name, ...others] = names
  if (name === undefined) return sentence
  const quoted = `\`${name}\``
  const at = sentence.indexOf(quoted)
  if (at < 0) return sentence
  return [sentence.slice(0, at), named(name), sentenceWith(sentence.slice(at + quoted.length), others)]
}

export function worstSentences({ columns, pairs }: Worst): Content[] {
  return [
    ...columns.map(({ name, sentence }) => sentenceWith(sentence, [name])),
    ...pairs.map(({ columns, sentence }) => sentenceWith(sentence, columns)),
  ]
}

/** Formats numbers up to 1 for tables: .512, −.031. */
export function thousandths(x: number | null): string {
  if (x === null) return 'not known'
  return x
    .toFixed(3)
    .replace(/^-(0\.0+)$/, '$1')
    .replace(/^(-?)0\./, '$1.')
    .replace('-', '−')
}

/** .49 to .53 of an interval. */
export function between(low: number | null, high: number | null): string {
  return low === null || high === null ? 'not known' : `${thousandths(low)} to ${thousandths(high)}`
}

/** 1.2 % (12 of 1,000); 0.7 % to 2.1 %. */
export function sharePhrase({ share, count, of, low, high }: Share): Content {
  if (share === null || low === null || high === null) return 'none to count'
  // rounding must not show 0 or 1 unless exact
  const [from, to] = [count === 0 ? 0 : low, count === of ? 1 : high]
  return html`${shareText(share)} <small>${humanCount(count)} of ${humanCount(of)}; ${shareText(from)} to ${shareText(to)}</small>`
}

export function cellText(value: CellValue): string {
  if (value === null) return 'missing'
  return typeof value === 'number' ? String(Number(value.toPrecision(6))).replace('-', '−') : value
}

/** A probability: .031, below .001. */
export function chanceText(p: number): string {
  return p < 0.0005 ? 'below .001' : thousandths(p)
}

/** A table that scrolls on narrow pages; its name is also its caption. */
export function scrolling(name: string, content: Content): Markup {
  return html`<p class="note hint">Scroll this table sideways to see all of it.</p>
<div class="scroll" tabindex="0" role="group" aria-label="${name}">${content}</div>`
}

/** A table of numbers: the first column has the rows' names. A caption of null leaves it out. */
export function numbersTable(
  name: string,
  [first, ...others]: readonly string[],
  rows: Content,
  caption: Content = name,
): Markup {
  return scrolling(
    name,
    html`<table>
${
  caption !== null &&
  html`<caption>${caption}</caption>
`
}<thead><tr><th scope="col">${first!}</th>${others.map((each) => html`<th scope="col" class="number">${each}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table>`,
  )
}

export function numbersRow(name: Content, ...numbers: Content[]): Markup {
  return html`<tr><th scope="row">${name}</th>${numbers.map((each) => html`<td class="number">${each}</td>`)}</tr>
`
}

/** Where a section of the page stands: its id, its heading, and what is said below it. */
export interface Place {
  readonly id: string
  readonly title: string
  readonly note?: string | undefined
}

export function list(items: readonly Content[], kind: string): Markup {
  const shown = items.filter((item) => item !== undefined && item !== null && item !== false)
  return html`<ul class="${kind}">${shown.map((item) => html`<li>${item}</li>`)}</ul>`
}
