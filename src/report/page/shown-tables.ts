import { maxWholeSlots } from '../../charts/marks/column-axes.ts'
import type { ReportTables } from '../../measure/prepare.ts'
import { areFew } from '../../measure/shown-values.ts'
import { countsOf } from '../../measure/statistics.ts'
import type { TableColumn } from '../../table/table.ts'

type Drawn = Pick<ReportTables, 'against' | 'samples'>

/**
 * The rows as figures draw them: names that one or two real rows have share a slot, and such whole numbers are drawn as the nearest of three
 * rows or more.
 */
export function shownTables({ against, samples, train }: Drawn & Pick<ReportTables, 'train'>): Drawn {
  const shown = against.columns.map((column, d) => {
    const drawn = samples.columns[d]!
    const inReal = countsOf(Float64Array.from([...column.cells, ...train.columns[d]!.cells]))
    const isRare = (cell: number) => areFew(inReal.get(cell) ?? 0)
    if (!column.cells.some(isRare) && !drawn.cells.some(isRare)) return [column, drawn] as const
    if (column.categories) return [column, drawn].map((each) => withRareNames(each, isRare))
    const common = [...new Set([...inReal.keys(), ...drawn.cells])].filter(
      (cell) => !Number.isNaN(cell) && !isRare(cell),
    )
    // only few whole numbers have slots with labels
    if (column.kind !== 'integer' || common.length > maxWholeSlots) return [column, drawn] as const
    const nearest = (cell: number) =>
      isRare(cell) && !Number.isNaN(cell)
        ? common.reduce(
            (best, each) => (Math.abs(each - cell) < Math.abs(best - cell) ? each : best),
            common[0] ?? cell,
          )
        : cell
    return [column, drawn].map((each) => ({ ...each, cells: each.cells.map(nearest) }))
  })
  return {
    against: { ...against, columns: shown.map(([column]) => column!) },
    samples: { ...samples, columns: shown.map(([, column]) => column!) },
  }
}

function withRareNames(column: TableColumn, isRare: (cell: number) => boolean): TableColumn {
  const { cells, categories = [] } = column
  const shared = categories.length
  return {
    ...column,
    categories: [...categories, 'names of few rows'],
    cells: cells.map((cell) => (!Number.isNaN(cell) && isRare(cell) ? shared : cell)),
  }
}
