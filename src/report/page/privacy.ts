import { type AttackCurve, aucFigure, rocFigure } from '../../charts/marks/attacks.ts'
import { counted, humanCount } from '../../core/format.ts'
import type { Share } from '../../measure/privacy/chance.ts'
import type { CopyCount } from '../../measure/privacy/copies.ts'
import type { AttackName, AttackResult } from '../../measure/privacy/membership.ts'
import type { PrivacyReport } from '../../measure/privacy/privacy.ts'
import type { SinglingOut } from '../../measure/privacy/singling-out.ts'
import { shownShare } from '../../measure/words.ts'
import type { HeldValues } from '../model-file.ts'
import { appearance, figure } from './figures.ts'
import { type Content, html, type Markup } from './html.ts'
import { between, chanceText, list, named, scrolling, sharePhrase, thousandths } from './words.ts'

/** What the samples reveal, attack by attack, and what the model file does. */
export function privacySection(privacy: PrivacyReport, modelFile: readonly HeldValues[] | null): Markup {
  const { verdict, sentences, copies, singlingOut, closest, enough } = privacy
  // the later sentences on the number of rows say which were compared
  const rowSentences = sentences.slice(sentences.indexOf(enough.sentence))
  return html`<section id="privacy" aria-labelledby="privacy-title">
<h2 id="privacy-title">Privacy</h2>
<p><strong>${verdict[0]!.toUpperCase() + verdict.slice(1)}.</strong> ${sentences[0]!}</p>
<p>What was asked: someone who has the samples, and knows a person's row, tries to find out whether that row was among the
training rows (<dfn>membership</dfn>), looks for <dfn>copies</dfn> of training rows among the samples, and looks for rare values of a
sample that point to one training row alone (<dfn>singling out</dfn>). The same is tried on held-out rows, which the generator has
not seen: what succeeds with them as often is chance, and gives nobody away.</p>
<h3>Whether there are rows enough</h3>
${rowSentences.map((sentence) => html`<p>${sentence}</p>`)}
${membershipPart(privacy)}
<h3>Copies</h3>
${list([copies.exact.sentence, copies.near.sentence], 'findings')}
${copiesTable(copies.exact, copies.near)}
<p class="note">A near copy is no further from a row than the nearest hundredth of real rows are from another real row: a distance of
${thousandths(copies.near.threshold)}, where 0 is a copy and 1 differs in every column as far as it can. Chance: how often members would have as many of these rows,
or more, if the generator knew none better than others (Fisher's exact test).</p>
<h3>Singling out</h3>
${list([singlingOut.values.sentence, singlingOut.combinations.sentence], 'findings')}
${singlingOutTable(singlingOut.values, singlingOut.combinations)}
<p class="note">Risk: what describes exactly one training row beyond what describes one held-out row, as a share of what the latter leaves,
from 0 to 1. Chance: how often training rows would be as many of the rows so described, or more (a sign test).</p>
<h3>The closest rows</h3>
<p>${closest.caveat}</p>
<p class="note">Of ${humanCount(closest.samples)} samples, 95 % interval ${shownShare(closest.low)} to ${shownShare(closest.high)}.</p>
<h3>What the model file itself reveals</h3>
${modelFilePart(modelFile)}
</section>`
}

/** How each attack guesses that a row is a member. */
const guesses: Record<AttackName, string> = {
  distance: 'a sample is close to it',
  'calibrated distance': 'a sample is closer to it than other real rows let expect',
  density: 'samples lie more densely around it than other real rows do',
  column: 'its value in one column stands nearer to one of a sample than to those of other real rows',
}

function membershipPart({ attacks }: PrivacyReport): Markup {
  const curves = attacks.flatMap((attack): AttackCurve[] => {
    const { auc, low, high, adjusted, roc } = attack
    if (auc === null || low === null || high === null || roc === null) return []
    const wide = [adjusted.low ?? low, adjusted.high ?? high] as const
    return [{ label: attack.name === 'column' ? 'single column' : attack.name, auc, low, high, wide, roc }]
  })
  return html`<h3>Membership</h3>
<p>Each attack rates training rows (members) and as many held-out rows. Its AUC is how often it rates a member higher: .5 is guessing, 1
finds every member, and below .5 samples keep away from members, which tells them too. An attack <em>tells</em> members from others
where .5 lies outside the interval that allows for the number of attacks.</p>
${list(
  attacks.map(({ sentence }) => sentence),
  'findings',
)}
${
  curves.length > 0 &&
  html`<div class="figures wide">
<figure>${figure(aucFigure('The AUC of each attack with its interval, beside .5 of guessing; the table below has the numbers', curves, appearance))}<figcaption>The thick line is the 95 % interval, the
thin one allows for the number of attacks.</figcaption></figure>
<figure>${figure(rocFigure('The share of members that each attack finds by the share of other rows that it takes for members; guessing is the diagonal', curves, appearance))}<figcaption>A
curve on the diagonal is guessing. At the left it shows what an attacker finds who is seldom wrong.</figcaption></figure>
</div>`
}
${scrolling(
  'Attacks on membership',
  html`<table>
<caption>Attacks on membership</caption>
<thead><tr><th scope="col">Attack: a row is a member if …</th><th scope="col" class="number">AUC</th><th scope="col" class="number">95 % interval</th><th scope="col" class="number">Allowing for all attacks</th><th scope="col">Tells</th><th scope="col" class="number">Members found at 1 % false alarms</th></tr></thead>
<tbody>${attacks.map(attackRow)}
<tr><th scope="row">guessing</th><td class="number">.500</td><td></td><td></td><td>no</td><td class="number">1 %</td></tr></tbody></table>`,
)}`
}

function attackRow(attack: AttackResult): Markup {
  const { name, column, auc, low, high, adjusted, told, atOnePercent } = attack
  const label = column === undefined ? name : html`column ${named(column)}`
  return html`<tr><th scope="row">${label} <small>${guesses[name]}</small></th><td class="number">${thousandths(auc)}</td><td class="number">${between(low, high)}</td><td class="number">${between(adjusted.low, adjusted.high)}</td><td>${told === null ? 'not scored' : told ? 'yes' : 'no'}</td><td class="number">${
    atOnePercent
      ? html`${sharePhrase(atOnePercent)} <small>and ${counted(atOnePercent.falsePositives, 'other')}</small>`
      : html`<small>too few rows</small>`
  }</td></tr>
`
}

function copiesTable(exact: CopyCount, near: CopyCount): Markup {
  const row = (name: string, shareOf: (copies: CopyCount) => Share) =>
    html`<tr><th scope="row">${name}</th><td class="number">${sharePhrase(shareOf(exact))}</td><td class="number">${sharePhrase(shareOf(near))}</td></tr>
`
  return scrolling(
    'Copies',
    html`<table>
<caption>Copies; each share with its 95 % interval</caption>
<thead><tr><th scope="col">Share</th><th scope="col" class="number">Exact copies</th><th scope="col" class="number">Near copies</th></tr></thead>
<tbody>
${row('Samples that copy a training row', ({ ofTrain }) => ofTrain)}
${row('Samples that copy one of as many held-out rows', ({ ofAgainst }) => ofAgainst)}
${row('Held-out rows that copy a training row', ({ real }) => real)}
${row('Training rows that a sample copies', ({ members }) => members)}
${row('Held-out rows that a sample copies', ({ others }) => others)}
<tr><th scope="row">Chance</th><td class="number">${chanceText(exact.p)}</td><td class="number">${chanceText(near.p)}</td></tr>
</tbody></table>`,
  )
}

function singlingOutTable(values: SinglingOut, combinations: SinglingOut): Markup {
  const row = (name: string, show: (by: SinglingOut) => Content) =>
    html`<tr><th scope="row">${name}</th><td class="number">${show(values)}</td><td class="number">${show(combinations)}</td></tr>
`
  return scrolling(
    'Singling out',
    html`<table>
<caption>Singling out, by what a single sample has; each share with its 95 % interval</caption>
<thead><tr><th scope="col">Of what was tried</th><th scope="col" class="number">Rare values</th><th scope="col" class="number">Rare combinations</th></tr></thead>
<tbody>
${row('Describes exactly one training row', ({ attack }) => sharePhrase(attack))}
${row('Describes exactly one held-out row', ({ control }) => sharePhrase(control))}
${row('Risk', ({ risk }) =>
  risk ? html`${thousandths(risk.value)} <small>${between(risk.low, risk.high)}</small>` : 'nothing to try',
)}
${row('Different training rows described', ({ rows }) => humanCount(rows.train))}
${row('Different held-out rows described', ({ rows }) => humanCount(rows.against))}
${row('Chance', ({ p }) => chanceText(p))}
</tbody></table>`,
  )
}

function modelFilePart(modelFile: readonly HeldValues[] | null): Markup {
  if (!modelFile)
    return html`<p>No model file was looked at: the samples alone are judged here. Whoever gets the model file, too, gets values of
the training rows that stand in it.</p>`
  return html`<p>A model file holds values of the training rows as they are, which samples are made from. Whoever has the file can
read them, whatever the attacks above found.</p>
${list(
  modelFile.map(({ sentence }) => sentence),
  'held',
)}`
}
