import * as v from 'valibot'

/** What free text is like: how many words, and how they are written. */
export interface Sentences {
  /** Words of a text: the smallest number, ten per cent of the rows', and so on to the largest. */
  readonly words: readonly number[]
  readonly style: 'sentences' | 'title' | 'upper' | 'lower'
}

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(1))

export const sentencesSchema = v.object({
  words: v.pipe(v.array(whole), v.length(11), v.readonly()),
  style: v.picklist(['sentences', 'title', 'upper', 'lower']),
})

/** Words of a sentence, at most. */
const longestSentence = 12

/** A text of the rows' lengths, of uniform numbers in [0, 1) and words. */
export function textOfSentences(
  { words, style }: Sentences,
  uniform: () => number,
  word: () => string,
): string {
  const at = uniform() * (words.length - 1)
  const k = Math.floor(at)
  const count = Math.round(words[k]! + (at - k) * (words[k + 1]! - words[k]!))
  const all = Array.from({ length: count }, word)
  switch (style) {
    case 'upper':
      return all.join(' ').toUpperCase()
    case 'lower':
      return all.join(' ')
    case 'title':
      return all.map(capitalised).join(' ')
    case 'sentences': {
      const sentences: string[] = []
      while (all.length > 0) {
        const length = Math.ceil(longestSentence * (0.5 + uniform() / 2))
        sentences.push(`${capitalised(all.splice(0, length).join(' '))}.`)
      }
      return sentences.join(' ')
    }
  }
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
