/** Whether a relation that was found in the training rows holds in rows that it was not found in. */
import { counted, humanCount } from '../../core/format.ts'
import { log } from '../../numerics/elementary.ts'
import { shuffled } from '../../numerics/random.ts'
import type { EncodedColumn } from '../encodings/index.ts'
import type { Learn, RowTest } from './found.ts'
import type { Relation } from './index.ts'
import { someOf } from './numbers.ts'

/** Without other rows, each of so many parts of the training rows is tested by the relation as the remaining parts show it. */
const parts = 5

/** So many of the rows that a relation was learned from show at which share it holds there. */
const mostTested = 5000

/** The log of the odds against as many rows without the relation, if it held at the share at which it was found. */
const evidence = 4.6

/** Of rows that a relation speaks of: how many, and in how many of them it holds. */
interface Tally {
  said: number
  held: number
}

/** The rows that confirm relations. */
export interface Confirming {
  readonly columns: readonly EncodedColumn[]
  /** The cells of the training rows. */
  readonly cells: readonly Float64Array[]
  /** The cells of other rows, from which nothing is learned. Without them, parts of the training rows are left out in turn. */
  readonly others: readonly Float64Array[] | undefined
  /** Notes why a relation is not used. */
  refuse(relation: Relation, reason: string): void
}

/**
 * Returns a function that says whether a relation is confirmed: it must hold in other rows at the share at which it holds in those that it
 * was learned from.
 */
export function confirmedBy({ columns, cells, others, refuse }: Confirming) {
  const training = [...cells[0]!.keys()]
  /** `least` is the share of rows that is enough for it to be found. */
  return (relation: Relation, learn: Learn, least = 1): boolean => {
    const places = [...relation.by, relation.column].map((name) =>
      columns.findIndex((each) => each.name === name),
    )
    const [found, tested] = [
      { said: 0, held: 0 },
      { said: 0, held: 0 },
    ]
    const add = (tally: Tally, test: RowTest, all: readonly Float64Array[], rows: Iterable<number>) => {
      for (const i of rows) {
        const row = places.map((d) => all[d]![i]!)
        const isHeld = test(row.slice(0, -1), row.at(-1)!)
        if (isHeld === undefined) continue
        tally.said++
        if (isHeld) tally.held++
      }
    }
    for (const [known, rows, all] of others
      ? [[training, others[0]!.keys(), others] as const]
      : divided(training).map(({ inside, outside }) => [outside, inside, cells] as const)) {
      const test = learn(known)
      if (test) add(found, test, cells, someOf(known, mostTested))
      // what some rows do not show holds in none of the others
      add(tested, test ?? (() => false), all, rows)
    }
    if (agrees(found, tested, least)) return true
    const share = `it holds in only ${humanCount(tested.held)} of ${counted(tested.said, 'other row')}`
    refuse(relation, others ? share : `learned from four fifths of the rows, ${share}`)
    return false
  }
}

/** Each part of the rows, with the rows outside of it. */
function divided(rows: readonly number[]) {
  // in no order that the table may have, such as days of the week
  const order = shuffled(rows.length, 0, 0)
  const partOf = new Int32Array(rows.length)
  for (const [place, i] of order.entries()) partOf[i] = place % parts
  return Array.from({ length: parts }, (_, part) => ({
    inside: rows.filter((i) => partOf[i] === part),
    outside: rows.filter((i) => partOf[i] !== part),
  }))
}

/** Whether the rows tested may hold a relation at the share at which it was found, by the bound of Chernoff (1952). */
function agrees(found: Tally, tested: Tally, least: number): boolean {
  if (tested.said === 0) return true
  const share = Math.min(least, found.said > 0 ? found.held / found.said : 1)
  const held = tested.held / tested.said
  if (held >= share) return true
  if (share === 1) return false
  const term = (a: number, b: number) => (a === 0 ? 0 : a * log(a / b))
  return tested.said * (term(held, share) + term(1 - held, 1 - share)) < evidence
}
