import { InputError, nearest } from '../../core/errors.ts'
import { gatherColumns, gatherRows } from '../../numerics/points.ts'
import { type Column, type NamedTable, namesOf } from '../../table/table.ts'
import type { Evaluation } from './evaluate-scaled.ts'
import { pairwiseLimits } from './evaluate-scaled.ts'
import { bandwidths } from './kernels.ts'
import type { Distances } from './pairwise.ts'
import { halvingCount } from './subsets.ts'

/** Whether a table is numeric without gaps, so that each row is a point. */
function isPoints({ columns, points }: NamedTable): boolean {
  return columns.every(isNumber) && !points.data.some(Number.isNaN)
}

const isNumber = ({ kind }: Column) => kind === 'number' || kind === 'integer'

/**
 * The numeric columns of the data in all tables, without rows that have gaps in them; undefined if the data has none.
 * Throws InputError if a table lacks a column.
 */
export function numbersOf<T extends NamedTable | undefined>(
  tables: readonly T[],
  data: NamedTable,
): T[] | undefined {
  if ([data, ...tables].every((table) => !table || isPoints(table))) return [...tables]
  const columns = data.columns.filter((column, d) => isNumber(column) && hasValues(data, d))
  if (columns.length === 0) return undefined
  return tables.map((table) => {
    if (!table) return table
    const names = namesOf(table)
    const order = columns.map(({ name }) => {
      const d = names.indexOf(name)
      if (d < 0)
        throw new InputError(
          `${table.name} has no column ${name}${nearest(name, names)}: give rows of the columns of ${data.name}`,
          'bad-data',
        )
      return d
    })
    return { ...table, columns, points: withoutGaps(gatherColumns(table.points, order)) }
  })
}

/** Whether a column has two values or more. */
function hasValues({ points: { data, dim } }: NamedTable, d: number): boolean {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let k = d; k < data.length; k += dim) {
    if (data[k]! < min) min = data[k]!
    if (data[k]! > max) max = data[k]!
  }
  return min < max
}

function withoutGaps(points: NamedTable['points']): NamedTable['points'] {
  const { data, count, dim } = points
  const rows: number[] = []
  for (let i = 0; i < count; i++) if (!data.subarray(i * dim, (i + 1) * dim).some(Number.isNaN)) rows.push(i)
  return rows.length === count ? points : gatherRows(points, rows)
}

/** The evaluation of tables without a numeric column: distances are NaN, null in JSON. */
export function withoutNumbers({ points: data }: NamedTable, { points: samples }: NamedTable): Evaluation {
  const none: Distances = {
    slicedWasserstein2: Number.NaN,
    energy: Number.NaN,
    energyV: Number.NaN,
    mmd2: Object.fromEntries(bandwidths.map((h) => [String(h), Number.NaN])),
    density: Number.NaN,
    coverage: Number.NaN,
  }
  const limited = (count: number) => Math.min(count, pairwiseLimits.full)
  return {
    ...none,
    null: none,
    ratio: none,
    nearestTraining: null,
    counts: {
      all: [data.count, samples.count],
      pairwise: [limited(data.count), limited(samples.count)],
      halvings: halvingCount,
      halves: [Math.floor(data.count / 2), Math.ceil(data.count / 2)],
      pairwiseHalves: [Math.floor(data.count / 2), Math.ceil(data.count / 2)],
      training: null,
      ideal: null,
    },
  }
}
