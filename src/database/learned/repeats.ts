/**
 * Names that the rows of a parent repeat, such as the carrier of a plane: one more name stands for that of the row before, so that
 * it is repeated exactly, and a name is learned where it begins.
 */
import { ownValue } from '../../core/own.ts'
import { columnNamed } from '../../table/columns.ts'
import type { Given } from '../../table/known.ts'
import type { Column, TableColumn } from '../../table/table.ts'
import type { Repeats } from './plan.ts'

/** The cells of rows in order, with a repeated name as the one that stands for it; `isNext` says whether row k - 1 is of its parent. */
export function asRepeats(
  column: TableColumn,
  repeats: Repeats,
  isNext: (k: number) => boolean,
): TableColumn {
  const standsFor = ownValue(repeats, column.name)
  if (standsFor === undefined) return column
  const { cells } = column
  const categories = [...column.categories!, standsFor]
  const repeated = (cell: number, k: number) =>
    isNext(k) && cells[k - 1] === cell ? categories.length - 1 : cell
  return { ...column, categories, cells: cells.map(repeated) }
}

/**
 * Returns a function that gives row k the names of the row before it where it repeats them, by the index of the learned column, and
 * says whether there are any.
 */
export function repeaterOf(
  learned: readonly Column[],
  repeats: Repeats,
): (rows: readonly TableColumn[], k: number, before: (d: number) => number) => boolean {
  const repeated = learned.flatMap(({ name, categories }, d) =>
    Object.hasOwn(repeats, name) ? [{ name, d, place: categories!.indexOf(repeats[name]!) }] : [],
  )
  return (rows, k, before) =>
    repeated.every(({ name, d, place }) => {
      const { cells } = columnNamed(rows, name)
      if (cells[k] !== place) return true
      cells[k] = before(d)
      return !Number.isNaN(cells[k])
    })
}

/** A column without the name that stands for that of the row before. */
export function withoutRepeat<C extends Column>(column: C, repeats: Repeats): C {
  const standsFor = ownValue(repeats, column.name)
  if (standsFor === undefined) return column
  return { ...column, categories: column.categories!.filter((each) => each !== standsFor) }
}

/** What is given of rows, where a list of names takes that of the row before too: it is one of these. */
export function givenRepeats(given: Given, repeats: Repeats): Given {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const standsFor = ownValue(repeats, name)
      const hasList = typeof value === 'object' && value !== null && value.in && value.in.length > 1
      return [name, hasList && standsFor !== undefined ? { ...value, in: [...value.in, standsFor] } : value]
    }),
  )
}
