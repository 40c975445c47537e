/** How a text is cut into pieces, by which the form of a column's texts is found. */

/** What the characters of a piece are; a character of no other class is its own. */
export type PieceClass = 'digits' | 'upper' | 'lower' | 'letters' | 'word' | 'chunk' | 'other'

export interface Piece {
  readonly of: PieceClass
  readonly text: string
}

/** From fine to coarse: runs of one class of characters; words of letters and digits; what stands between spaces. */
const patterns = [
  /(\d+)|(\p{Lu}+)|(\p{Ll}+)|(\p{L}+)|([^\d\p{L}])/gu,
  /([\d\p{L}]+)|([^\d\p{L}])/gu,
  /(\S+)|(\s)/gu,
]
const classes: readonly (readonly PieceClass[])[] = [
  ['digits', 'upper', 'lower', 'letters', 'other'],
  ['word', 'other'],
  ['chunk', 'other'],
]

export const cuts = patterns.length

/** A text's pieces by the cut of this number, from 0, the finest. */
export function piecesOf(text: string, cut: number): Piece[] {
  return [...text.matchAll(patterns[cut]!)].map(([, ...groups]) => {
    const k = groups.findIndex((group) => group !== undefined)
    return { of: classes[cut]![k]!, text: groups[k]! }
  })
}

/** What texts of one shape have in common: the classes of their pieces, and characters of no class themselves. */
export function shapeOf(pieces: readonly Piece[]): string {
  return pieces.map(({ of, text }) => (of === 'other' ? text : `\0${of}`)).join('')
}
