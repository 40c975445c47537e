import type { EncodedColumn } from '../encodings/index.ts'
import { isGenerated } from '../table.ts'
import { findCopies } from './find-copies.ts'
import { findDates } from './find-dates.ts'
import { determinedSearch } from './find-determined.ts'
import { findNear } from './find-near.ts'
import { findOrders } from './find-orders.ts'
import { findSums } from './find-sums.ts'
import { findYears } from './find-years.ts'
import type { Found } from './found.ts'
import type { Relation } from './index.ts'

/**
 * Finds the relations of the training rows (docs/formulation.md, "Relations").
 *
 * @param columns - The columns, encoded.
 * @param cells - Their cells, NaN for a missing one.
 * @param independent - Names of columns that are to be learned by themselves.
 * @param encode - Encodes numbers that the network is to learn beside the columns.
 * @param stated - Relations that hold whatever the rows show, as rules say.
 * @returns The relations, each after those of its sources, otherwise in the order of their columns.
 */
export function findRelations(
  columns: readonly EncodedColumn[],
  cells: readonly Float64Array[],
  independent: readonly string[],
  encode: Found['encode'],
  stated: readonly Relation[] = [],
): Relation[] {
  const relations: Relation[] = []
  const indexOf = new Map(columns.map(({ name }, d) => [name, d]))
  const [follows, sources] = [new Set<number>(), new Set<number>()]
  const isFixed = columns.map(
    (column) => isGenerated(column) || column.as === 'constant' || independent.includes(column.name),
  )
  /** Whether a column is another one, or follows from it. */
  const reaches = (from: number, to: number): boolean =>
    from === to ||
    relations.some(
      ({ column, by }) => indexOf.get(column) === from && by.some((name) => reaches(indexOf.get(name)!, to)),
    )
  const found: Found = {
    mayFollow: (d) => !isFixed[d] && !follows.has(d) && !sources.has(d),
    mayBeSource: (d) => !follows.has(d),
    mayFollowFrom: (d, source) => !isFixed[d] && !follows.has(d) && !reaches(source, d),
    encode,
    add(relation) {
      relations.push(relation)
      follows.add(indexOf.get(relation.column)!)
      for (const name of relation.by) sources.add(indexOf.get(name)!)
    },
  }
  for (const relation of stated)
    if (
      found.mayFollow(indexOf.get(relation.column)!) &&
      relation.by.every((name) => found.mayBeSource(indexOf.get(name)!))
    )
      found.add(relation)
  const searched = columns.map((column, d) => ({ d, column, cells: cells[d]! }))
  findDates(searched, found)
  const determined = determinedSearch(searched, found)
  determined.singles(false, true)
  findSums(searched, found)
  determined.pairs()
  // a number may identify names by accident, as the distance does a route: names are learned better than numbers
  determined.singles(true)
  determined.singles(false)
  findNear(searched, found)
  findOrders(searched, found)
  findYears(searched, found)
  findCopies(searched, found)
  return sourcesFirst(relations.toSorted((a, b) => indexOf.get(a.column)! - indexOf.get(b.column)!))
}

/** Relations, each after those of its sources. */
function sourcesFirst(relations: readonly Relation[]): Relation[] {
  const ordered = new Set<Relation>()
  const add = (relation: Relation) => {
    for (const name of relation.by) {
      const before = relations.find(({ column }) => column === name)
      if (before) add(before)
    }
    ordered.add(relation)
  }
  for (const relation of relations) add(relation)
  return [...ordered]
}
