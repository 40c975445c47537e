/** Rows that are drawn until they are accepted: samples, filled missing values, and the rows of several tables. */

export interface Attempts {
  /** How often a row is drawn at most. */
  readonly most: number
  readonly signal?: AbortSignal | undefined
  /**
   * The most rows that are drawn at a time for several attempts: a few rows cost as much as a single one. Default: each attempt is
   * drawn by itself.
   */
  readonly atOnce?: number | undefined
  /**
   * Draws rows for some attempts: all of them for the first attempt, then for the next.
   *
   * @returns Writes the k-th of these into the place of a row.
   */
  draw(rows: readonly number[], attempts: readonly number[]): Promise<(k: number, row: number) => void>
  /** Whether a row in its place is accepted. */
  accepts(row: number, isLast: boolean): boolean
}

/**
 * Draws rows again that were refused at first, each until it is accepted or was drawn as often as it may be.
 *
 * @returns The rows that are refused after all.
 */
export async function drawUntilAccepted(
  first: readonly number[],
  { most, signal, atOnce = 0, draw, accepts }: Attempts,
): Promise<readonly number[]> {
  let refused = first
  let together = 1
  for (let attempt = 1; refused.length > 0 && attempt < most; attempt += together, together *= 2) {
    signal?.throwIfAborted()
    const some = refused
    together = Math.min(together, most - attempt, Math.max(1, Math.floor(atOnce / some.length)))
    const attempts = Array.from({ length: together }, (_, a) => attempt + a)
    const put = await draw(some, attempts)
    const places = new Map(some.map((row, place) => [row, place]))
    for (const [a, each] of attempts.entries())
      refused = refused.filter((row) => {
        put(a * some.length + places.get(row)!, row)
        return !accepts(row, each === most - 1)
      })
  }
  return refused
}
