import { consonants, vowels } from './spoken.ts'

/** What the characters of a piece are; a character of no other class is its own. */
export type PieceClass = 'digits' | 'upper' | 'lower' | 'letters' | 'word' | 'chunk' | 'other'

/** What a piece's characters are completed to, if so many of them occur. */
export const alphabets: readonly (readonly [characters: string, least: number])[] = [
  ['0123456789', 6],
  ['0123456789abcdef', 10],
  ['0123456789ABCDEF', 10],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZ', 12],
  ['abcdefghijklmnopqrstuvwxyz', 12],
  ['0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', 20],
  ['0123456789abcdefghijklmnopqrstuvwxyz', 20],
  ['0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', 30],
]

/** The characters of a class, of which too few rows have any to show which ones occur. */
export const charactersOf: Readonly<Record<PieceClass, string>> = {
  digits: '0123456789',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  lower: 'abcdefghijklmnopqrstuvwxyz',
  letters: 'abcdefghijklmnopqrstuvwxyz',
  word: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  chunk: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  other: ' ',
}

/** Whether characters of a part are all of a kind, or letters that are spoken: they say nothing of the rows. */
export function areOfAnyText(characters: string): boolean {
  const ofKinds = [...alphabets.map(([each]) => each), ...Object.values(charactersOf)]
  return [...ofKinds, consonants, vowels].includes(characters)
}
