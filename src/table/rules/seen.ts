import * as v from 'valibot'
import { defineRule, placesOf, type RowTest, ruleProblem, written } from './kind.ts'

/** Columns that have only combinations of cells that training rows have. */
export interface SeenRule {
  readonly kind: 'seen'
  readonly columns: readonly string[]
  /** The combinations, null for a missing value: the cells of names are their indices among the column's. */
  readonly rows?: readonly (readonly (number | null)[])[] | undefined
}

const cells = v.pipe(v.array(v.nullable(v.pipe(v.number(), v.finite()))), v.readonly())

/** A card has at most so many combinations. */
const maxRows = 100_000

export const seen = defineRule<SeenRule>({
  kind: 'seen',
  schema: v.strictObject({
    kind: v.literal('seen'),
    columns: v.pipe(v.array(v.string()), v.minLength(2), v.readonly()),
    rows: v.optional(v.pipe(v.array(cells), v.readonly())),
  }),
  columns: ({ columns }) => columns,
  describe: ({ columns }) => `seen(${columns.map(written).join(', ')})`,
  fit(rule, table) {
    const places = placesOf(rule.columns, table.columns, seen.describe(rule))
    const rows = new Map<string, (number | null)[]>()
    for (let i = 0; i < table.count; i++) {
      const row = places.map((d) => table.columns[d]!.cells[i]!)
      rows.set(
        row.join(),
        row.map((cell) => (Number.isNaN(cell) ? null : cell)),
      )
    }
    if (rows.size > maxRows)
      throw ruleProblem(
        seen.describe(rule),
        `the rows have ${rows.size} combinations, and a card keeps at most ${maxRows}: state it for columns of fewer`,
      )
    return { ...rule, rows: [...rows.values()] }
  },
  test(rule, columns): RowTest {
    const places = placesOf(rule.columns, columns, seen.describe(rule))
    const combinations = new Set(rule.rows?.map((row) => row.map((cell) => cell ?? Number.NaN).join()))
    return (cells, i) => rule.rows === undefined || combinations.has(places.map((d) => cells[d]![i]!).join())
  },
})
