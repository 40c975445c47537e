import { counted, humanCount, type Table } from 'moonstep/web'
import type { ColumnWarning } from './views.ts'

/** Fewer names than this are no list of people. */
const fewNames = 20

/** The share of gaps, or of cells, that a value may have against the pattern. */
const tolerance = 0.02

/** What a user should know of columns before training: names that single people out, and gaps that another column explains. */
export function columnWarnings(table: Table): ColumnWarning[] {
  const gaps = gapsByDesign(table)
  return table.columns.flatMap((column): ColumnWarning[] => {
    const { name, kind, maker } = column
    const withGaps = gaps.find(({ column }) => column === name)
    const warnings: ColumnWarning[] = withGaps
      ? [
          {
            column: name,
            about: 'gaps',
            text: `It is empty wherever ${withGaps.by} is ${listed(withGaps.values)}.`,
          },
        ]
      : []
    if (kind !== 'category' || maker) return warnings
    const { names, single } = namesIn(column)
    if (names < fewNames || single <= names / 2) return warnings
    const text = `${humanCount(single)} of its ${counted(names, 'value')} occur in a single row only, and may single people out: merge rare values, have the column made anew, or leave it out.`
    return [...warnings, { column: name, about: 'names', text }]
  })
}

function namesIn({ categories, cells }: Table['columns'][number]) {
  const rows = new Uint32Array(categories?.length ?? 0)
  for (const cell of cells) if (!Number.isNaN(cell)) rows[cell]!++
  const used = rows.filter((count) => count > 0)
  return { names: used.length, single: used.filter((count) => count === 1).length }
}

/** A column that is empty wherever another has certain values, and hardly elsewhere. */
export interface GapsByDesign {
  readonly column: string
  readonly by: string
  readonly values: readonly string[]
}

/** Finds the columns whose gaps follow from the names of another column: by the first that explains them. */
export function gapsByDesign({ columns, count }: Table): GapsByDesign[] {
  return columns.flatMap(({ name, cells }): GapsByDesign[] => {
    const all = cells.filter(Number.isNaN).length
    if (all < fewNames || all === count) return []
    for (const { name: by, categories, cells: names } of columns) {
      if (!categories || by === name || categories.length > 100) continue
      const gaps = new Uint32Array(categories.length)
      const rows = new Uint32Array(categories.length)
      for (const [i, cell] of names.entries()) {
        if (Number.isNaN(cell)) continue
        rows[cell]!++
        if (Number.isNaN(cells[i])) gaps[cell]!++
      }
      const empty = categories.filter((_, k) => rows[k]! > 0 && gaps[k]! >= (1 - tolerance) * rows[k]!)
      const explained = categories.reduce((sum, name, k) => sum + (empty.includes(name) ? gaps[k]! : 0), 0)
      if (empty.length > 0 && explained >= (1 - tolerance) * all) return [{ column: name, by, values: empty }]
    }
    return []
  })
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3)
  const more = names.length - shown.length
  return more > 0 ? `${shown.join(', ')} or one of ${more} others` : shown.join(' or ')
}
