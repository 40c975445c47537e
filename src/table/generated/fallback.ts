/** How texts are made that faker would make, where it is missing or has no others: from their format, which the card has too. */
import { type Avoided, mayBeMade } from './avoid.ts'
import type { ColumnDraws } from './draws.ts'
import type { FakerMaker } from './faker.ts'
import type { FormFinder } from './find-form.ts'
import { type Fallback, type Form, textsOfRound } from './form.ts'
import type { Part } from './part.ts'
import { textOfSentences } from './sentences.ts'
import { spokenParts, spokenWord } from './spoken.ts'
import { textsOfForm } from './texts-of-form.ts'
import { settled } from './widen.ts'

interface Texts {
  readonly isUnique: boolean
  readonly rows: number
  readonly avoided: Avoided
}

/**
 * The format of texts that faker makes. E-mail addresses get one of any account at example.com, since others may be somebody's.
 *
 * @param method - The method of faker.
 * @param finder - What the rows' texts have in common.
 * @param texts - Whether they must all differ, and the number of rows.
 */
export function fallbackFor(
  method: string,
  finder: FormFinder,
  { isUnique, rows, avoided }: Texts,
): Fallback {
  const shaped = /mail$/i.test(method) ? [] : finder.plainAlternatives()
  const parts = /mail$/i.test(method) ? account : word
  const alternatives = shaped.length > 0 ? shaped : [{ share: textsOfRound, parts }]
  return fallbackIn({ by: 'form', alternatives, isUnique, avoided }, rows)
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

/** The form that makes a column's texts without faker; undefined of free text, and if the file is older than such forms. */
export function formWithout({ fallback, sentences, avoided }: FakerMaker): Form | undefined {
  return fallback && !sentences ? { ...fallback, by: 'form', avoided } : undefined
}

/** Whether a column's texts can be made without faker. */
export function canDoWithout({ fallback, sentences }: FakerMaker): boolean {
  return fallback !== undefined || sentences !== undefined
}

/** A text of words that can be spoken is tried so often. */
const mostAttempts = 1024

/**
 * Makes the texts of a column without faker.
 *
 * @param maker - How faker makes them.
 * @param form - What `formWithout` returned.
 * @param draws - The column's random numbers.
 * @param name - The column's name, for messages.
 * @returns The text of an index; undefined of one that can't be made.
 */
export function textsWithout(
  { sentences, isNumbered, avoided }: FakerMaker,
  form: Form | undefined,
  draws: ColumnDraws,
  name: string,
): (index: number) => string | undefined {
  if (form) return textsOfForm(form, draws, name)
  if (!sentences) return () => undefined
  const isFree = avoided ? mayBeMade(avoided) : () => true
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
