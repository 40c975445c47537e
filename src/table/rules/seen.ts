import * as v from 'valibot'
import { type RuleKind, ruleProblem, written } from './kind.ts'

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

export const seen: RuleKind<SeenRule> = {
  schema: v.strictObject({
    kind: v.literal('seen'),
    columns: v.pipe(v.array(v.string()), v.minLength(2), v.readonly()),
    rows: v.optional(v.pipe(v.array(cells), v.readonly())),
  }),
  columns: ({ columns }) => columns,
  describe: ({ columns }) => `seen(${columns.map(written).join(', ')})`,
  fit(rule, columns) {
    const rows = new Map<string, (number | null)[]>()
    for (const i of columns[0]!.cells.keys()) {
      const row = columns.map(({ cells }) => cells[i]!)
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
  test({ rows }) {
    const combinations = new Set(rows?.map((row) => row.map((cell) => cell ?? Number.NaN).join()))
    return (cells) => rows === undefined || combinations.has(cells.join())
  },
}
