import type { Found, RowTest, SearchedColumn } from './found.ts'
import {
  completeRows,
  type NumericColumn,
  numbersIn,
  rangeOf,
  someOf,
  tellingRows,
  withoutCommonest,
} from './numbers.ts'
import type { Product } from './product.ts'

/** Products are looked for among so many columns of numbers. */
const maxColumns = 100

/** The fewest rows with another cell than the commonest of each column, and the fewest values of a product. */
const [fewestOther, fewestValues] = [30, 20]

/** What a product of float64 numbers may be off, as a share. */
const exactness = 1e-12

/** Products of more than two columns, or with a rate, are looked for among so many columns. */
const mostOfLong = 24

/** Their cells are spread over so many of the smallest differences. */
const fewestSteps = 10

/** The r of factors 1 + r a: discounts and taxes, as shares and in percent. */
const rates = [-1, 1, -0.01, 0.01]

/** A column as a product of other columns, or the ratio of two. */
interface Form extends Pick<Product, 'rates'> {
  readonly target: NumericColumn
  readonly sources: readonly NumericColumn[]
  readonly isRatio: boolean
}

/** Finds the columns of numbers that are the product or the ratio of two others, but for a factor, in all rows. They are added to `found`. */
export function findProducts(columns: readonly SearchedColumn[], found: Found): void {
  const isOpen = ({ d, column }: SearchedColumn) => column.kind !== 'date' && !found.isSum(d)
  const numbers = numbersIn(columns.filter(isOpen), maxColumns)
  if (numbers.length < 3) return
  addForms((target, rows) => formsOf(target, numbers, rows), numbers, found)
}

/**
 * Finds the columns of numbers that are the product of three others, or of one or two and a rate, as in quantity * price * (1 - discount),
 * but for a factor, in all rows. They are added to `found`.
 */
export function findLongProducts(columns: readonly SearchedColumn[], found: Found): void {
  const numbers = numbersIn(
    columns.filter(({ column }) => column.kind !== 'date'),
    mostOfLong,
  )
  if (numbers.length < 3) return
  const rated = numbers.flatMap((source) => ratesIn(source).map((rate) => ({ source, rate })))
  const longForms = (target: NumericColumn, rows: readonly number[]) => {
    if (found.isSum(target.d) || !(target.deviation >= fewestSteps * target.unit)) return []
    const others = numbers.filter(({ d }) => d !== target.d && found.mayFollowFrom(target.d, d))
    const rates = rated.filter(({ source }) => others.includes(source))
    const forms: Form[] = []
    const add = (sources: readonly NumericColumn[], rates?: readonly number[]) => {
      const form: Form = { target, sources, isRatio: false, rates }
      if (new Set(sources).size === sources.length && rangeOfFactor(form, rows)) forms.push(form)
    }
    for (const [k, a] of others.entries()) {
      for (const { source, rate } of rates) add([a, source], [0, rate])
      for (const [l, b] of others.slice(k + 1).entries()) {
        for (const { source, rate } of rates) add([a, b, source], [0, 0, rate])
        for (const c of others.slice(k + l + 2)) add([a, b, c])
      }
    }
    return forms.filter(areNeeded)
  }
  addForms(longForms, numbers, found)
}

/** What a column may be as a rate: its cells are within its range, and not only whole numbers of shares. */
function ratesIn({ cells, unit }: NumericColumn): number[] {
  const [least, most] = rangeOf(cells)
  return rates.flatMap((rate) => {
    const isWithin = least >= 0 && most * Math.abs(rate) <= 1
    return isWithin && unit * Math.abs(rate) < 1 ? rate : []
  })
}

/** Whether the product is another one without any of its sources. */
function areNeeded(form: Form): boolean {
  return form.sources.every((_, k) => {
    const isOther = (_: unknown, j: number) => j !== k
    const rest = { ...form, sources: form.sources.filter(isOther), rates: form.rates?.filter(isOther) }
    return rangeOfFactor(rest, form.target.cells.keys()) === undefined
  })
}

function addForms(
  formsOf: (target: NumericColumn, rows: readonly number[]) => Form[],
  numbers: readonly NumericColumn[],
  found: Found,
): void {
  const telling = tellingRows(numbers)
  const forms = numbers.flatMap((target) => {
    // of a column that is mostly 0, other rows say more
    const rows = telling.filter((i) => !Number.isNaN(target.cells[i]!) && target.cells[i] !== 0)
    const forms = formsOf(target, someOf(rows, 100))
    return forms.length > 0 && new Set(target.cells).size >= fewestValues ? forms : []
  })
  // once rounded, a ratio with a finer grid may still give the number that it is of, which other ratios would then contradict
  const fineness = ({ target, isRatio }: Form) =>
    target.deviation / target.unit / (isRatio ? 1 + exactness : 1)
  for (const form of forms.toSorted((a, b) => fineness(b) - fineness(a) || a.target.d - b.target.d)) {
    const { target, sources } = form
    if (!sources.every(({ d }) => found.mayFollowFrom(target.d, d))) continue
    const relation = productIn(form)
    if (relation) found.add(relation, (rows) => testOf(form, rows))
  }
}

/** The products and ratios of two columns that some of the rows allow. */
function formsOf(target: NumericColumn, numbers: readonly NumericColumn[], rows: readonly number[]): Form[] {
  const forms: Form[] = []
  const others = numbers.filter((each) => each !== target)
  for (const [k, a] of others.entries())
    for (const [l, b] of others.entries()) {
      if (l === k) continue
      for (const isRatio of l > k ? [false, true] : [true]) {
        const form: Form = { target, sources: [a, b], isRatio }
        if (rangeOfFactor(form, rows)) forms.push(form)
      }
    }
  return forms
}

/** A form without its factor. */
function madeOf({ sources, isRatio, rates }: Form, cellOf: (k: number) => number): number {
  if (isRatio) return cellOf(0) / cellOf(1)
  let made = 1
  for (let k = 0; k < sources.length; k++) made *= rates?.[k] ? 1 + rates[k]! * cellOf(k) : cellOf(k)
  return made
}

/** The least and the most that the factor may be in rows of which none is 0; undefined if it can't be the same in all. */
function rangeOfFactor(form: Form, rows: Iterable<number>): [number, number] | undefined {
  const { target, sources, isRatio } = form
  const half = target.unit / 2
  let [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (const i of rows) {
    const made = madeOf(form, (k) => sources[k]!.cells[i]!)
    const cell = target.cells[i]!
    if (Number.isNaN(made + cell) || (isRatio && sources[1]!.cells[i] === 0)) continue
    const slack = half + exactness * (Math.abs(cell) + half)
    if (made === 0) {
      if (Math.abs(cell) > slack) return undefined
      continue
    }
    const [from, to] = [(cell - slack) / made, (cell + slack) / made]
    least = Math.max(least, Math.min(from, to))
    most = Math.min(most, Math.max(from, to))
    if (least > most) return undefined
  }
  return Number.isFinite(least) ? [least, most] : undefined
}

/** The relation of a form, if it holds in all rows and they are evidence of it. */
function productIn(form: Form): Product | undefined {
  const { target, sources, isRatio } = form
  const { column, cells, decimals } = target
  const range = rangeOfFactor(form, cells.keys())
  if (!range || range[0] * range[1] <= 0) return undefined
  const isUndefined = (i: number) => isRatio && sources[1]!.cells[i] === 0
  const said = completeRows([target, ...sources]).filter((i) => !isUndefined(i) && cells[i] !== 0)
  if ([target, ...sources].some((each) => withoutCommonest(each.cells, said) < fewestOther)) return undefined
  const atZero = isRatio ? new Set([...cells].filter((_, i) => isUndefined(i))) : new Set<number>()
  // what a division by 0 gives must be known
  if (atZero.size > 1) return undefined
  const isWithout = (i: number) => sources.some((source) => Number.isNaN(source.cells[i]!))
  const gapsFollow = cells.every((cell, i) => !isWithout(i) || Number.isNaN(cell))
  const following = cells.filter((_, i) => gapsFollow || !isWithout(i)).length
  const times = shortestIn(range)
  const [cellAtZero] = atZero
  return {
    kind: 'product',
    column: column.name,
    by: sources.map((source) => source.column.name),
    share: following / cells.length,
    decimals,
    gapsFollow,
    ...(times !== 1 && { times }),
    ...(form.rates && { rates: form.rates }),
    ...(isRatio && {
      isRatio,
      atZero: cellAtZero === undefined || Number.isNaN(cellAtZero) ? null : cellAtZero,
    }),
  }
}

/** The number between two of one sign with the fewest digits, or the inverse of one with few. */
function shortestIn([least, most]: readonly [number, number]): number {
  const middle = (least + most) / 2
  for (let digits = 1; digits <= 17; digits++) {
    const short = [Number(middle.toPrecision(digits)), 1 / Number((1 / middle).toPrecision(digits))]
    const within = short.find((each) => each >= least && each <= most)
    if (within !== undefined) return within
  }
  return middle
}

/** The product as some of the rows show it. */
function testOf(form: Form, rows: readonly number[]): RowTest | undefined {
  const range = rangeOfFactor(form, rows)
  if (!range) return undefined
  const { target, isRatio } = form
  const times = shortestIn(range)
  return (cells, own) => {
    if (isRatio && cells[1] === 0) return undefined
    const made = times * madeOf(form, (k) => cells[k]!)
    // the range that fewer rows leave is wider
    const slack = target.unit + exactness * Math.abs(own)
    return Number.isNaN(made + own) ? undefined : Math.abs(made - own) <= slack
  }
}
