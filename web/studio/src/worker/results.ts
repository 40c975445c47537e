/**
 * Rows that a worker holds for its page, each by a number: what the page shows, describes and saves is asked for by the number that came
 * with it. Rows of a request that the page no longer waits for, or that failed, are never those of a number that it has.
 */
export class Results<T> {
  readonly #rows = new Map<number, T>()
  #last = 0

  /** Holds further rows. Returns their number. */
  add(rows: T): number {
    this.#rows.set(++this.#last, rows)
    return this.#last
  }

  /** The rows of a number that the page has. */
  get(id: number): T {
    const rows = this.#rows.get(id)
    if (!rows) throw new Error(`no rows are held by the number ${id}`)
    return rows
  }

  /** Forgets all rows but those that the page shows, if any. */
  keepOnly(id: number | undefined): void {
    for (const each of this.#rows.keys()) if (each !== id) this.#rows.delete(each)
  }
}
