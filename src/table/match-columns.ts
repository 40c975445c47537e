import { InputError } from '../core/errors.ts'
import { type FloatArray, gatherColumns, type Points } from '../core/points.ts'

/** Something with columns, and what to call it in messages. */
export interface WithColumns {
  readonly file: string
  readonly dim: number
  /** Nothing where it names none. */
  readonly columns: readonly string[] | undefined
}

/**
 * The points with their columns in the order of `reference`: by name where both name theirs, else as they stand.
 * Errors: another number of columns; names that the reference has not.
 */
export function matchColumns<A extends FloatArray>(
  { file, points, columns }: { file: string; points: Points<A>; columns: readonly string[] | undefined },
  reference: WithColumns,
): Points<A> {
  if (points.dim !== reference.dim)
    throw new InputError(
      `${file} has ${points.dim} columns, ${reference.file} has ${reference.dim}: give points of the same columns`,
    )
  if (!columns || !reference.columns) return points
  const stranger = columns.find((name) => !reference.columns?.includes(name))
  if (stranger !== undefined) {
    if (areNumbered(columns) || areNumbered(reference.columns)) return points
    throw new InputError(
      `${file} has a column ${stranger}, which ${reference.file} has not (${reference.columns.join(', ')}): ` +
        'give points of the same columns',
    )
  }
  return gatherColumns(
    points,
    reference.columns.map((name) => columns.indexOf(name)),
  )
}

/** The names that a CSV file without a header is read with. */
function areNumbered(columns: readonly string[]): boolean {
  return columns.every((name, d) => name === `x${d}`)
}
