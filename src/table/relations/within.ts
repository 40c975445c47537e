import * as v from 'valibot'
import { upperBound } from '../../numerics/bounds.ts'
import { type EncodedColumn, encodedColumnSchema, encodingKindOf } from '../encodings/index.ts'
import { numbers } from '../encodings/kind.ts'
import { computeRow } from '../operators/columns.ts'
import { any, all as areAll, clamped } from '../operators/operators.ts'
import { type RelationKind, type RelationOfCard, relationFields } from './kind.ts'
import { placeCount, placeOfAll, placingAll } from './look-up.ts'

/** The ranks at which a pool's codes are kept, on the axis of a standard normal, and how far apart they are. */
const apart = 0.25
export const ranks: readonly number[] = Array.from({ length: 29 }, (_, k) => (k - 14) * apart)

const schema = v.pipe(
  v.object({
    kind: v.literal('within'),
    ...relationFields,
    by: v.pipe(relationFields.by, v.maxLength(2)),
    pools: v.pipe(v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(0))), v.readonly()),
    codes: v.pipe(v.array(v.pipe(numbers, v.length(ranks.length))), v.readonly()),
    rank: encodedColumnSchema,
  }),
  v.check(({ pools, codes }) => pools.every((pool) => pool < codes.length), 'pools must be those of codes'),
)

/**
 * A number or date whose range depends on a category, as populations on countries, or on two of them, as incomes on levels and roles: the
 * network also learns its rank among the rows of the category, and the number follows from both. Categories of few rows are ranked together with
 * those of similar numbers, in a pool.
 */
export interface Within extends RelationOfCard {
  readonly kind: 'within'
  /** By place of the categories together, as `placingAll` has them: its pool. */
  readonly pools: readonly number[]
  /** By pool: the column's codes at `ranks`, the ends from its outermost three rows. */
  readonly codes: readonly (readonly number[])[]
  /** The rank, encoded; no column has its name. */
  readonly rank: EncodedColumn
}

export const within: RelationKind<Within> = {
  schema,
  auxiliary: {
    column: ({ rank }) => rank,
    cells({ pools, codes }, { column, sources }) {
      const { placeAt } = placingAll(sources)
      const codeOf = encodingKindOf(column).encoder(column)
      return (names, own) => {
        const place = placeAt(names)
        return place < 0 || Number.isNaN(own) ? Number.NaN : rankAmong(codes[pools[place]!]!, codeOf(own))
      }
    },
  },
  held: ({ column, by, codes }) => [
    {
      columns: [column, ...by],
      count: codes.reduce((sum, of) => sum + new Set(of).size, 0),
      noun: ['value', 'values'],
      hasEnds: true,
    },
  ],
  mayBeSource: (column) => placeCount(column) !== undefined,
  follow({ pools, codes }, { column, sources }) {
    const categories = sources.slice(0, -1)
    const all = codes.flat()
    const steps = codes.flatMap((each) => each.map((code, k) => (each[k + 1] ?? code) - code))
    const decode = encodingKindOf(column).decode(column)
    const [least, most] = [0, ranks.length - 1].map((k) =>
      codes.map((each) => computeRow(decode, [each[k]!])),
    )
    return (ops, cells) => {
      const [rank, own] = cells.slice(-2)
      const pool = ops.lookUp(pools, placeOfAll(ops, cells, categories))
      const along = ops.divide(ops.subtract(rank!, ops.number(ranks[0]!)), ops.number(apart))
      const inside = clamped(ops, along, 0, ranks.length - 1)
      const before = ops.floor(inside)
      const at = ops.add(ops.multiply(pool, ops.number(ranks.length)), before)
      const beyond = ops.multiply(ops.subtract(inside, before), ops.lookUp(steps, at))
      const ranked = decode(ops, [ops.add(ops.lookUp(all, at), beyond)])
      const isWithin = [
        ops.isAtLeast(own!, ops.lookUp(least!, pool)),
        ops.isAtLeast(ops.lookUp(most!, pool), own!),
      ]
      const isOwn = any(ops, [ops.isMissing(own!), areAll(ops, isWithin)])
      return ops.select(isOwn, own!, ranked)
    }
  },
  // the rank makes up the difference, as far as it can
  choices({ pools, codes }, { column, sources }, cell, cells) {
    const names = cells.slice(0, -1)
    const place = placingAll(sources.slice(0, -1)).placeAt(names)
    if (place < 0 || Number.isNaN(cell)) return []
    const code = encodingKindOf(column).encoder(column)(cell)
    return [{ cells: [...names, rankAmong(codes[pools[place]!]!, code)], rows: 1 }]
  },
}

/** The rank of a code among those of a pool, between the first and the last that differ. */
export function rankAmong(codes: readonly number[], code: number): number {
  const [least, most] = [codes[0]!, codes.at(-1)!]
  if (code <= least) return ranks[Math.max(0, upperBound(codes, least) - 1)]!
  if (code >= most) return ranks[codes.indexOf(most)]!
  const above = upperBound(codes, code)
  let first = above - 1
  while (first > 0 && codes[first - 1] === code) first--
  // of codes that are one, the middle
  if (codes[above - 1] === code) return (ranks[first]! + ranks[above - 1]!) / 2
  const [low, high] = [codes[above - 1]!, codes[above]!]
  return Math.round((ranks[above - 1]! + (apart * (code - low)) / (high - low)) * 1e4) / 1e4 + 0
}
