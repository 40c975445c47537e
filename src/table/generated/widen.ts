/** Makes a found form wide enough for the rows that are drawn of it, before anything is trained. */
import { mayBeMade } from './avoid.ts'
import { columnDraws } from './draws.ts'
import { alternativesOf, type Form, textsOfRound } from './form.ts'
import type { Part } from './part.ts'
import { type FormOfWay, roomOfWay } from './room.ts'
import { areAlike, textOfParts } from './text-of-parts.ts'

/**
 * Unique texts suffice for so many times the rows: ten times are promised, and of a table among several, chance decides how many
 * children ten times the parents have.
 */
const timesTheRows = 15

/** Ways that can't get wider are left out if the others have this share of the texts. */
const leastLeft = 0.5

/** Texts that are drawn on trial, and how many of them must be free to be made. */
const [trials, leastFree] = [960, 30]

/**
 * A form with room for many times the rows. A way to build texts that has too little gets wider step by step: characters of which
 * few occur become all of their kind, the last ones more, the last number longer. Without any of these, it is left out, or, if that
 * leaves too little, all texts end in further digits. Its texts stay apart from those of the other ways, as the kinds of its pieces stay.
 * It is the form itself if that has room.
 */
export function settled(form: Form, rows: number): Form {
  const { alternatives } = form
  const texts = timesTheRows * rows
  const rounds = Math.ceil(texts / textsOfRound)
  const lacks = (parts: readonly Part[], share: number) =>
    form.isUnique
      ? roomOfWay(parts, form) < (alternatives.length === 1 ? texts : share * rounds)
      : !isOftenFree(parts, form)
  const widened = alternatives.flatMap(({ share, parts }) => {
    let wide: readonly Part[] | undefined = parts
    while (wide && lacks(wide, share)) wide = wider(wide, form)
    return wide ? [{ share, parts: wide }] : []
  })
  if (widened.length === alternatives.length)
    return widened.every(({ parts }, k) => parts === alternatives[k]!.parts)
      ? form
      : { ...form, alternatives: widened }
  const left = widened.reduce((sum, { share }) => sum + share, 0)
  if (left >= leastLeft * textsOfRound) {
    const ways = widened.map(({ share, parts }) => ({ count: share, parts }))
    return settled({ ...form, alternatives: alternativesOf(ways) }, rows)
  }
  // if only one way ended so, its texts could be those of another
  const longer = alternatives.map(({ share, parts }) => ({ share, parts: [...parts, ...ending] }))
  return settled({ ...form, alternatives: longer }, rows)
}

/** What a form ends in whose texts have nothing to widen. */
const ending: readonly Part[] = [{ text: '-' }, { of: '0123456789', min: 1, max: 1 }]

/** Whether enough of a way's texts may be made that attempts at one find it. */
function isOftenFree(parts: readonly Part[], { avoided, check }: FormOfWay): boolean {
  const isFree = mayBeMade(avoided)
  const textOf = textOfParts(parts, check)
  const draws = columnDraws(0, '')
  let free = 0
  for (let index = 0; index < trials; index++)
    if (isFree(textOf({ rank: undefined, index, uniform: draws.uniforms(index, 0) }))) free++
  return free >= leastFree
}

/** The next wider parts; undefined if nothing in them can be wider. */
function wider(parts: readonly Part[], { isUnique }: FormOfWay): readonly Part[] | undefined {
  if (isAddress(parts)) return widerAddress(parts)
  const equal = isUnique ? parts.map(withEqualWeights) : parts
  if (equal.some((part, k) => part !== parts[k])) return equal
  const complete = parts.map(completed)
  if (complete.some((part, k) => part !== parts[k])) return complete
  const characters = parts.findLastIndex((part) => 'of' in part && part.min > 0 && part.of.length > 1)
  if (characters >= 0)
    return parts.map((part, k) =>
      k === characters && 'of' in part ? { ...part, min: part.min + 1, max: part.max + 1 } : part,
    )
  const number = parts.findLastIndex((part) => longerNumber(part) !== part)
  return number < 0 ? undefined : parts.map((part, k) => (k === number ? longerNumber(part) : part))
}

/** A number with a digit more, if the part is a number and may have more. */
export function longerNumber(part: Part): Part {
  if (!('from' in part)) return part
  const to = 10 * part.to + 9
  return Number.isSafeInteger(to) ? { ...part, to } : part
}

/** Texts that are as frequent as each other tell texts apart. */
function withEqualWeights(part: Part): Part {
  if (!('choices' in part) || areAlike(part) || part.yearOf !== undefined) return part
  return { ...part, weights: part.weights.map(() => 1) }
}

const kinds = ['0123456789', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'] as const

/** All characters of a kind in place of a few; letters that are spoken, and a digit that is no zero, stay so. */
function completed(part: Part): Part {
  if (!('of' in part) || part.of.length < 2) return part
  const kind = kinds.find((characters) => [...part.of].every((char) => characters.includes(char)))
  if (kind === undefined || part.of === 'aeiou' || 2 * part.of.length >= kind.length) return part
  return { ...part, of: kind }
}

const byte: Part = { from: 0, to: 255 }

/** Whether the texts are IP addresses, whose numbers are at most 255. */
function isAddress(parts: readonly Part[]): boolean {
  const example = parts.map((part) => ('text' in part ? part.text : '0')).join('')
  return /^\d+\.\d+\.\d+\.\d+$/.test(example)
}

/** The last number that is not yet any becomes so, and at the end all of them. */
function widerAddress(parts: readonly Part[]): readonly Part[] | undefined {
  const last = parts.findLastIndex(
    (part) => !('text' in part) && !('from' in part && part.from === 0 && part.to === 255),
  )
  if (last >= 0) return parts.map((part, k) => (k === last ? byte : part))
  const dot: Part = { text: '.' }
  const all = [byte, dot, byte, dot, byte, dot, byte]
  return parts.length < all.length ? all : undefined
}
