import { histogramsOf, type RunTables, type Table } from 'moonstep/web'
import { apart } from '../yardsticks.ts'
import type { SampleView } from './views.ts'

/** How far the held-out rows are from the training rows, column by column of the shown table; nothing if none were held out. */
export function yardsticksOf(
  { rows, train, holdout }: RunTables,
  shown: Pick<Table, 'columns'>,
): Pick<SampleView, 'yardsticks'> {
  if (!train || !holdout) return {}
  const { columns, of } = histogramsOf(rows)
  const part = (from: number, to: number): Table => ({
    count: to - from,
    columns: rows.columns.map((column) => ({ ...column, cells: column.cells.subarray(from, to) })),
  })
  const [seen, others] = [of(part(0, train.count)), of(part(train.count, rows.count))]
  const distances = new Map(
    columns.map(({ column }, d) => [column.name, apart(seen[d]!, others[d]!)] as const),
  )
  return { yardsticks: shown.columns.map(({ name }) => distances.get(name) ?? 0) }
}
