export interface TableLayout {
  /** Whether a column's cells are flush right, as numbers are. */
  readonly flushRight: (column: number) => boolean
  readonly gap?: string | undefined
  /** Gives a cell its colour; what it adds has no width. */
  readonly paint?: ((cell: string) => string) | undefined
}

/** Rows of cells as lines of text, with columns as wide as their widest cell. */
export function textTable(
  rows: readonly (readonly string[])[],
  { flushRight, gap = '   ', paint = (cell) => cell }: TableLayout,
): string[] {
  const widths: number[] = []
  for (const row of rows)
    for (const [c, cell] of row.entries()) widths[c] = Math.max(widths[c] ?? 0, cell.length)
  return rows.map((row) =>
    widths
      .map((width, c) => {
        const cell = row[c] ?? ''
        return paint(flushRight(c) ? cell.padStart(width) : cell.padEnd(width))
      })
      .join(gap)
      .trimEnd(),
  )
}
