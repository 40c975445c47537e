import { humanCount } from '../../core/format.ts'
import { countName } from '../../database/measured/child-groups.ts'
import type { StepShare } from '../../database/measured/orders.ts'
import type { ReferencePart } from '../../database/measured/parts.ts'
import { summedTables } from '../../database/measured/tables.ts'
import { joinedName, sumsName } from '../../database/measured/verdicts.ts'
import { pickColumns } from '../../measure/prepare.ts'
import {
  type FamilyReport,
  keySentences,
  type ReferenceReport,
  referenceSentence,
  type Steps,
} from '../database/references.ts'
import type { DatabaseReport } from '../database/report.ts'
import { shareText } from '../quality.ts'
import { tableFigures } from './figures.ts'
import {
  type Content,
  html,
  list,
  type Markup,
  numbersRow,
  numbersTable,
  sentenceWith,
  thousandths,
  worstSentences,
} from './html.ts'
import { attacksTable } from './privacy.ts'
import { legend } from './quality.ts'

/** What the rows of two tables have to do with each other, reference by reference. */
export function acrossSection({ keys, references }: DatabaseReport, parts: readonly ReferencePart[]): Markup {
  return html`<section id="across" class="quality" aria-labelledby="across-title">
<h2 id="across-title">Across tables</h2>
<p>A family is a parent with all of its children, such as a customer with the orders. Beside each number stands the number for real families that are
compared with other real families. Samples cannot be expected to do better than that.</p>
${list([...keySentences(keys), ...references.map(referenceSentence)], 'findings')}
${references.length > 0 && acrossTable(references)}
${references.map((reference, k) => referencePart(reference, parts[k]!))}
</section>`
}

function acrossTable(references: readonly ReferenceReport[]): Markup {
  const row = (name: string, samples: number, real: number) =>
    numbersRow(name, thousandths(samples), thousandths(real))
  const rows = references.map(({ child, parent, trends, joined, family }) => {
    const { count, steps, sums } = family ?? {}
    return [
      count && row(`Distance of the number of ${child} of ${parent}`, count.distance, count.null),
      steps && row(`Distance of the steps of ${child} by ${steps.column}`, steps.distance, steps.null),
      trends && row(`Trends between ${parent} and ${child}`, trends.trends, trends.real),
      joined && row(`Trees, ${joinedName(child, parent)}, AUC`, joined.auc, joined.null),
      sums && row(`Trees, ${sumsName(child, parent)}, AUC`, sums.auc, sums.null),
    ]
  })
  const name = 'Across tables, in numbers'
  const caption = `${name}: distances are best at 0, trends at 1, and an AUC of trees at .5`
  return numbersTable(name, ['Measure', 'Samples', 'Real rows'], rows, caption)
}

function referencePart(reference: ReferenceReport, part: ReferencePart): Markup {
  const { child, parent, columns, trends, orders, family, omitted } = reference
  const sentences = [
    ...(omitted ? [omitted.sentence] : []),
    ...(trends ? worstSentences({ columns: [], pairs: trends.worst }) : []),
    ...orders.map(({ sentence, first, last }) => sentenceWith(sentence, [last, first])),
  ]
  return html`<h3>${parent} and their ${child}, by ${columns.join(', ')}</h3>
${
  trends?.worst.length === 0 &&
  html`<p>No pair of a column of ${parent} and one of ${child} differs more from real rows than chance explains.</p>`
}
${sentences.length > 0 && list(sentences, 'findings')}
${family && familyPart(reference, family, part)}
`
}

function familyPart({ child, parent }: ReferenceReport, family: FamilyReport, part: ReferencePart): Content {
  const { count, steps, privacy, sums } = family
  const tables = summedTables(part, 0)
  const title = `The number of ${child} of each row of ${parent}`
  const drawn = tables && tableFigures(pickColumns(tables, [countName(child)]))
  return html`<p>${count.sentence}</p>
${
  drawn !== undefined &&
  html`${legend}
<div class="figures"><figure>${drawn.column(countName(child), title)}<figcaption>${title}</figcaption></figure></div>`
}
${steps && stepsTable(child, steps)}
<p>${privacy.sentences[0]!} Each attack is given rows of ${parent}, each with a summary of its ${child}: how many there are, means, extremes, the most frequent names, and the first and
last. The trees were shown ${humanCount(sums.rows)} samples and as many real rows.</p>
${list(
  [...privacy.attacks, privacy.copies.exact, privacy.copies.near].map(({ sentence }) => sentence),
  'findings',
)}
${attacksTable(privacy.attacks, `Attacks on the membership of ${sumsName(child, parent)}`)}`
}

function stepsTable(child: string, { column, isDate, shares }: Steps): Markup {
  const caption = `How far ${child} are from the one before, by ${column}`
  const rows = shares.map((share, k) =>
    numbersRow(stepText(share, shares[k - 1], isDate), shareText(share.samples), shareText(share.real)),
  )
  return numbersTable(caption, ['Step', 'Samples', 'Real rows'], rows)
}

function stepText({ upTo }: StepShare, before: StepShare | undefined, isDate: boolean): string {
  const unit = isDate ? (upTo === 1 || (upTo === null && before?.upTo === 1) ? ' day' : ' days') : ''
  if (before === undefined) return isDate ? 'at the same time' : 'none'
  if (upTo === null) return `more than ${before.upTo}${unit}`
  return `up to ${upTo}${unit}`
}

/** How what is across tables was measured. */
export const acrossMethod = html`<section id="across-method" aria-labelledby="across-method-title">
<h2 id="across-method-title">How tables were compared</h2>
<dl class="method">
<dt>Families</dt>
<dd>Parents are held out with all of their children. Two sets of real rows never share a family. Where rows have an ancestor in common, trees and attacks
are given one row of each family, as the rows of one resemble each other.</dd>
<dt>Trends</dt>
<dd>As in SDMetrics, each child is joined with the row that it refers to, and pairs of a column of either table are compared as
those of one table.</dd>
<dt>Trees</dt>
<dd>One child of each family, drawn at random, is joined with its parent; and each parent with the sums of its children. Both are compared by the same
test as a single table.</dd>
<dt>Orders</dt>
<dd>Each date or year of a parent is compared with each date or year of its child. If one of the two is never before the other in real rows, the
samples in which it is before the other are counted.</dd>
<dt>Membership</dt>
<dd>The attacks on a single table, with parents and the sums of their children as rows. The level at which an attack counts is shared by all tables.</dd>
</dl>
</section>`
