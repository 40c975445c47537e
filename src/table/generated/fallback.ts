/** How texts are made that faker would make, where it is missing or has no others: from their format, which the card has too. */
import { mayBeMade } from './avoid.ts'
import type { ColumnDraws } from './draws.ts'
import type { FakerMaker } from './faker.ts'
import type { FormFinder } from './find-form.ts'
import { type Fallback, type Form, textsOfRound } from './form.ts'
import type { Part } from './part.ts'
import { textOfSentences } from './sentences.ts'
import { spokenParts, spokenWord } from './spoken.ts'
import { textsOfForm } from './texts-of-form.ts'
import { textsOfWords } from './texts-of-words.ts'
import { settled } from './widen.ts'

/**
 * The format of texts that faker makes, for so many rows. E-mail addresses get one of any account at example.com, since others may
 * be somebody's.
 */
export function fallbackFor(
  method: string,
  finder: FormFinder,
  { rows, ...texts }: Pick<Form, 'isUnique' | 'avoided'> & { readonly rows: number },
): Fallback {
  const isMail = /mail$/i.test(method)
  const shaped = isMail ? [] : finder.plainAlternatives()
  const alternatives = shaped.length > 0 ? shaped : [{ share: textsOfRound, parts: isMail ? account : word }]
  return fallbackIn({ by: 'form', alternatives, ...texts }, rows)
}

const account: readonly Part[] = [
  ...spokenParts(4, 8),
  { of: '0123456789', min: 2, max: 2 },
  { text: '@example.com' },
]

/** Where no three texts have anything in common. */
const word: readonly Part[] = [
  { of: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', min: 1, max: 1 },
  ...spokenParts(4, 7, true),
]

/** The same format for texts that all differ. */
export function uniqueFallback({ fallback, avoided }: FakerMaker, rows: number): Fallback | undefined {
  return fallback && fallbackIn({ ...fallback, by: 'form', isUnique: true, avoided }, rows)
}

function fallbackIn(form: Form, rows: number): Fallback {
  const { alternatives, isUnique } = settled(form, rows)
  return { alternatives, isUnique }
}

/** The form that makes a column's texts without faker; undefined of words and free text, and if the file is older than such forms. */
export function formWithout({ fallback, words, sentences, avoided }: FakerMaker): Form | undefined {
  return fallback && !words && !sentences ? { ...fallback, by: 'form', avoided } : undefined
}

/** Whether a column's texts can be made without faker. */
export function canDoWithout({ fallback, words, sentences }: FakerMaker): boolean {
  return fallback !== undefined || words !== undefined || sentences !== undefined
}

/** A text of words that can be spoken is tried so often. */
const mostAttempts = 1024

/**
 * Makes the text of an index without faker; undefined of one that can't be made.
 *
 * @param form - What `formWithout` returned.
 */
export function textsWithout(
  { words, sentences, isNumbered, avoided }: FakerMaker,
  form: Form | undefined,
  draws: ColumnDraws,
  name: string,
): (index: number) => string | undefined {
  if (words) return textsOfWords(words, { isNumbered, avoided }, draws)
  if (form) return textsOfForm(form, draws, name)
  if (!sentences) return () => undefined
  const isFree = mayBeMade(avoided)
  return (index) => {
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const uniform = draws.uniforms(index, attempt)
      const text = textOfSentences(sentences, uniform, () => spokenWord(uniform))
      const numbered = isNumbered ? `${text} ${index}` : text
      if (isFree(numbered)) return numbered
    }
    return undefined
  }
}
