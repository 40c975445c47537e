import { type AttackCurve, aucFigure, rocFigure } from '../../charts/marks/report.ts'
import { counted, humanCount } from '../../core/format.ts'
import type { Share } from '../../measure/privacy/chance.ts'
import type { AttackName } from '../../measure/privacy/membership.ts'
import type { HeldValues } from '../held.ts'
import {
  type AttackResult,
  attackName,
  type CopyCount,
  type PrivacyReport,
  type SinglingOut,
} from '../privacy.ts'
import { shareText } from '../quality.ts'
import type { Report } from '../report.ts'
import { sentencesOf } from '../stated.ts'
import { appearance, figure } from './figures.ts'
import {
  between,
  type Content,
  chanceText,
  html,
  list,
  type Markup,
  named,
  numbersRow,
  numbersTable,
  type Place,
  scrolling,
  sharePhrase,
  thousandths,
} from './html.ts'

/** How many columns of the model file are on paper: as many as style.ts leaves there. */
const printedFindings = 12

const ofPrivacy: Place = { id: 'privacy', title: 'Privacy' }

/** What the samples reveal, attack by attack, and what the model file does. */
export function privacySection(
  { sentences: verdicts, privacy, modelFile, modelFileSentence, rareNames }: Report,
  place: Place = ofPrivacy,
): Markup {
  const { sentences, copies, singlingOut, closest, enough } = privacy
  // the later sentences on the number of rows say which were compared
  const rowSentences = sentences.slice(sentences.indexOf(enough.sentence))
  return html`<section id="${place.id}" class="privacy" aria-labelledby="${place.id}-title">
<h2 id="${place.id}-title">${place.title}</h2>
<p class="lead">${verdicts[1]}</p>
<p>${sentences[0]!}</p>
<p>The question is what someone can learn who has the samples and knows a person's row. They may try to find out whether that row was among the
training rows (<dfn>membership</dfn>), look for <dfn>copies</dfn> of training rows among the samples, and look for rare values in a
sample that describe exactly one training row (<dfn>singling out</dfn>). All of this is also tried on held-out rows, which the generator has
not seen: an attack that succeeds on them as often succeeds by chance, and reveals nothing about the training rows.</p>
<h3>Whether there are enough rows</h3>
${rowSentences.map((sentence) => html`<p>${sentence}</p>`)}
${membershipPart(privacy)}
<h3>Copies</h3>
${list(sentencesOf([copies.exact, copies.near]), 'findings')}
${copiesTable(copies.exact, copies.near)}
<p class="note">A near copy of a row is at most as far from it as the nearest 1 % of real rows are from another real row: a distance of
${thousandths(copies.near.threshold)}, where 0 is a copy, and 1 differs in every column as much as possible. "Chance" is the probability that at least as many of the copied rows are training
rows if the generator treats training rows and held-out rows alike (Fisher's exact test).</p>
<h3>Singling out</h3>
${list(sentencesOf([singlingOut.values, singlingOut.combinations]), 'findings')}
${singlingOutTable(singlingOut.values, singlingOut.combinations)}
<p class="note">The risk goes from 0 to 1: it is the share that describes exactly one training row, minus the share that describes exactly one held-out row,
divided by 1 minus the latter. "Chance" is the probability that at least as many of the described rows are training rows if both kinds are
equally likely (a sign test).</p>
${
  rareNames.length > 0 &&
  html`<h3>Names of single rows</h3>
${list(sentencesOf(rareNames), 'findings')}`
}
<h3>The closest rows</h3>
<p>${closest.caveat}</p>
<p class="note">The share is of ${humanCount(closest.samples)} samples; its 95 % interval is ${shareText(closest.low)} to ${shareText(closest.high)}.</p>
<h3>What the model file itself reveals</h3>
${modelFilePart(modelFile, modelFileSentence)}
</section>`
}

const guesses: Record<AttackName, string> = {
  distance: 'a sample is close to it',
  'calibrated distance':
    'a sample is closer to it than one would expect from the distances of other real rows',
  density: 'there are more samples near it than one would expect from the number of other real rows near it',
  column: 'in one column, its value is nearer to the value of a sample than to the values of other real rows',
}

function membershipPart({ attacks }: PrivacyReport): Markup {
  const curves = attacks.flatMap((attack): AttackCurve[] => {
    const { auc, low, high, adjusted, roc } = attack
    if (auc === null || low === null || high === null || roc === null) return []
    const wide = [adjusted.low ?? low, adjusted.high ?? high] as const
    return [{ label: attackName(attack.name), auc, low, high, wide, roc }]
  })
  return html`<h3>Membership</h3>
<p>Each attack rates training rows (members) and equally many held-out rows. Its AUC is how often it rates a member higher than a held-out row: .5 is guessing, and 1
finds every member. An AUC below .5 means that samples lie less close to members than to held-out rows, and this difference reveals members too. An attack distinguishes members from held-out rows
if .5 lies outside the adjusted interval, which allows for the number of attacks.</p>
${list(sentencesOf(attacks), 'findings')}
${
  curves.length > 0 &&
  html`<div class="figures wide">
<figure>${figure(aucFigure('The AUC of each attack with its interval; guessing has .5; the table below has the numbers', curves, appearance))}<figcaption>The thick line is the 95 % interval. The
thin line is the adjusted interval, which allows for the number of attacks.</figcaption></figure>
<figure>${figure(rocFigure('The share of members that each attack finds, over the share of held-out rows that it takes for members; guessing is the diagonal', curves, appearance))}<figcaption>A
curve on the diagonal means guessing. The left end shows how many members an attacker finds who is seldom wrong.</figcaption></figure>
</div>`
}
${attacksTable(attacks, 'Attacks on membership')}`
}

export function attacksTable(attacks: PrivacyReport['attacks'], caption: string): Markup {
  return scrolling(
    caption,
    html`<table>
<caption>${caption}</caption>
<thead><tr><th scope="col">Attack: a row is a member if …</th><th scope="col" class="number">AUC</th><th scope="col" class="number">95 % interval</th><th scope="col" class="number">Adjusted interval</th><th scope="col">Distinguishes members</th><th scope="col" class="number">Members found at 1 % false alarms</th></tr></thead>
<tbody>${attacks.map(attackRow)}
<tr><th scope="row">guessing</th><td class="number">.500</td><td></td><td></td><td>no</td><td class="number">1 %</td></tr></tbody></table>`,
  )
}

function attackRow(attack: AttackResult): Markup {
  const { name, column, auc, low, high, adjusted, told: isSignificant, atOnePercent } = attack
  const label = column === undefined ? name : html`column ${named(column)}`
  return html`<tr><th scope="row">${label} <small>${guesses[name]}</small></th><td class="number">${thousandths(auc)}</td><td class="number">${between(low, high)}</td><td class="number">${between(adjusted.low, adjusted.high)}</td><td>${isSignificant === null ? 'not scored' : isSignificant ? 'yes' : 'no'}</td><td class="number">${
    atOnePercent
      ? html`${sharePhrase(atOnePercent)} <small>and ${counted(atOnePercent.falsePositives, 'other')}</small>`
      : html`<small>too few rows</small>`
  }</td></tr>
`
}

function copiesTable(exact: CopyCount, near: CopyCount): Markup {
  const row = (name: string, shareOf: (copies: CopyCount) => Share) =>
    numbersRow(name, sharePhrase(shareOf(exact)), sharePhrase(shareOf(near)))
  const rows = html`
${row('Samples that copy a training row', ({ ofTrain }) => ofTrain)}
${row('Samples that copy one of as many held-out rows', ({ ofAgainst }) => ofAgainst)}
${row('Held-out rows that copy a training row', ({ real }) => real)}
${row('Training rows that a sample copies', ({ members }) => members)}
${row('Held-out rows that a sample copies', ({ others }) => others)}
${numbersRow('Chance', chanceText(exact.p), chanceText(near.p))}`
  const caption = html`Copies; each share with its 95 % interval`
  return numbersTable('Copies', ['Share', 'Exact copies', 'Near copies'], rows, caption)
}

function singlingOutTable(values: SinglingOut, combinations: SinglingOut): Markup {
  const row = (name: string, show: (by: SinglingOut) => Content) =>
    numbersRow(name, show(values), show(combinations))
  const rows = html`
${row('Describes exactly one training row', ({ attack }) => sharePhrase(attack))}
${row('Describes exactly one held-out row', ({ control }) => sharePhrase(control))}
${row('Risk', ({ risk }) =>
  risk
    ? html`${thousandths(risk.value)} <small>${between(risk.low, risk.high)}</small>`
    : 'nothing was tried',
)}
${row('Different training rows described', ({ rows }) => humanCount(rows.train))}
${row('Different held-out rows described', ({ rows }) => humanCount(rows.against))}
${row('Chance', ({ p }) => chanceText(p))}
`
  const caption = html`Singling out, by values or combinations that describe exactly one sample; each share with its 95 % interval`
  return numbersTable('Singling out', ['Share or number', 'Rare values', 'Rare combinations'], rows, caption)
}

function modelFilePart(modelFile: readonly HeldValues[] | null, sentence: string | null): Markup {
  if (!modelFile)
    return html`<p>This report is about the samples alone; no model file was given to it. A model file holds numbers and names that its training
rows have in common, and anyone who has the file can read them.</p>`
  return html`<p>${sentence}</p>
<p>Anyone who has the file can read the following, whatever the results of the attacks are.</p>
${list(sentencesOf(modelFile), 'held')}
${modelFile.length > printedFindings && html`<p class="note printed">On paper: the first ${printedFindings} of ${modelFile.length}. The file report.html has all.</p>`}`
}
