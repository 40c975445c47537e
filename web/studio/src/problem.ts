import { signal } from '@preact/signals'
import { messageOf } from 'moonstep/web'
import { plain } from './advice.ts'

/** The control that a problem stands next to. */
export type Place =
  | `tables/${string}`
  | 'file'
  | 'runs'
  | 'columns'
  | 'train'
  | 'ask'
  | 'fill'
  | 'look'
  | 'report'
  | 'take'

/** The last problem; undefined if there is none. */
export const problem = signal<{
  readonly at: Place
  readonly text: string
  /** The error's own message, which names remedies as code. */
  readonly message: string
}>()

/** The status at the foot of the page, also for screen readers. */
export const status = signal('')

/** Shows a problem next to its control and at the foot of the page. */
export function fail(at: Place, error: unknown): void {
  problem.value = { at, text: sentenceOf(error), message: messageOf(error) }
  // the problem itself is read out
  status.value = ''
}

/** What went wrong, as a sentence. */
export function sentenceOf(error: unknown): string {
  const message = plain(messageOf(error))
  return /[.!?]$/.test(message) ? message : `${message}.`
}
