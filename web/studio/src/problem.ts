import { signal } from '@preact/signals'
import { messageOf } from 'moonstep/web'

/** The control that a problem stands beside. */
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

/** Shows a problem beside its control and at the foot of the page. */
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

/** A message without code, which buttons and menus replace. */
export function plain(message: string): string {
  return message
    .replace(/: \{ types: \{.*?\} \} makes it the other/g, '')
    .replace(/\{ types: \{.*?\} \} (?:keeps|gives|makes) [^,:;]*/g, 'choose its kind')
    .replace(/say it with \{ types: \{.*?\} \} or \{ types: \{.*?\} \}/g, 'choose one')
    .replace(/\{ types: \{.*?\} \}/g, 'another kind')
    .replace(/give another method with `types`/g, 'choose another kind')
    .replace(/`types`/g, 'its kind')
    .replace(/ \(`?(?:drop|minCategory|allowRareNames)`?\)/g, '')
    .replace(/, or (?:allow them|say that it is meant)/g, '')
    .replace(/`drop` the column/g, 'leave the column out')
    .replace(/`drop` it/g, 'leave it out')
}
