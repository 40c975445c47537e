import { isMissingWord } from './cells.ts'
import type { Grid } from './grid.ts'
import type { Word } from './words.ts'

/** The first cells of a column as they stand, null for one that is missing: a column that is generated keeps no other. */
export type FirstTexts = readonly (string | null)[]

/** So many are kept, to show; and one more, which may turn out to be the header. */
export const fewTexts = 25

/** The first cells of a column whose words are all known. */
export function firstTextsOf(
  { words, index }: { readonly words: readonly Pick<Word, 'text'>[]; readonly index: number },
  grid: Grid,
): FirstTexts {
  return Array.from({ length: Math.min(fewTexts, grid.rows) }, (_, row) => {
    const text = words[grid.columns[index]![row]!]?.text
    return text === undefined || isMissingWord(text) ? null : text
  })
}
