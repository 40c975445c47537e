/** Whole numbers that are codes, such as postal codes: a network learns them as names. */
import { codesOf, isDetermined } from '../relations/find-determined.ts'
import { maxPlaces } from '../relations/look-up.ts'
import { type CategoryColumn, groupsFor } from './category.ts'
import { distinct, sharesOf, sumOf } from './groups.ts'
import type { EncodedColumn } from './index.ts'

/** The most codes of a column, and the least share of its cells whose value enough rows have. */
const [maxCodes, repeatedCells] = [10_000, 2 / 3]

/** A number that determines fewer names than this share of its values may be in ranges: an age says which group it is in. */
const leastNames = 0.25

/** Numbers whose last word is one of these are codes, and so are the others with one of the second kind. */
const [lastWords, anyWords] = [
  new Set(['id', 'key', 'code', 'zip', 'fips']),
  new Set(['zip', 'zipcode', 'postal', 'postcode', 'plz']),
]

/** A column as a category of codes, and why it is one. */
interface Code {
  readonly column: CategoryColumn
  readonly reason: string
}

/**
 * Finds the whole numbers that repeat and are codes: they are named as codes are, or determine a column of names. Their order says
 * nothing, and no value between them is one.
 *
 * @param cells - The columns' cells, NaN for a missing one.
 * @param fewest - The fewest rows of a value that is learned, by the column's name; undefined of a column that stays as it is.
 * @returns By name, the columns that are codes.
 */
export function findCodes(
  columns: readonly EncodedColumn[],
  cells: readonly Float64Array[],
  fewest: (name: string) => number | undefined,
): Map<string, Code> {
  const codes = new Map<string, Code>()
  const names = columns.flatMap((column, d) =>
    column.as === 'category' && column.kind === 'category' ? [{ column, coded: codesOf(cells[d]!) }] : [],
  )
  for (const [d, column] of columns.entries()) {
    const least = fewest(column.name)
    const isNumber = column.kind === 'integer' && (column.as === 'quantile' || column.as === 'steps')
    const code = isNumber && least !== undefined && codeColumn(column, cells[d]!, least)
    if (!code) continue
    const known = new Set(code.values)
    const ofCode = codesOf(
      cells[d]!.map((cell) => (known.has(cell) ? cell : Number.NaN)),
      false,
    )
    const isNamed = isNamedCode(column.name)
    const determined = names.find(
      ({ column: { categories }, coded }) =>
        (isNamed || categories!.length >= leastNames * known.size) && isDetermined(coded, [ofCode]),
    )
    const isMeasure = () => names.some(({ coded }) => isDetermined(ofCode, [coded])) || isOfTwo(ofCode, names)
    if (!isNamed && (!determined || isMeasure())) continue
    const why = determined ? `determines ${determined.column.name}` : 'is named like a code'
    const reason = `it repeats and ${why}`
    codes.set(column.name, { column: code, reason })
  }
  return codes
}

/** Whether a name says that whole numbers are codes, as `Postal Code`, `route_id` and `zipCode` do. */
function isNamedCode(name: string): boolean {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter(Boolean)
  // a year's id is the year
  const isLast = lastWords.has(words.at(-1) ?? '') && !words.includes('year')
  return isLast || words.some((word) => anyWords.has(word))
}

/** Whether two columns of names determine a number, as the two ends of a route do its length. */
function isOfTwo(
  number: ReturnType<typeof codesOf>,
  names: readonly { readonly coded: ReturnType<typeof codesOf> }[],
): boolean {
  return names.some(({ coded: a }, k) =>
    names.slice(k + 1).some(({ coded: b }) => a.count * b.count <= maxPlaces && isDetermined(number, [a, b])),
  )
}

/** A column as a category of its values; undefined if too few cells have one that enough rows share. */
function codeColumn(
  { name, kind, numberForm, gaps }: EncodedColumn,
  cells: Float64Array,
  fewest: number,
): CategoryColumn | undefined {
  const present = cells.filter((cell) => !Number.isNaN(cell)).sort()
  const { values, counts } = distinct(present)
  const often = [...values.keys()].filter((k) => counts[k]! >= fewest)
  const rows = often.map((k) => counts[k]!)
  if (often.length < 2 || often.length > maxCodes || sumOf(rows) < repeatedCells * present.length)
    return undefined
  const groups = groupsFor(often.length)
  return {
    name,
    kind,
    ...(numberForm && { numberForm }),
    ...(gaps && { gaps }),
    as: 'category',
    values: often.map((k) => values[k]!),
    isNominal: true,
    ...(groups !== undefined && { groups }),
    shares: sharesOf(rows),
  }
}
