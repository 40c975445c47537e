import type { TrainRequest } from '../../train/options.ts'
import type { TrainingRuntime } from '../../train/runtime.ts'
import { type Trained, train } from '../../train/train.ts'
import { type Database, tablesInOrder } from '../database.ts'
import { setAside } from './holdout.ts'
import { type Plans, planTables, requireTables } from './plan.ts'
import { learnedRows } from './rows.ts'

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
  /** The rows that were trained on, and those that were held out, if any. */
  readonly train: Database
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
