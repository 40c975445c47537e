// A file without the types of the plot library, which need those of d3: moonstep/web has this type.

/** A column's distribution, as shares of all rows. */
export interface Distribution {
  /** By bin or slot. */
  readonly shares: readonly number[]
  /** The share of rows without a number; always 0 for names, which have a slot for that. */
  readonly missing: number
}
