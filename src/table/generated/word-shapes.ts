/** Texts as words and what is between them, and what kind each word is. */

/** A word in a text, with what is before and after it. */
export interface Slot {
  /** What is before the first word; of later words the text between is that after the word before. */
  readonly before: string
  readonly after: string
  /** What kind of word it is, by `shapeOf`. */
  readonly shape: string
}

/** A text of more words, or of more characters, is not a name. */
const mostWords = 12
export const mostCharacters = 120

const word = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/gu

/** A text's words, and their slots; undefined of a long text, and of one without words. */
export function wordsIn(text: string): { words: string[]; slots: Slot[] } | undefined {
  if (text.length > mostCharacters) return undefined
  const found = [...text.matchAll(word)]
  if (found.length === 0 || found.length > mostWords) return undefined
  const endOf = (k: number) => found[k]!.index + found[k]![0].length
  const slots = found.map(({ 0: each, index }, k) => ({
    before: k === 0 ? `^${text.slice(0, index)}` : text.slice(endOf(k - 1), index),
    after: k === found.length - 1 ? `${text.slice(endOf(k))}$` : text.slice(endOf(k), found[k + 1]!.index),
    shape: shapeOfWord(each),
  }))
  return { words: found.map(([each]) => each), slots }
}

/**
 * What kind of word it is: `Aa` with a capital, `a` in small letters, `A` one capital, `AA` several, `l` letters that are neither; of one with
 * digits `0` for each of them, and `a` or `A` for letters.
 */
export function shapeOfWord(text: string): string {
  if (/\p{N}/u.test(text))
    return text
      .replace(/\p{N}/gu, '0')
      .replace(/\p{Lu}/gu, 'A')
      .replace(/[^0A]/gu, 'a')
  if (/^\p{Lu}/u.test(text)) return text.length === 1 ? 'A' : /\p{Ll}/u.test(text) ? 'Aa' : 'AA'
  return /\p{Ll}/u.test(text) ? 'a' : 'l'
}

/** Whether a word of the shape has digits. */
export function hasDigits(shape: string): boolean {
  return shape.includes('0')
}

/** The letters of a word, as words of any shape share them. */
export function foldedLetters(text: string): string {
  return shapeOfWord(text) === 'AA' ? text.toLowerCase() : `${text.charAt(0).toLowerCase()}${text.slice(1)}`
}

/** Letters as a word of a shape. */
export function inShape(letters: string, shape: string): string {
  if (shape === 'AA') return letters.toUpperCase()
  return shape === 'Aa' ? `${letters.charAt(0).toUpperCase()}${letters.slice(1)}` : letters
}
