import { InputError, unknownName } from '../../core/errors.ts'
import { uniqueFallback } from '../generated/fallback.ts'
import type { Maker } from '../generated/maker.ts'
import { TextSummary } from '../generated/text-summary.ts'
import { settled } from '../generated/widen.ts'
import { hashOf } from '../inference/cells.ts'
import { matchColumns, otherCategory } from '../match-columns.ts'
import { findRelations } from '../relations/find.ts'
import { isTotal } from '../relations/index.ts'
import { type Step, stepRelation } from '../relations/step.ts'
import { fitRules, type Rule } from '../rules/index.ts'
import { parseRules } from '../rules/parse.ts'
import { relationsOf } from '../rules/relations.ts'
import { type Column, namesOf, type Table } from '../table.ts'
import { groupsFor } from './category.ts'
import type { Encoding } from './encoding.ts'
import { findGrain } from './find-grain.ts'
import type { EncodedColumn } from './index.ts'
import { fitQuantile, type QuantileColumn } from './quantile.ts'
import { decimalsOf } from './rounding.ts'
import { fitSteps } from './steps.ts'

/** How much of a table its encoding keeps. */
interface FitOptions {
  /** The number of quantiles to keep of a number with many values. Fewer reveal less of the data. Default: 1000. */
  readonly knots?: number | undefined
  /** Categories with fewer rows are merged into `other`. Default: 1, which keeps all. */
  readonly minCategory?: number | undefined
  /** What every row must meet, as the user states it. */
  readonly rules?: readonly string[] | undefined
  /** Columns that are learned by themselves, even where others determine them. */
  readonly independent?: readonly string[] | undefined
  /** Columns that are known of every row. */
  readonly context?: readonly string[] | undefined
  /** A column that is learned as the step from one of the context. */
  readonly step?: Step | undefined
}

/** Whole numbers with at most this many values are better learned as categories. */
export const maxWholeCategories = 32

/**
 * So are other numbers and dates with at most this many values, if each has so many rows in the mean, none has more than
 * this share of them, and their shares are this far from those of their neighbours, as those of the sizes of hard disks.
 */
const [maxCategories, rowsPerCategory, largestShare, roughness] = [128, 50, 0.3, 0.5]

/** A frequent value has so many rows, and so many times those of its neighbours; their least share, and their number. */
const [frequentRows, frequentTimes, frequentShare, maxFrequent] = [10, 4, 0.5, 100]

/** A number with at most this many values has a step for each. */
const maxSteps = 200

const defaultKnots = 1000

/**
 * Fits the encoding of a table, each column by its kind and values, and finds the columns that others determine. Throws
 * InputError on a column without a value, an unknown name in `independent`, or if nothing is left to learn.
 */
export function fitTable(table: Table, options: FitOptions = {}): Encoding {
  const columns = table.columns.map((column) => fitColumn(column, column.cells, options))
  if (columns.every(({ as, gaps }) => as in unlearned && !gaps))
    throw new InputError(
      `there is nothing to learn: ${columns.map(({ name, as }) => `${name} is ${unlearned[as as keyof typeof unlearned]}`).join(', ')}: give a column of different values`,
      'bad-data',
    )
  const { independent = [], context = [] } = options
  const names = namesOf(table)
  for (const name of independent)
    if (!names.includes(name)) throw unknownName('independent', name, names, { noun: 'column' })
  const cells = matchColumns({ name: 'the table', ...table }, { name: 'the model', columns })
  const filled = {
    count: table.count,
    columns: columns.map((column, d) => ({ ...column, cells: cells[d]! })),
  }
  const rules = fitRules(parseRules(options.rules ?? [], names), { name: 'the table', ...filled })
  const encode = (name: string, isWhole: boolean, numbers: Float64Array) => {
    const present = numbers.filter((each) => !Number.isNaN(each))
    return fitColumn({ name, kind: isWhole ? 'integer' : 'number' }, present, options)
  }
  const stated = [
    ...(options.step ? [stepRelation(options.step, columns, cells, encode)] : []),
    ...relationsOf(rules, columns, cells),
  ]
  const relations = findRelations(columns, cells, [...independent, ...context], encode, stated)
  const isDerived = ({ name }: EncodedColumn) =>
    relations.some((relation) => relation.column === name && isTotal(relation, columns))
  const learned = columns.map((column) => (isDerived(column) ? derivedFrom(column) : column))
  return {
    columns: withUnique(learned, rules, table.count),
    ...(relations.length > 0 && { relations }),
    ...(rules.length > 0 && { rules }),
    ...(context.length > 0 && { context }),
  }
}

/** Columns of texts that a rule wants to differ are made so. */
function withUnique(
  columns: readonly EncodedColumn[],
  rules: readonly Rule[],
  rows: number,
): readonly EncodedColumn[] {
  const made = new Set(columns.flatMap(({ as, name }) => (as === 'generated' ? [name] : [])))
  // the first of a rule's columns that can be made so
  const wanted = rules.map((rule) => rule.kind === 'unique' && rule.columns.find((name) => made.has(name)))
  return columns.map((column) =>
    column.as === 'generated' && wanted.includes(column.name)
      ? { ...column, maker: withoutEquals(column.maker, rows) }
      : column,
  )
}

/** Encodings of which nothing is learned, but where the missing values are. */
const unlearned = { constant: 'constant', key: 'a key', made: 'made for each row' } as const

function derivedFrom({ name, kind, form, numberForm, categories }: EncodedColumn): EncodedColumn {
  return {
    name,
    kind,
    as: 'derived',
    ...(form && { form }),
    ...(numberForm && { numberForm }),
    ...(categories && { categories }),
  }
}

function fitColumn(column: Column, cells: Float64Array, options: FitOptions): EncodedColumn {
  const { name, kind, form, numberForm, categories } = column
  const present = cells.filter((cell) => !Number.isNaN(cell)).sort()
  const missing = cells.length - present.length
  const fields = {
    name,
    kind,
    ...(form && { form }),
    ...(numberForm && { numberForm }),
    ...(missing > 0 && { gaps: true }),
  }
  if (kind === 'key')
    return { name, kind, as: 'key', ...(column.first !== undefined && { first: column.first }) }
  if (present.length === 0)
    throw new InputError(`column ${name} has no value in any row: leave it out`, 'bad-data')
  if (kind === 'text') return { ...fields, as: 'generated', maker: column.maker ?? makerOf(column, cells) }
  const { values, counts } = distinct(present)
  if (categories) return fitNames(fields, categories, values, counts, options)
  if (values.length === 1) return { ...fields, as: 'constant', value: values[0]! }
  const asCategory = () => ({ ...fields, as: 'category', values, shares: sharesOf(counts) }) as const
  if (kind === 'integer' && values.length <= maxWholeCategories) return asCategory()
  const knots = options.knots ?? defaultKnots
  if (values.length <= Math.min(maxSteps, knots)) {
    const isOften = values.length <= maxCategories && present.length >= rowsPerCategory * values.length
    const isEven = Math.max(...counts) <= largestShare * present.length
    return isOften && isEven && roughnessOf(counts) > roughness
      ? asCategory()
      : { ...fields, ...fitSteps(values, counts) }
  }
  const decimals = kind === 'integer' ? 0 : decimalsOf(present)
  const grain = findGrain(column, decimals, values)
  return {
    ...fields,
    ...fitQuantile(present, knots),
    ...frequentIn(values, counts, knots),
    decimals,
    ...(grain && { grain }),
  }
}

/** The maker of texts that all differ, with room for many times the rows. */
function withoutEquals(maker: Maker, rows: number): Maker {
  if (maker.by === 'form') return maker.isUnique ? maker : settled({ ...maker, isUnique: true }, rows)
  const fallback = uniqueFallback(maker, rows)
  return { ...maker, isNumbered: true, ...(fallback && { fallback }) }
}

/** How texts like those of a table in memory, such as samples, are made. */
function makerOf({ name, categories = [] }: Column, cells: Float64Array): Maker {
  const summary = new TextSummary()
  const hashes: number[] = []
  for (const cell of cells) {
    if (Number.isNaN(cell)) continue
    const text = categories[cell] ?? String(cell)
    summary.add(text)
    hashes.push(hashOf(text))
  }
  return summary.maker(name, { rows: cells.length, cells: hashes.length, hashes })
}

/**
 * The values that stand out from a number's others: those of so many rows, and more than a multiple of those of their neighbours in the middle.
 * They are learned by themselves if they have enough of the rows together.
 */
function frequentIn(
  values: readonly number[],
  counts: readonly number[],
  knots: number,
): Pick<QuantileColumn, 'frequent'> {
  const all = sumOf(counts)
  const nearby = (i: number) => [-4, -3, -2, -1, 1, 2, 3, 4].flatMap((k) => counts[i + k] ?? [])
  const middle = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!
  // each of so many rows has a knot, so that its code is its own
  const fewest = Math.max(frequentRows, all / (2 * knots))
  const standsOut = (count: number, i: number) => count >= fewest && count > frequentTimes * middle(nearby(i))
  const indices = [...counts.keys()]
    .filter((i) => standsOut(counts[i]!, i))
    .toSorted((a, b) => counts[b]! - counts[a]!)
    .slice(0, maxFrequent)
    .sort((a, b) => a - b)
  const rows = sumOf(indices.map((i) => counts[i]!))
  return rows >= frequentShare * all ? { frequent: indices.map((i) => values[i]!) } : {}
}

/** Total variation between the shares of values and those that the two neighbours on either side suggest. */
function roughnessOf(counts: readonly number[]): number {
  const suggested = counts.map((_, i) => {
    const near = [i - 2, i - 1, i + 1, i + 2].flatMap((k) => counts[k] ?? [])
    return sumOf(near) / near.length
  })
  const [all, allSuggested] = [sumOf(counts), sumOf(suggested)]
  return sumOf(counts.map((count, i) => Math.abs(count / all - suggested[i]! / allSuggested))) / 2
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}

/** A sorted column's distinct values, and how many rows have each. */
function distinct(present: Float64Array): { values: number[]; counts: number[] } {
  const [values, counts]: [number[], number[]] = [[], []]
  for (const cell of present) {
    if (cell === values.at(-1)) counts[counts.length - 1]!++
    else {
      values.push(cell)
      counts.push(1)
    }
  }
  return { values, counts }
}

/** The names that occur; those with too few rows are merged. */
function fitNames(
  fields: Pick<EncodedColumn, 'name' | 'kind' | 'gaps'>,
  categories: readonly string[],
  indices: readonly number[],
  counts: readonly number[],
  { minCategory = 1 }: FitOptions,
): EncodedColumn {
  if (fields.kind === 'boolean' && indices.length === 1)
    return { ...fields, as: 'constant', categories, value: indices[0]! }
  if (fields.kind === 'boolean') return { ...fields, as: 'category', categories, shares: sharesOf(counts) }
  const byName = new Map<string, number>()
  const add = (name: string, count: number) => byName.set(name, (byName.get(name) ?? 0) + count)
  let merged = 0
  for (const [k, count] of counts.entries())
    if (count >= minCategory) add(categories[indices[k]!]!, count)
    else merged += count
  if (merged > 0) add(otherCategory, merged)
  if (byName.size === 1) return { ...fields, as: 'constant', categories: [...byName.keys()], value: 0 }
  const groups = groupsFor(byName.size)
  // names are in the order of the column, which a stable sort keeps among equals
  const entries = groups === undefined ? [...byName] : [...byName].toSorted(([, a], [, b]) => b - a)
  return {
    ...fields,
    as: 'category',
    categories: entries.map(([name]) => name),
    ...(groups !== undefined && { groups }),
    shares: sharesOf(entries.map(([, count]) => count)),
  }
}

/** Shares of rows to two digits, which say how common a name is, and not how many rows have it. */
function sharesOf(counts: readonly number[]): number[] {
  const all = sumOf(counts)
  return counts.map((count) => Number((count / all).toPrecision(2)))
}
