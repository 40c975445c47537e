import { mean } from './statistics.ts'

/** A column of numbers, and what correlations need of it if it has no missing value. */
export interface Numbers {
  readonly cells: Float64Array
  readonly complete: Centred | undefined
}

interface Centred {
  /** The cells minus their mean. */
  readonly deviations: Float64Array
  readonly squares: number
}

/** Prepares a column for its correlations with others. */
export function numbersOf(cells: Float64Array): Numbers {
  return { cells, complete: cells.every(Number.isFinite) ? centred(cells) : undefined }
}

function centred(cells: Float64Array): Centred {
  const middle = mean(cells)
  const deviations = cells.map((cell) => cell - middle)
  let squares = 0
  for (const each of deviations) squares += each * each
  return { deviations, squares }
}

/** The correlation of two columns, over the rows in which both have a number. */
export function correlation(x: Numbers, y: Numbers): number {
  const isPresent = (_: number, i: number) => Number.isFinite(x.cells[i]) && Number.isFinite(y.cells[i])
  const [a, b] =
    x.complete && y.complete
      ? [x.complete, y.complete]
      : [centred(x.cells.filter(isPresent)), centred(y.cells.filter(isPresent))]
  let xy = 0
  for (let i = 0; i < a.deviations.length; i++) xy += a.deviations[i]! * b.deviations[i]!
  return a.squares > 0 && b.squares > 0 ? xy / Math.sqrt(a.squares * b.squares) : 0
}
