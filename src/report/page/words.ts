import { humanCount } from '../../core/format.ts'
import type { CellValue } from '../../measure/columns.ts'
import type { Share } from '../../measure/privacy/chance.ts'
import { shareText } from '../words.ts'
import { type Content, html, type Markup } from './html.ts'

/** A column's name, set off from the text around it. */
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

/** A cell of a table, for people. */
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
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${name}">${content}</div>`
}

export function list(items: readonly Content[], kind: string): Markup {
  return html`<ul class="${kind}">${items.map((item) => html`<li>${item}</li>`)}</ul>`
}
