/** A part of a text. */
export type Part =
  /** The same in every text. */
  | { readonly text: string }
  /** One of several texts, by their weights; or the year of a date in its row, where that is known. */
  | {
      readonly choices: readonly string[]
      readonly weights: readonly number[]
      /** The column of the date, or of the year itself: of a year, as many digits as the choices have. */
      readonly yearOf?: string | undefined
    }
  /** Characters of a set: at least `min`, at most `max`. */
  | { readonly of: string; readonly min: number; readonly max: number }
  /** A whole number in a range, without leading zeros. */
  | { readonly from: number; readonly to: number }
  /** A number that counts on from this one, with at least so many digits. */
  | { readonly counter: number; readonly width: number }
