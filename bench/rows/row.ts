/** A line of `npm run bench`: a figure, and what it may be at most. */
export interface Row {
  readonly what: string
  readonly value: number
  readonly unit: string
  readonly limit: number
}
