import { type InParts, oneByOne } from '../../core/work.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import { leastRows } from '../least-rows.ts'
import { isGenerated } from '../table.ts'
import { confirmedBy } from './confirm.ts'
import { describeRelation } from './describe.ts'
import { findCombinations } from './find-combinations.ts'
import { findCopies } from './find-copies.ts'
import { findDates } from './find-dates.ts'
import { determinedSearch } from './find-determined.ts'
import { findDurations } from './find-durations.ts'
import { findNear } from './find-near.ts'
import { findNearest } from './find-nearest.ts'
import { findOrders } from './find-orders.ts'
import { findLongProducts, findProducts } from './find-products.ts'
import { findSums, findUnits } from './find-sums.ts'
import { findWithin } from './find-within.ts'
import { findYears } from './find-years.ts'
import type { Found } from './found.ts'
import type { Relation } from './index.ts'

/** What is said of relations before they are looked for. */
interface Search {
  /** Names of columns that are to be learned by themselves. */
  readonly independent: readonly string[]
  /** Encodes numbers that the network is to learn in addition to the columns. */
  readonly encode: Found['encode']
  /** Relations that hold whatever the rows show, as rules say. */
  readonly stated?: readonly Relation[]
  /** The cells of rows that were kept aside: they confirm what is found, and nothing is learned from them. */
  readonly others?: readonly Float64Array[] | undefined
  /** Names of columns of which a card may hold what two rows have. */
  readonly rareNames?: readonly string[] | undefined
  readonly onNote?: ((note: string) => void) | undefined
}

/**
 * Finds the relations of the training rows (docs/formulation.md, "Relations").
 *
 * @param columns - The columns, encoded.
 * @param cells - Their cells, NaN for a missing one.
 * @returns In parts, the relations, each after those of its sources, otherwise in the order of their columns.
 */
export function* findRelations(
  columns: readonly EncodedColumn[],
  cells: readonly Float64Array[],
  { independent, encode, stated = [], others, rareNames = [], onNote }: Search,
): InParts<Relation[]> {
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
  const add = (relation: Relation) => {
    relations.push(relation)
    follows.add(indexOf.get(relation.column)!)
    for (const name of relation.by) sources.add(indexOf.get(name)!)
  }
  const noted = new Set<string>()
  const refuse: Found['refuse'] = (relation, reason) => {
    const line = describeRelation(relation)
    if (!noted.has(line)) onNote?.(`${line} is not used: ${reason}`)
    noted.add(line)
  }
  const isConfirmed = confirmedBy({ columns, cells, others, refuse })
  const found: Found = {
    mayFollow: (d) => !isFixed[d] && !follows.has(d) && !sources.has(d),
    mayBeSource: (d) => !follows.has(d),
    isSum: (d) =>
      relations.some((each) => each.kind === 'linear' && isComputed(each) && indexOf.get(each.column) === d),
    mayFollowFrom: (d, source) => !isFixed[d] && !follows.has(d) && !reaches(source, d),
    encode,
    isConfirmed,
    refuse,
    hasOthers: others !== undefined,
    fewestRows: (some) => (some.every(({ column }) => rareNames.includes(column.name)) ? 2 : leastRows),
    add(relation, learn, least) {
      if (!isConfirmed(relation, learn, least)) return false
      add(relation)
      return true
    },
  }
  for (const relation of stated)
    if (relation.by.every((name) => found.mayFollowFrom(indexOf.get(relation.column)!, indexOf.get(name)!)))
      add(relation)
  const searched = columns.map((column, d) => ({ d, column, cells: cells[d]! }))
  let determined: ReturnType<typeof determinedSearch>
  yield* oneByOne({ stage: 'looking for what holds in all rows', unit: 'searches' }, [
    () => findDates(searched, found),
    // what holds in every row before what holds in those that repeat, such as zeros
    () => findUnits(searched, found),
    () => findProducts(searched, found),
    () => findSums(searched, found),
    () => findLongProducts(searched, found),
    () => findDurations(searched, found),
    () => {
      determined = determinedSearch(searched, besideComputed())
    },
    () => determined.singles(false, true),
    () => determined.pairs(),
    // a number may identify names by accident, as the distance does a route: names are learned better than numbers
    () => determined.singles(true),
    () => determined.singles(false),
    () => findCombinations(searched, found),
    () => findNearest(searched, found),
    () => findNear(searched, found),
    () => findOrders(searched, found),
    () => findYears(searched, found),
    () => findCopies(searched, found),
    () => findWithin(searched, found),
  ])
  return sourcesFirst(relations.toSorted((a, b) => indexOf.get(a.column)! - indexOf.get(b.column)!))

  /** For relations that may go before and after arithmetic, as a model determines a weight of which another is a multiple. */
  function besideComputed(): Found {
    const isOther = (is: (relation: Relation) => boolean) =>
      relations.some((relation) => !isComputed(relation) && is(relation))
    return {
      ...found,
      mayFollow: (d) => !isFixed[d] && !follows.has(d) && !isOther(({ by }) => by.includes(columns[d]!.name)),
      // what follows from one column says no more than that
      mayBeSource: (d) =>
        !relations.some(
          (each) => each.column === columns[d]!.name && (!isComputed(each) || each.by.length === 1),
        ),
      add: (relation, ...how) =>
        relation.by.every((name) => found.mayFollowFrom(indexOf.get(relation.column)!, indexOf.get(name)!)) &&
        found.add(relation, ...how),
    }
  }
}

/** Whether a relation is arithmetic that gives a column by itself. */
function isComputed(relation: Relation): boolean {
  return relation.kind === 'product' || (relation.kind === 'linear' && relation.residual === undefined)
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
