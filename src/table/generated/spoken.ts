/** Letters and words that can be spoken: consonants and vowels in turn. */
import type { Part } from './part.ts'

export const [consonants, vowels] = ['bcdfghjklmnprstvz', 'aeiou']

/** Letters of a text from `min` to `max` of them, after a capital a vowel first. */
export function spokenParts(min: number, max: number, isAfterCapital = false): Part[] {
  return Array.from({ length: max }, (_, k) => ({
    of: (k % 2 === 0) === isAfterCapital ? vowels : consonants,
    min: k < min ? 1 : 0,
    max: 1,
  }))
}

/** A word of two to four syllables. */
export function spokenWord(uniform: () => number): string {
  const below = (most: number) => Math.floor(uniform() * most)
  const syllable = () => `${consonants[below(consonants.length)]}${vowels[below(vowels.length)]}`
  return Array.from({ length: 2 + below(3) }, syllable).join('')
}
