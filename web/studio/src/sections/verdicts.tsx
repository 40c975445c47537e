import { sentenceOf } from '../problem.ts'
import { model } from '../state.ts'
import type { VerdictsView } from '../worker/views.ts'

/** A sign and a colour for each grade. */
const marks = {
  good: ['✓', 'good'],
  none: ['✓', 'good'],
  fair: ['!', 'fair'],
  slight: ['!', 'fair'],
  poor: ['✗', 'poor'],
  clear: ['✗', 'poor'],
} as const

/** Whether generated rows are good, and whether they give anyone away: what is probably bad first. */
export function Verdicts({
  of,
  doubts = [],
}: {
  readonly of: VerdictsView | undefined
  readonly doubts?: readonly string[]
}) {
  return (
    <section class="verdicts" aria-label="Verdicts">
      {doubts.map((doubt) => (
        <p key={doubt} class="doubt">
          {sentenceOf(new Error(doubt))}
        </p>
      ))}
      {of ? (
        of.said.map(({ grade, sentence }) => {
          const [sign, colour] = grade ? marks[grade] : ['?', 'open']
          const [verdict, ...reasons] = sentence.split('. ')
          return (
            <p key={sentence} class={`verdict ${colour}`}>
              <span class="sign" aria-hidden="true">
                {sign}
              </span>
              <b>{verdict}.</b> {reasons.join('. ')}
            </p>
          )
        })
      ) : (
        <p class="quiet">An earlier version trained this run, and stored no verdicts.</p>
      )}
      {of && of.remarks.length > 0 && <p class="quiet">{of.remarks.join(' ')}</p>}
    </section>
  )
}

/** The verdicts on the open table. */
export function ModelVerdicts() {
  const { verdicts, doubts } = model.value!
  return <Verdicts of={verdicts} doubts={doubts} />
}
