import { InputError, outOfRange, unknownName } from '../core/errors.ts'
import type { AxisNames } from '../plot/layout.ts'
import type { FigureRequest } from './figure.ts'

/**
 * The two columns of a figure in the plane: those that are chosen, else the first two, which is noted. Throws an
 * InputError where there is no column of a name, where not two are chosen, and of a single column.
 */
export function planeColumns(
  { figure, columns: chosen, note }: FigureRequest,
  all: readonly string[],
): { indices: readonly number[]; names: AxisNames } {
  if (all.length < 2)
    throw new InputError(
      `${figure} draws two columns, and there is one, ${all[0]}: plot pairs draws its histogram`,
      'conflict',
    )
  if (chosen && chosen.length !== 2)
    throw outOfRange('columns', chosen.join(','), `${figure} draws two columns: name two`)
  const [x, y] = chosen ?? all
  const names = [x!, y!]
  if (!chosen && all.length > 2)
    note(
      `${names.join(' and ')} are the first two of ${all.length} columns: \`columns\` chooses others, plot pairs shows all`,
    )
  return { indices: columnIndices(all, names), names: { x: x!, y: y! } }
}

/** The names of two columns' axes in scaled space. */
export const scaledNames = ({ x, y }: AxisNames): AxisNames => ({ x: `${x}, scaled`, y: `${y}, scaled` })

/** Where the columns of these names stand. Throws an InputError where there is none of a name, or one is named twice. */
export function columnIndices(all: readonly string[], names: readonly string[]): number[] {
  return names.map((name, k) => {
    const index = all.indexOf(name)
    if (index < 0) throw unknownName('columns', name, all, { what: 'column' })
    if (names.indexOf(name) !== k)
      throw new InputError(`columns has ${name} twice: name each column once`, 'out-of-range', {
        option: 'columns',
        value: names,
      })
    return index
  })
}
