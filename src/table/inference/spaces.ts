import { humanCount } from '../../core/format.ts'
import type { ColumnBuilder } from './column-builder.ts'
import { quoted, type Word } from './words.ts'

/**
 * What to note about spaces at the ends of names, which are not part of them: which names they were, or that two differ only
 * by them. Nothing if each cell begins with one, as after the commas of `39, male`: there they belong to the comma.
 */
export function spacesAtEnds({ padded, words }: ColumnBuilder, used: readonly Word[]): string[] {
  const [first] = padded
  if (first === undefined) return []
  if (padded.length === words.length && padded.every((text) => text === ` ${text.trim()}`)) return []
  const texts = new Set<string>()
  const twice = used.find(({ text }) => texts.size === texts.add(text).size)?.text
  if (twice !== undefined) {
    const spelled = padded.find((text) => text.trim() === twice)
    return [
      `${quoted(twice)} and ${quoted(spelled ?? twice)} differ only by spaces at their ends: they are one name`,
    ]
  }
  const more = padded.length > 1 ? ` and ${humanCount(padded.length - 1)} more` : ''
  return [`${quoted(first)}${more}: the spaces at the ends of a name are left out`]
}
