import type { EncodedColumn } from '../encodings/index.ts'
import type { Found } from './found.ts'
import type { Linear } from './linear.ts'
import { endsIn } from './numbers.ts'

/** A column that is learned as the step from another of its kind, such as the date of the order before. */
export interface Step {
  readonly column: string
  readonly from: string
}

/** The relation of a step. */
export function stepRelation(
  { column, from }: Step,
  columns: readonly EncodedColumn[],
  cells: readonly Float64Array[],
  encode: Found['encode'],
): Linear {
  const [own, source] = [column, from].map((name) => {
    const d = columns.findIndex((each) => each.name === name)
    return { encoded: columns[d]!, cells: cells[d]! }
  })
  const steps = own!.cells.map((cell, i) => cell - source!.cells[i]!)
  const isWhole = own!.encoded.kind !== 'number'
  return {
    kind: 'linear',
    column,
    by: [from],
    share: steps.filter((step) => !Number.isNaN(step)).length / steps.length,
    times: [1],
    residual: encode(`${column}, its step`, isWhole, steps),
    range: endsIn({ column: own!.encoded }),
    decimals: own!.encoded.kind === 'integer' ? 0 : null,
  }
}
