import { counted, humanCount, type Table } from 'moonstep/web'
import type { ColumnWarning } from './views.ts'

/** Fewer names than this are no list of people. */
const fewNames = 20

/** The share of gaps, or of cells, that a value may have against the pattern. */
const tolerance = 0.02

/** What a user should know of columns before training: names that single people out, and gaps that another column explains. */
export function columnWarnings(table: Table): ColumnWarning[] {
  const gaps = gapsByDesign(table)
  return table.columns.flatMap(({ name, kind, maker }, d): ColumnWarning[] => {
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
    const { names, single } = namesIn(table, d)
    if (names < fewNames || single <= names / 2) return warnings
    const text = `${humanCount(single)} of its ${counted(names, 'value')} occur in a single row only, and may single people out: merge rare values, have the column made anew, or leave it out.`
    return [...warnings, { column: name, about: 'names', text }]
  })
}

function namesIn({ columns, points: { data, count, dim } }: Table, d: number) {
  const rows = new Uint32Array(columns[d]!.categories?.length ?? 0)
  for (let i = 0; i < count; i++) {
    const cell = data[i * dim + d]!
    if (!Number.isNaN(cell)) rows[cell]!++
  }
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
export function gapsByDesign({ columns, points: { data, count, dim } }: Table): GapsByDesign[] {
  const isGap = (i: number, d: number) => Number.isNaN(data[i * dim + d]!)
  return columns.flatMap(({ name }, d): GapsByDesign[] => {
    const all = Array.from({ length: count }, (_, i) => isGap(i, d)).filter(Boolean).length
    if (all < fewNames || all === count) return []
    for (const [e, { name: by, categories }] of columns.entries()) {
      if (!categories || e === d || categories.length > 100) continue
      const gaps = new Uint32Array(categories.length)
      const rows = new Uint32Array(categories.length)
      for (let i = 0; i < count; i++) {
        const cell = data[i * dim + e]!
        if (Number.isNaN(cell)) continue
        rows[cell]!++
        if (isGap(i, d)) gaps[cell]!++
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
