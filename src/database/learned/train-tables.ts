import { InputError } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import { columnsOf, fitRules } from '../../table/rules/index.ts'
import { parseRules } from '../../table/rules/parse.ts'
import { isGenerated, namesOf } from '../../table/table.ts'
import type { TrainRequest } from '../../train/options.ts'
import type { TrainingRuntime } from '../../train/runtime.ts'
import { type Trained, train } from '../../train/train.ts'
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

/** What is trained of several tables. */
export interface TrainedTables {
  readonly plans: Plans
  /** The models' runs, but of tables that keep their rows. */
  readonly trained: ReadonlyMap<string, Trained>
  /** The rows that were trained on. */
  readonly train: Database
  /** The rows that were held out, if any. */
  readonly holdout?: Database | undefined
}

/**
 * Trains a model of each table, parents first. A child's learns its rows under the columns of its parent and of the rows before.
 *
 * @param database - The tables, with the rows that they refer to.
 * @param options - How each model is trained.
 * @param runtimeOf - The engines, and where the run of a table is kept.
 * @param onTable - Told of each table before its training.
 * @returns The plans of all tables and their runs.
 * @throws InputError as `train` does, with the table's name.
 */
export async function trainTables(
  database: Database,
  { holdout: share = 0, ...options }: TablesTraining,
  runtimeOf: (table: string) => TrainingRuntime,
  onTable?: (table: string) => void,
): Promise<TrainedTables> {
  requireTables(database)
  const { schema } = database
  const { seed = 0 } = options
  const parts = share > 0 ? setAside(database, planTables(database), share, seed) : { train: database }
  const plans = planTables(parts.train)
  requireRules(parts.train, plans)
  const trained = new Map<string, Trained>()
  for (const name of tablesInOrder(schema)) {
    const { keep, rules } = schema.tables[name]!
    if (keep) continue
    onTable?.(name)
    const { table, context, step } = learnedRows(parts.train, plans, name)
    const holdout = 'holdout' in parts ? learnedRows(parts.holdout, plans, name, context).table : undefined
    const request = { ...options, dataset: table, recipe: 'table', ...(rules && { rules }) } as const
    trained.set(name, await train(request, runtimeOf(name), { context, holdout, step }))
  }
  return { plans, trained, ...parts }
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
