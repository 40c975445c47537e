import { InputError, nearest } from '../core/errors.ts'

/** Which columns a figure shows, and what to say where it chose them itself. */
export interface ColumnChoice {
  readonly indices: readonly number[]
  readonly names: readonly string[]
  readonly notes: readonly string[]
}

/**
 * The two columns of a plane figure: those that are chosen, else the first two. Errors: a name that there isn't; not
 * two of them; a single column.
 */
export function planeColumns(
  figure: string,
  all: readonly string[],
  chosen: readonly string[] | undefined,
): ColumnChoice {
  if (all.length < 2)
    throw new InputError(
      `${figure} draws two columns, and there is one, ${all[0]}: plot pairs draws its histogram`,
    )
  if (chosen && chosen.length !== 2)
    throw new InputError(`--columns ${chosen.join(',')}: ${figure} draws two columns: name two`)
  const { indices, names } = namedColumns(all, chosen ?? all.slice(0, 2))
  const notes =
    chosen || all.length === 2
      ? []
      : [
          `${names.join(' and ')} are the first two of ${all.length} columns: --columns chooses others, plot pairs shows all`,
        ]
  return { indices, names, notes }
}

/** The columns of a scatter matrix: those that are chosen, else all. Errors: a name that there isn't; more than `most`. */
export function pairedColumns(
  all: readonly string[],
  chosen: readonly string[] | undefined,
  most: number,
): ColumnChoice {
  const { indices, names } = namedColumns(all, chosen ?? all)
  if (names.length > most)
    throw new InputError(`pairs draws up to ${most} columns, not ${names.length}: choose some with --columns`)
  return { indices, names, notes: [] }
}

function namedColumns(all: readonly string[], names: readonly string[]) {
  const indices = names.map((name, k) => {
    const index = all.indexOf(name)
    if (index < 0)
      throw new InputError(
        `--columns: there is no column ${name}${nearest(name, all)}: choose from ${all.join(', ')}`,
      )
    if (names.indexOf(name) !== k) throw new InputError(`--columns: ${name} is named twice`)
    return index
  })
  return { indices, names }
}
