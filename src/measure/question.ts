/** A report's choices besides its tables: what trees learn, and which rows are measured separately. */
import { InputError, unknownName } from '../core/errors.ts'
import { counted } from '../core/format.ts'
import { cellOfKind } from '../table/cell-value.ts'
import { columnNamed, placeOf } from '../table/columns.ts'
import { type Column, columnsAt, type NamedTable, namesOf, rowsAt } from '../table/table.ts'
import {
  type Families,
  havingOf,
  minRows,
  prepareTables,
  type ReportSources,
  type ReportTables,
} from './prepare.ts'
import { indicesWhere, present } from './statistics.ts'

/** A value of one column, whose rows are measured separately. */
export interface GivenValue {
  readonly column: string
  readonly value: string | number | boolean
}

/** A report's choices besides its tables. */
export interface Question {
  /** The column that trees learn. Default: the last suitable one. */
  readonly target?: string | undefined
  /** Rows with this value are also measured separately. */
  readonly given?: GivenValue | undefined
  /** Seed of drawn rows, folds and resamples. Default: 0. */
  readonly seed?: number | undefined
}

export interface PreparedTables extends ReportTables {
  readonly target: string | undefined
}

/** A report's options, checked: what all measures read. */
export interface Resolved extends PreparedTables {
  readonly matching: (GivenValue & { readonly tables: PreparedTables }) | undefined
}

/** Prepares a report's tables and checks its choices before the long work. Throws InputError on a wrong one. */
export function resolve(
  { target, given, seed = 0, ...sources }: ReportSources & Question,
  families?: Families,
): Resolved {
  const tables = prepareTables(sources, seed, families)
  for (const { name, count } of [tables.samples, tables.against, tables.train])
    if (count < minRows) {
      const problem = `${havingOf(name)} ${counted(count, 'row')}: a report needs ${minRows} or more of each table`
      throw new InputError(problem, 'bad-data')
    }
  const learned = target ?? defaultTarget(tables)
  if (target !== undefined) {
    const names = namesOf(tables.against)
    if (!names.includes(target)) throw unknownName('target', target, names, { noun: 'target' })
    for (const table of [tables.against, tables.train]) {
      const problem = targetProblem(table, target)
      if (problem) throw new InputError(problem, 'bad-data', { option: 'target', value: target })
    }
  }
  const matching = given && { ...given, tables: matchingRows(tables, given, learned) }
  return { ...requireTargets({ ...tables, target: learned }), matching }
}

function requireTargets(tables: PreparedTables): PreparedTables {
  const { samples, target } = tables
  const count = target === undefined ? minRows : targetValues(samples, target).length
  if (count < minRows) {
    const problem = `${havingOf(samples.name)} a value of the target ${target} in ${counted(count, 'row')}: give ${minRows} or more`
    throw new InputError(problem, 'bad-data', { option: 'samples' })
  }
  return tables
}

function targetValues(table: NamedTable, target: string): Float64Array {
  return present(columnNamed(table.columns, target).cells)
}

function targetProblem(table: NamedTable, target: string): string | undefined {
  const { categories } = columnNamed(table.columns, target)
  const cells = targetValues(table, target)
  const values = new Set(cells).size
  if (categories && values === cells.length && values > 2)
    return `the target ${target} is a key: no two rows of ${table.name} share a value: give another column`
  if (cells.length < minRows)
    return `${havingOf(table.name)} a value of the target ${target} in ${counted(cells.length, 'row')}: give ${minRows} or more`
  if (values < 2)
    return `the target ${target} is the same in all rows of ${table.name}: give a column with two values or more`
  return undefined
}

function canBeLearned({ against, train }: ReportTables, target: string): boolean {
  return [against, train].every((table) => targetProblem(table, target) === undefined)
}

/** Maximum number of classes that trees learn; rarer names are merged. */
export const maxClasses = 20

/** Names that people give to what a table is about. */
const likelyTarget =
  /^(target|label|class|outcome|result|y|attrition|churn(ed)?|surviv(al|ed)|deceased|death|died|income|default(ed)?|fraud|is_?fraud|diagnosis|revenue|purchase(d)?|bought|species|approved|readmitted|exited|left)$/i

/**
 * The column that people would choose: one whose name says so; else the last categorical one with few enough classes, else the
 * last numeric one that can be learned, if any.
 */
function defaultTarget(tables: ReportTables): string | undefined {
  const { columns } = tables.against
  if (columns.length < 2) return undefined
  const likely = columns.find(
    ({ name, categories, kind }) =>
      likelyTarget.test(name) &&
      kind !== 'date' &&
      (categories?.length ?? 0) <= maxClasses &&
      canBeLearned(tables, name),
  )
  if (likely) return likely.name
  const lastOf = (suits: (column: Column) => boolean) =>
    columns.findLast((column) => suits(column) && canBeLearned(tables, column.name))
  const last = lastOf(({ categories }) => categories !== undefined && categories.length <= maxClasses)
  return (last ?? lastOf(({ categories }) => !categories))?.name
}

/** The rows with the given value, without its column; among them the target may be constant. */
function matchingRows(tables: ReportTables, { column: name, value }: GivenValue, target?: string) {
  const { columns } = tables.against
  const d = placeOf(columns, name)
  if (d < 0) throw unknownName('given', name, namesOf(tables.against), { noun: 'column' })
  const cell = cellOfKind(columns[d]!, value)
  const others = [...columns.keys()].filter((other) => other !== d)
  const matching = (table: NamedTable) => {
    const { cells } = table.columns[d]!
    const rows = indicesWhere(table.count, (i) => cells[i] === cell || cells[i] === Math.fround(cell))
    return rowsAt(columnsAt(table, others), rows)
  }
  const { samples, against, train, seed } = tables
  const result = { samples: matching(samples), against: matching(against), train: matching(train), seed }
  const option = { option: 'given', value }
  for (const table of [result.against, result.train])
    if (table.count < minRows) {
      const problem = `${havingOf(table.name)} ${counted(table.count, 'row')} whose ${name} is ${value}: give a value with ${minRows} or more`
      throw new InputError(problem, 'bad-data', option)
    }
  if (others.length === 0)
    throw new InputError(`${name} is the only column: there is nothing else to measure`, 'bad-data', option)
  const isLearned = target !== undefined && target !== name && canBeLearned(result, target)
  const task = { ...result, target: isLearned ? target : undefined }
  return result.samples.count < minRows ? task : requireTargets(task)
}
