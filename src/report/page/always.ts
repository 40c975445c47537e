import type { Always } from '../../measure/always.ts'
import { alwaysSentence } from '../always.ts'
import { shareText } from '../quality.ts'
import { html, type Markup, numbersTable } from './html.ts'

/** The number of lines; the JSON has all. */
const maxLines = 12

/** What holds in nearly all real rows, with the share of samples next to it; nothing if nothing was found. */
export function alwaysSection(always: readonly Always[]): Markup | false {
  if (always.length === 0) return false
  const shown = always.slice(0, Math.max(maxLines, always.filter(({ fails }) => fails).length))
  const rows = shown.map(
    ({ says, real, samples, fails }) =>
      html`<tr${fails && html` class="fails"`}><th scope="row">${says}${fails && html`<small>fails in samples</small>`}</th><td class="number">${shareText(real)}</td><td class="number">${shareText(samples)}</td></tr>
`,
  )
  return html`<section id="always" aria-labelledby="always-title">
<h2 id="always-title">What always holds in your rows</h2>
<p class="lead">${alwaysSentence(always)}</p>
<p>Found in training rows, and true of nearly all held-out rows, where it could be false: sums, products, orders, equal columns, and values that
come only together. Beside each stands how often it holds in the samples.</p>
${numbersTable('What always holds', ['What', 'Real rows', 'Samples'], rows, null)}
${always.length > shown.length && html`<p class="note">And ${always.length - shown.length} more, which hold in samples too; the JSON has all.</p>`}
</section>`
}
