/** Something of the training rows that a file holds, for everyone to read who has the file. */
export interface HeldPart {
  /** The column, or the columns, that it is of. */
  readonly columns: readonly string[]
  /** How many there are. */
  readonly count: number
  /** What they are, of one and of several: `['name', 'names']`. */
  readonly noun: readonly [string, string]
  /** Whether the end of the column's range is among them: its smallest and largest, or first and last. */
  readonly hasEnds?: boolean | undefined
}
