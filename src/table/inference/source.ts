import { wrongType } from '../../core/errors.ts'

/** What a table in code may be. */
export const sourceRemedy = 'give a table, points, or an array of rows such as [{ x: 1, y: 2 }]'

/**
 * Checks that a value may be a table in code. `name` is the option or the argument.
 *
 * @throws InputError on what holds or names a table instead of being one, which says how to get at it, and on any other
 * value.
 */
export function requireSource(name: string, source: unknown): void {
  if (typeof source !== 'object' || source === null) throw wrongType(name, source, sourceRemedy)
  const way = wayToTable(source)
  if (way !== undefined) throw wrongType(name, source, way)
  if (!Array.isArray(source) && !['columns', 'data'].some((part) => part in source))
    throw wrongType(name, source, sourceRemedy)
}

/** How to get a table from what was given in place of one; undefined of a table. */
function wayToTable(source: object): string | undefined {
  if (source instanceof URL) return 'give the path of a file, or the table that readTable reads from it'
  if (source instanceof Promise) return 'it is still pending: await it'
  if (ArrayBuffer.isView(source) || source instanceof ArrayBuffer)
    return 'it has neither rows nor columns: give a table, rows or { data, count, dim }; readTable reads a file'
  if (source instanceof Blob) return 'give the table that readTable reads from it'
  if ('table' in source) return 'it is a result, which holds a table: give its `table`'
  if ('points' in source && !('count' in source))
    return 'its cells are in `points`, as those of a table once were: give { count, columns }, each column with its `cells`, or the points alone'
  if ('weights' in source && 'config' in source) return 'it is a trained run: give the rows to learn from'
  return undefined
}
