import { InputError, unknownName } from '../../core/errors.ts'
import { counted } from '../../core/format.ts'
import { atOnce, type InParts, oneByOne } from '../../core/work.ts'
import { uniqueFallback } from '../generated/fallback.ts'
import type { Maker } from '../generated/maker.ts'
import { TextSummary } from '../generated/text-summary.ts'
import { settled } from '../generated/widen.ts'
import { hashOf } from '../inference/cells.ts'
import { leastRows } from '../least-rows.ts'
import { matchColumns, otherCategory } from '../match-columns.ts'
import { findRelations } from '../relations/find.ts'
import { isTotal, relationKindOf } from '../relations/index.ts'
import { type Step, stepRelation } from '../relations/step.ts'
import { fitRules, type Rule } from '../rules/index.ts'
import { parseRules } from '../rules/parse.ts'
import { relationsOf } from '../rules/relations.ts'
import { type Column, type NamedTable, namesOf, type Table, type TableColumn } from '../table.ts'
import { groupsFor } from './category.ts'
import type { Encoding } from './encoding.ts'
import { findCodes } from './find-codes.ts'
import { fitNumbers } from './fit-numbers.ts'
import { type Counted, distinct, sharesOf } from './groups.ts'
import type { EncodedColumn } from './index.ts'

/** How much of a table its encoding keeps. */
interface FitOptions {
  /** The number of quantiles to keep of a number with many values. Fewer reveal less of the data. Default: 1000. */
  readonly knots?: number | undefined
  /** Categories with fewer rows are merged into `other`. Default: 1: those of one or two rows are not learned. */
  readonly minCategory?: number | undefined
  /** Columns whose categories of one or two rows are learned too. */
  readonly rareNames?: readonly string[] | undefined
  /** What every row must meet, as the user states it. */
  readonly rules?: readonly string[] | undefined
  /** Columns that are learned by themselves, even where others determine them. */
  readonly independent?: readonly string[] | undefined
  /** Columns that are known of every row. */
  readonly context?: readonly string[] | undefined
  /** By column of the context that is of parents, a cell for each of these: a parent has several rows, and counts once. */
  readonly parentCells?: ReadonlyMap<string, Float64Array> | undefined
  /** A column that is learned as the step from one of the context. */
  readonly step?: Step | undefined
  /** Rows that were kept aside: they confirm relations, and nothing is learned from them. */
  readonly others?: NamedTable | undefined
  /** What is said of relations that are not confirmed. */
  readonly onNote?: ((note: string) => void) | undefined
}

/** Fits the encoding of a table at once, as `fittingTable` does. */
export function fitTable(table: Table, options: FitOptions = {}): Encoding {
  return atOnce(fittingTable(table, options))
}

/**
 * Fits the encoding of a table, each column by its kind and values, and finds the columns that others determine, in parts. Throws
 * InputError on a column without a value, an unknown name in `independent`, or if nothing is left to learn.
 */
export function* fittingTable(table: Table, options: FitOptions = {}): InParts<Encoding> {
  const cellsOf = ({ name, cells }: TableColumn) => options.parentCells?.get(name) ?? cells
  const { rareNames, onNote, independent = [], context = [] } = options
  const fitted: EncodedColumn[] = []
  const fits = table.columns.map(
    (column) => () => fitted.push(fitColumn({ ...column, cells: cellsOf(column) }, options)),
  )
  yield* oneByOne({ stage: 'counting values', unit: 'columns' }, fits)
  const codes = findCodes(
    fitted,
    table.columns.map(({ cells }) => cells),
    (name) => (context.includes(name) ? undefined : rareNames?.includes(name) ? 1 : leastRows),
  )
  const columns = fitted.map((column) => codes.get(column.name)?.column ?? column)
  if (columns.every(({ as, gaps }) => as in unlearned && !gaps))
    throw new InputError(
      `there is nothing to learn: ${columns.map(({ name, as }) => `${name} is ${unlearned[as as keyof typeof unlearned]}`).join(', ')}: give a column of different values`,
      'bad-data',
    )
  const names = namesOf(table)
  for (const name of independent)
    if (!names.includes(name)) throw unknownName('independent', name, names, { noun: 'column' })
  // categories that are not learned come after the others: a relation of three rows or more has none of them
  const cells = matchColumns({ name: 'the table', ...table }, { name: 'the model', columns }, 'kept')
  const filled = {
    count: table.count,
    columns: columns.map((column, d) => ({ ...column, cells: cells[d]! })),
  }
  const rules = fitRules(parseRules(options.rules ?? [], names), { name: 'the table', ...filled })
  const encode = (name: string, isWhole: boolean, numbers: Float64Array) => {
    const present = numbers.filter((each) => !Number.isNaN(each))
    return fitColumn({ name, kind: isWhole ? 'integer' : 'number', cells: present }, options)
  }
  const stated = [
    ...(options.step ? [stepRelation(options.step, columns, cells, encode)] : []),
    ...relationsOf(rules, columns, cells),
  ]
  const relations = yield* findRelations(columns, cells, {
    independent: [...independent, ...context],
    encode,
    stated,
    others: options.others && matchColumns(options.others, { name: 'the model', columns }, 'kept'),
    rareNames,
    onNote,
  })
  /** Whether what follows from a column is computed from its codes. */
  const isSource = (column: EncodedColumn) =>
    relations.some(
      (relation) => relation.by.includes(column.name) && !relationKindOf(relation).mayBeSource(column),
    )
  const learned = columns.map((column) => {
    const relation = relations.find((each) => each.column === column.name)
    const derived = derivedFrom(column)
    return relation && isTotal(relation, columns) && !isSource(derived) ? derived : column
  })
  for (const { name, as } of learned) {
    const code = as === 'category' && codes.get(name)
    if (code)
      onNote?.(
        `${name} is learned as a category of ${counted(code.column.values!.length, 'code')}: ${code.reason}`,
      )
  }
  return {
    columns: withUnique(learned, rules, table.count),
    ...(relations.length > 0 && { relations }),
    ...(rules.length > 0 && { rules }),
    ...(context.length > 0 && { context }),
    leastRows,
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
const unlearned = { constant: 'constant', key: 'a key', generated: 'made for each row' } as const

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

/** Why nothing is learned of a column, if so: three rows or more must have whatever its encoding holds. */
export function whyNotLearned(
  { kind, cells, categories }: TableColumn,
  { minCategory = 1, isAllowed = false }: Pick<FitOptions, 'minCategory'> & { readonly isAllowed?: boolean },
): string | undefined {
  if (kind === 'key') return undefined
  const rows = cells.reduce((count, cell) => (Number.isNaN(cell) ? count : count + 1), 0)
  if (rows === 0) return 'has no value in any row'
  if (isAllowed) return undefined
  if (rows < leastRows) return `has a value in fewer than ${leastRows} rows`
  const isMerged = kind === 'category' && minCategory > 1
  if (!categories || kind === 'text' || isMerged) return undefined
  const { counts } = distinct(cells.filter((cell) => !Number.isNaN(cell)).sort())
  return counts.every((count) => count < leastRows)
    ? `has no name that ${leastRows} rows or more share`
    : undefined
}

/** Whether something of a column is learned: different values, or which are missing. Throws InputError if nothing can be. */
export function isLearned(column: TableColumn, options: FitOptions = {}): boolean {
  const { as, gaps } = fitColumn(column, options)
  return !(as in unlearned) || gaps === true
}

function fitColumn(column: TableColumn, options: FitOptions): EncodedColumn {
  const { name, kind, form, numberForm, categories, cells } = column
  const isAllowed = options.rareNames?.includes(name) === true
  const reason = whyNotLearned(column, { ...options, isAllowed })
  if (reason) throw new InputError(`column ${name} ${reason}: leave it out`, 'bad-data')
  if (kind === 'key')
    return { name, kind, as: 'key', ...(column.first !== undefined && { first: column.first }) }
  const present = cells.filter((cell) => !Number.isNaN(cell)).sort()
  const fields = {
    name,
    kind,
    ...(form && { form }),
    ...(numberForm && { numberForm }),
    ...(present.length < cells.length && { gaps: true }),
  }
  if (kind === 'text') return { ...fields, as: 'generated', maker: column.maker ?? makerOf(column, cells) }
  const counted = distinct(present)
  return categories
    ? fitNames(fields, categories, counted, isAllowed ? 1 : leastRows, options)
    : { ...fields, ...fitNumbers(column, present, counted, options.knots) }
}

/** The maker of texts that all differ, with room for many times the rows. */
function withoutEquals(maker: Maker, rows: number): Maker {
  if (maker.by === 'form') return maker.isUnique ? maker : settled({ ...maker, isUnique: true }, rows)
  if (maker.by === 'words') return { ...maker, isNumbered: true }
  const fallback = uniqueFallback(maker, rows)
  return { ...maker, isNumbered: true, ...(fallback && { fallback }) }
}

/** How texts like those of a table in memory, such as samples, are made. */
export function makerOf(
  { name, categories = [] }: Pick<Column, 'name' | 'categories'>,
  cells: Float64Array,
): Maker {
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
 * The names that occur in enough rows. Others are merged into one with `minCategory`; if not, or if all of them are too few rows, they are
 * not learned.
 */
function fitNames(
  fields: Pick<EncodedColumn, 'name' | 'kind' | 'gaps'>,
  categories: readonly string[],
  { values: indices, counts }: Counted,
  fewest: number,
  { minCategory = 1 }: FitOptions,
): EncodedColumn {
  if (fields.kind === 'boolean') {
    const often = indices.filter((_, k) => counts[k]! >= fewest)
    return often.length === 1
      ? { ...fields, as: 'constant', categories, value: often[0]! }
      : { ...fields, as: 'category', categories, shares: sharesOf(counts) }
  }
  const byName = new Map<string, number>()
  const add = (name: string, count: number) => byName.set(name, (byName.get(name) ?? 0) + count)
  let merged = 0
  for (const [k, count] of counts.entries())
    if (count >= Math.max(minCategory, fewest)) add(categories[indices[k]!]!, count)
    else merged += count
  // a name that is not learned counts as this one, if there is one
  if (byName.has(otherCategory) || (minCategory > 1 && merged >= fewest)) add(otherCategory, merged)
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
