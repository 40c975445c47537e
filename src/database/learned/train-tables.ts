import { InputError } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import { columnsOf, fitRules } from '../../table/rules/index.ts'
import { parseRules } from '../../table/rules/parse.ts'
import { isGenerated, namesOf } from '../../table/table.ts'
import type { AmongTables } from '../../train/config.ts'
import type { TrainRequest } from '../../train/options.ts'
import { type Database, tablesInOrder } from '../database.ts'
import { filledIn, tableOf } from './filled.ts'
import { setAside } from './holdout.ts'
import { type Plans, planTables, requireTables } from './plan.ts'
import { learnedColumns, learnedRows } from './rows.ts'

/** How the model of each table is trained; the recipe sets what is left out. */
export type TablesTraining = Pick<
  TrainRequest,
  | 'allowRareNames'
  | 'batchSize'
  | 'candidates'
  | 'engine'
  | 'force'
  | 'hidden'
  | 'holdout'
  | 'knots'
  | 'learningRate'
  | 'minCategory'
  | 'onNote'
  | 'onProgress'
  | 'onWarning'
  | 'onWork'
  | 'seed'
  | 'signal'
  | 'steps'
  | 'threads'
>

/** Trains the model of a table by `train`, or continues its run. */
export type TrainTable<T> = (table: string, request: TrainRequest, among: AmongTables) => Promise<T>

/** What is trained of several tables. */
export interface TrainedTables<T> {
  readonly plans: Plans
  /** What `trainTable` returned, but of tables that keep their rows. */
  readonly trained: ReadonlyMap<string, T>
  /** The rows that were trained on. */
  readonly train: Database
}

/**
 * Trains a model of each table, parents first. A child's learns its rows under the columns of its parent and of the rows before.
 *
 * @param database - The tables, with the rows that they refer to.
 * @param options - How each model is trained.
 * @param trainTable - Trains the model of each table.
 * @returns The plans of all tables and their runs.
 * @throws InputError as `train` does, with the table's name.
 */
export async function trainTables<T>(
  database: Database,
  { holdout: share = 0, ...options }: TablesTraining,
  trainTable: TrainTable<T>,
): Promise<TrainedTables<T>> {
  requireTables(database)
  const { schema } = database
  const { seed = 0 } = options
  const parts = share > 0 ? setAside(database, planTables(database), share, seed) : { train: database }
  const plans = planTables(parts.train)
  requireRules(parts.train, plans)
  const trained = new Map<string, T>()
  for (const name of tablesInOrder(schema)) {
    const { keep, rules } = schema.tables[name]!
    if (keep) continue
    const { table, context, step } = learnedRows(parts.train, plans, name)
    const holdout = 'holdout' in parts ? learnedRows(parts.holdout, plans, name, context).table : undefined
    const request = { ...options, dataset: table, recipe: 'table', ...(rules && { rules }) } as const
    trained.set(name, await trainTable(name, request, { context, holdout, step }))
  }
  return { plans, trained, train: parts.train }
}

/** Throws InputError, before anything is trained, on rules of several tables, and on those that the rows of a parent can't keep. */
function requireRules(database: Database, plans: Plans): void {
  for (const [name, { rules, keep }] of Object.entries(database.schema.tables)) {
    if (!rules || keep) continue
    const { clock, references } = plans[name]!
    const { points, ...table } = database.tables.get(name)!
    const made = filledIn({ ...table, points }).filter(({ column }) => isGenerated(column))
    const rows = tableOf(name, [...learnedColumns(database, plans, name), ...made], points.count)
    const where = `schema.json, table ${printable(name)}`
    const parsed = inTable(where, () => fitRules(parseRules(rules, namesOf(rows)), rows))
    for (const [k, rule] of parsed.entries()) {
      const isMade = columnsOf(rule).some((each) => made.some(({ column }) => column.name === each))
      if (rule.kind === 'unique' && references.includes('parent') && !isMade)
        throw new InputError(
          `${where}: rule ${rules[k]} is of all rows, and these are drawn parent by parent: leave it out, or make the columns the table's key`,
          'conflict',
        )
      if (clock?.timeUnit !== undefined && columnsOf(rule).includes(clock.column.name))
        throw new InputError(
          `${where}: rule ${rules[k]} is about ${printable(clock.column.name)}, by whose day rows are learned before its time: leave it out, or choose another order`,
          'conflict',
        )
    }
  }
}

function inTable<R>(where: string, body: () => R): R {
  try {
    return body()
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InputError(`${where}: ${error.message}`, error.code)
  }
}
