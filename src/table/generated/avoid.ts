import * as v from 'valibot'
import { hashOf } from '../inference/cells.ts'

/**
 * Which texts are never made, so that none of the training rows' is: texts fall into so many groups by their hash, and only
 * those of groups that no training row's text is in are made. A group has so many of the rows' texts in the mean that most
 * have one: that a text is not made says next to nothing about whether it stands in the rows (docs/decisions).
 */
export interface Avoided {
  readonly groups: number
  /** The groups whose texts may be made, as bits in base64, the first group's lowest. */
  readonly free: string
}

export const avoidedSchema = v.object({ groups: v.pipe(v.number(), v.safeInteger()), free: v.string() })

/** The rows' texts in a group, in the mean: about a fifth of the groups are then free. */
const textsOfGroup = 1.5

/** A text is tried so often, each time with other random numbers: with a fifth of them free, one in 10^14 finds none. */
export const maxAttempts = 128

/** The groups of the texts with these hashes. */
export function avoidedOf(all: ReadonlySet<number>): Avoided {
  for (let groups = Math.max(1, Math.ceil(all.size / textsOfGroup)); ; groups *= 2) {
    const bits = new Uint8Array(Math.ceil(groups / 8)).fill(0xff)
    for (const hash of all) bits[(hash % groups) >> 3]! &= ~(1 << ((hash % groups) % 8))
    let free = 0
    for (let group = 0; group < groups; group++) free += isSet(bits, group)
    if (free >= groups / 8)
      return { groups, free: btoa(Array.from(bits, (byte) => String.fromCharCode(byte)).join('')) }
  }
}

/** Whether a text may be made: any, where none is avoided. */
export function mayBeMade(avoided: Avoided | undefined): (text: string) => boolean {
  if (!avoided) return () => true
  const { groups, free } = avoided
  const bits = Uint8Array.from(atob(free), (char) => char.charCodeAt(0))
  return (text) => isSet(bits, hashOf(text) % groups) === 1
}

function isSet(bits: Uint8Array, group: number): number {
  return (bits[group >> 3]! >> (group % 8)) & 1
}
