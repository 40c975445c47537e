import type { FloatArray, Points } from '../../numerics/points.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import { findDates } from './find-dates.ts'
import { determinedSearch } from './find-determined.ts'
import { findSums } from './find-sums.ts'
import type { Found } from './found.ts'
import type { Relation } from './index.ts'

/**
 * Finds the relations of the training rows (docs/formulation.md, "Relations").
 *
 * @param columns - The columns, encoded.
 * @param points - Their cells [rows, columns], NaN for a missing one.
 * @param independent - Names of columns that are to be learned by themselves.
 * @returns The relations, in the order of their columns.
 */
export function findRelations(
  columns: readonly EncodedColumn[],
  points: Points<FloatArray>,
  independent: readonly string[] = [],
): Relation[] {
  const relations: Relation[] = []
  const indexOf = new Map(columns.map(({ name }, d) => [name, d]))
  const [follows, sources] = [new Set<number>(), new Set<number>()]
  const isFixed = columns.map(
    ({ name, as }) => as === 'key' || as === 'constant' || independent.includes(name),
  )
  const found: Found = {
    mayFollow: (d) => !isFixed[d] && !follows.has(d) && !sources.has(d),
    mayBeSource: (d) => !follows.has(d),
    add(relation) {
      relations.push(relation)
      follows.add(indexOf.get(relation.column)!)
      for (const name of relation.by) sources.add(indexOf.get(name)!)
    },
  }
  findDates(columns, points, found)
  const determined = determinedSearch(columns, points, found)
  determined.singles(false)
  findSums(columns, points, found)
  determined.pairs()
  // a number may identify names by accident, as the distance does a route: names are learned better than numbers
  determined.singles(true)
  return relations.toSorted((a, b) => indexOf.get(a.column)! - indexOf.get(b.column)!)
}
