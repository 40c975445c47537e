import { adviceOn, type Verdicts } from 'moonstep/web'
import type { VerdictsView } from './views.ts'

/** The verdicts for the page. */
export function verdictsView(
  verdicts: Verdicts,
  [ofRows, ofPeople]: readonly [rows: string, people: string],
  unjudged: readonly string[] = [],
): VerdictsView {
  const { rows, people } = verdicts
  return {
    said: [
      { grade: rows.grade, sentence: ofRows },
      { grade: people.grade, sentence: ofPeople },
    ],
    remarks: [...adviceOn(verdicts), ...unjudged],
  }
}
