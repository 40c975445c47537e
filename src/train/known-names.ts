import { columnOf, type Points } from '../numerics/points.ts'
import { isOfNames, unknownCode } from '../table/encodings/category.ts'
import type { Encoding } from '../table/encodings/encoding.ts'

/**
 * The codes of training rows as trees see them: a name that is not learned is that of the nearest row before which has one (a sequential hot
 * deck). No sample has such a name, so that trees would take whatever else stood for it as a sign of real rows.
 */
export function withKnownNames({ columns }: Encoding, codes: Points): Points {
  const { count, dim } = codes
  const data = codes.data.slice()
  for (const [d, column] of columns.entries()) {
    if (!isOfNames(column)) continue
    const ofColumn = columnOf(codes, d)
    const known = withValuesBefore(ofColumn, (i) => ofColumn[i] === unknownCode)
    for (let i = 0; i < count; i++) data[i * dim + d] = known[i]!
  }
  return { ...codes, data }
}

/** Values of which an unknown one is the nearest before it that is known and not missing; at the beginning it is the last one. */
export function withValuesBefore(values: Float64Array, isUnknown: (i: number) => boolean): Float64Array {
  const isKnown = (value: number, i: number) => !isUnknown(i) && !Number.isNaN(value)
  let before = values.findLast(isKnown) ?? Number.NaN
  return values.map((value, i) => {
    if (isKnown(value, i)) before = value
    return isUnknown(i) ? before : value
  })
}
