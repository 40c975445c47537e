/** How many texts a form has room for, of which none is in the rows. */
import { maxAttempts, mayBeMade } from './avoid.ts'
import { type Form, textsOfRound } from './form.ts'
import type { Part } from './part.ts'
import { areAlike, roomOf, textOfParts } from './text-of-parts.ts'

/** A way to build a text that has at most so many texts is listed; with check digits, which take longer, fewer. */
const [mostListed, mostChecked] = [2 ** 20, 2 ** 12]

/** So many texts of a form are listed: all that Moonstep's own files ask for. The further ways of a stranger's are not. */
const mostOfForm = 32 * mostListed

/** A rank is tried at most so often, with other choices and lengths. */
const mostOfRank = 16

/** At least about so many of a listed way's texts may be made, as a share. */
const leastListed = 1 / 8

/** How many unique texts a way to build them has room for, before it is known which of them may be made. */
export function expectedRoom(parts: readonly Part[]): number {
  if (parts.some((part) => 'counter' in part)) return Number.POSITIVE_INFINITY
  const room = roomOf(parts)
  return Math.floor(isListed(parts) ? room * leastListed : room / ranksOfText(parts))
}

/** Ranks that each text may try: fewer, if what is drawn beside the rank makes several texts of one. */
function ranksOfText(parts: readonly Part[]): number {
  const texts = parts.reduce((product, part) => product * textsBesideRank(part), 1)
  // of so many that are drawn, half or more differ
  return Math.ceil(maxAttempts / Math.max(1, Math.min(mostOfRank, Math.floor(texts / 2))))
}

/** How many texts of a part do not depend on the rank, if they were all as frequent as the commonest. */
function textsBesideRank(part: Part): number {
  if ('of' in part) return part.max - part.min + 1
  if (!('choices' in part) || areAlike(part) || part.yearOf !== undefined) return 1
  return part.weights.reduce((sum, weight) => sum + weight, 0) / Math.max(...part.weights)
}

/** Whether a way has so few texts that those that may be made are listed: nothing but the rank differs between them. */
function isListed(parts: readonly Part[], check?: Form['check']): boolean {
  const isVarying = (part: Part) =>
    'counter' in part || ('choices' in part && !areAlike(part)) || ('of' in part && part.max > part.min)
  return roomOf(parts) <= (check ? mostChecked : mostListed) && !parts.some(isVarying)
}

/** What all ways of a form have in common. */
export type FormOfWay = Pick<Form, 'isUnique' | 'avoided' | 'check'>

/** The texts of a way that may be made, by their ranks. */
interface Supply {
  /** How many ranks there are, and how many of them each text may try. */
  readonly room: number
  readonly ranksOfText: number
  /** The ranks of those that may be made, if they are listed; otherwise all. */
  readonly ranks?: readonly number[]
}

/** Listing takes longer than making some texts. */
const supplies = new WeakMap<Form, readonly Supply[]>()

/** What each way of a form has room for: none of its texts is in the rows. At most `most` texts are listed. */
export function suppliesOf(form: Form, most = mostOfForm): readonly Supply[] {
  const cached = supplies.get(form)
  if (cached) return cached
  let left = most
  const ofAlternatives = form.alternatives.map(({ parts }) => {
    const supply = supplyOf(parts, form, left)
    if (supply.ranks) left -= roomOf(parts)
    return supply
  })
  supplies.set(form, ofAlternatives)
  return ofAlternatives
}

function supplyOf(parts: readonly Part[], { isUnique, avoided, check }: FormOfWay, most: number): Supply {
  const room = roomOf(parts)
  if (!avoided) return { room, ranksOfText: 1 }
  if (!isUnique || room > most || !isListed(parts, check)) return { room, ranksOfText: ranksOfText(parts) }
  const isFree = mayBeMade(avoided)
  const textOf = textOfParts(parts, check)
  const ranks: number[] = []
  for (let rank = 0; rank < room; rank++)
    if (isFree(textOf({ rank, index: 0, uniform: () => 0 }))) ranks.push(rank)
  return { room: ranks.length, ranksOfText: 1, ranks }
}

/** How many unique texts of a form one of its ways has room for, of which none is in the rows. */
export function roomOfWay(parts: readonly Part[], form: FormOfWay): number {
  const { room, ranksOfText } = supplyOf(parts, form, mostOfForm)
  return Math.floor(room / ranksOfText)
}

/**
 * How many texts a form has room for that all differ and are not in the rows: without an end, if the form is found in the rows, since its
 * further texts end in a number.
 */
export function capacityOf(form: Form): number {
  return form.isStated ? roomOfStated(form) : Number.POSITIVE_INFINITY
}

function roomOfStated(form: Form): number {
  const isSingle = form.alternatives.length === 1
  const rounds = form.alternatives.map(({ share, parts }, k) => {
    const { room, ranksOfText } = suppliesOf(form)[k]!
    return parts.some((part) => 'counter' in part)
      ? Number.POSITIVE_INFINITY
      : Math.floor(Math.floor(room / ranksOfText) / (isSingle ? 1 : share))
  })
  return (isSingle ? 1 : textsOfRound) * Math.min(...rounds)
}
