import * as v from 'valibot'
import { leastRows } from '../least-rows.ts'
import { type RuleKind, ruleProblem, written } from './kind.ts'

/** Columns that have only combinations of cells that three training rows or more have. */
export interface SeenRule {
  readonly kind: 'seen'
  readonly columns: readonly string[]
  /** The combinations, in the order of their first rows, null for a missing value: the cells of names are their indices among the column's. */
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
  held: ({ columns, rows = [] }) => [{ columns, count: rows.length, noun: ['combination', 'combinations'] }],
  describe: ({ columns }) => `seen(${columns.map(written).join(', ')})`,
  fit(rule, columns) {
    const found = new Map<string, { cells: (number | null)[]; rows: number }>()
    for (const i of columns[0]!.cells.keys()) {
      const row = columns.map(({ cells }) => cells[i]!)
      const cells = row.map((cell) => (Number.isNaN(cell) ? null : cell))
      const entry = found.get(row.join()) ?? { cells, rows: 0 }
      entry.rows++
      found.set(row.join(), entry)
    }
    const rows = [...found.values()].filter(({ rows }) => rows >= leastRows).map(({ cells }) => cells)
    const problem =
      rows.length === 0
        ? `no combination is that of ${leastRows} rows or more, and a card keeps no others`
        : `the rows have ${rows.length} combinations, and a card keeps at most ${maxRows}`
    if (rows.length === 0 || rows.length > maxRows)
      throw ruleProblem(seen.describe(rule), `${problem}: state it for columns of fewer`)
    return { ...rule, rows }
  },
  test({ rows }) {
    const combinations = new Set(rows?.map((row) => row.map((cell) => cell ?? Number.NaN).join()))
    return (cells) => rows === undefined || combinations.has(cells.join())
  },
}
