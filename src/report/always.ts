import { counted, printable } from '../core/format.ts'
import type { Always } from '../measure/always.ts'
import { shareText } from './quality.ts'

/** What always holds in real rows, in words. */
export interface HeldAlways extends Always {
  readonly sentence: string
}

export function sayAlways(found: readonly Always[]): HeldAlways[] {
  return found.map((each) => {
    const [real, samples] = [shareText(each.real), shareText(each.samples)]
    const sentence = `${printable(each.says)}: in ${real} of real rows, and in ${samples} of the samples.`
    return { ...each, sentence }
  })
}

/** That samples break what always holds in real rows; undefined if they break nothing. */
export function brokenSentence(always: readonly Always[]): string | undefined {
  return always.some(({ fails }) => fails) ? alwaysSentence(always) : undefined
}

/** How many of the things that always hold in real rows do so in samples; undefined if there is none. */
export function alwaysSentence(always: readonly Always[]): string | undefined {
  const failing = always.filter(({ fails }) => fails).length
  if (always.length === 0) return undefined
  if (failing === 0)
    return always.length === 1
      ? 'One thing that always holds in your rows was found, and it holds in the samples too.'
      : `All ${always.length} things that were found to hold always in your rows hold in the samples too.`
  return `Samples break ${failing} of ${counted(always.length, 'thing')} that always ${always.length === 1 ? 'holds' : 'hold'} in your rows.`
}
