import { InputError } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import type { OptionChecks } from '../../core/options.ts'
import { internalsOf, type Model } from '../../infer/model.ts'
import { isGenerated, type TableColumn } from '../../table/table.ts'
import { type AmongTables, resolveConfig } from '../../train/config.ts'
import { type TrainRequest, trainChecks } from '../../train/options.ts'
import { recipeOf } from '../../train/recipes.ts'
import { type Database, tablesInOrder } from '../database.ts'
import { setAside } from './holdout.ts'
import { groupCount, hasGroups, learnGroups } from './learn-groups.ts'
import { type Plans, planTables, requireTables } from './plan.ts'
import { planRepeats } from './plan-repeats.ts'
import { isSetName, learnedColumns, learnedRows } from './rows.ts'
import { planRules } from './rules.ts'

/** The options of one table's training that several tables take too. */
export const tablesTrainingOptions = [
  'allowRareNames',
  'batchSize',
  'candidates',
  'engine',
  'force',
  'hidden',
  'holdout',
  'knots',
  'learningRate',
  'minCategory',
  'onNote',
  'onProgress',
  'onWarning',
  'onWork',
  'seed',
  'signal',
  'steps',
  'threads',
] as const satisfies readonly (keyof TrainRequest)[]

/** How the model of each table is trained; the recipe sets what is left out. */
export type TablesTraining = Pick<TrainRequest, (typeof tablesTrainingOptions)[number]>

/** The checks of these options. */
export const tablesTrainingChecks = Object.fromEntries(
  tablesTrainingOptions.map((name) => [name, trainChecks[name]]),
) as OptionChecks<TablesTraining>

/** What is trained of several tables. */
interface TrainedTables<T> {
  readonly plans: Plans
  /** What `trainTable` returned, but of reference data. */
  readonly trained: ReadonlyMap<string, T>
  /** The rows that were trained on. */
  readonly train: Database
  /** The rows that were held out, if any. */
  readonly holdout?: Database | undefined
}

/**
 * Trains a model of each table, parents first. A child's learns its rows under the columns of its parent and of the rows before.
 * Then trees learn to choose among groups, where a table has enough of them (`learnGroups`).
 *
 * @param database - The tables, with the rows that they refer to.
 * @param options - How each model is trained.
 * @param trainTable - Trains the model of a table by `train`, or continues its run.
 * @param load - Loads a trained model, to draw groups, with provider `simd`, so that the same models give the same bytes anywhere.
 * @returns The plans of all tables and their runs.
 * @throws InputError as `train` does, with the table's name.
 */
export async function trainTables<T>(
  database: Database,
  { holdout: share = 0, ...options }: TablesTraining,
  trainTable: (table: string, request: TrainRequest, among: AmongTables) => Promise<T>,
  load: (trained: T) => Promise<Model>,
): Promise<TrainedTables<T>> {
  requireTables(database)
  const { schema } = database
  const { seed = 0 } = options
  const parts = share > 0 ? setAside(database, share, seed) : { train: database }
  const planned = planValues(parts.train, planTables(parts.train), database)
  // refused before anything is trained
  const rules = new Map(tablesInOrder(schema).map((name) => [name, planRules(parts.train, planned, name)]))
  const plans: Plans = Object.fromEntries(
    Object.entries(planned).map(([name, plan]) => {
      const { checked, inModel } = rules.get(name)!
      const repeats = planRepeats(parts.train, planned, name, inModel)
      const isRepeating = Object.keys(repeats).length > 0
      return [name, { ...plan, ...(isRepeating && { repeats }), ...(checked && { rules: checked }) }]
    }),
  )
  for (const [name, { notes }] of rules) {
    const repeated = Object.entries(plans[name]!.repeats ?? {}).map(
      ([column, standsFor]) =>
        `${printable(column)} mostly is that of the row before, which is learned as one more name, ${printable(standsFor)}`,
    )
    for (const note of [...notes, ...repeated]) options.onNote?.(`${printable(name)}: ${note}`)
  }
  const { candidates = recipeOf('table').candidates! } = options
  const withGroups = Object.keys(plans).filter(
    (name) => candidates >= groupCount && hasGroups(parts.train, plans, name),
  )
  const trainingOf = (name: string): [TrainRequest, AmongTables] => {
    const { ofModel } = rules.get(name)!
    const { table, context, step, parents } = learnedRows(parts.train, plans, name)
    const holdout = 'holdout' in parts ? learnedRows(parts.holdout, plans, name, context).table : undefined
    const request = {
      ...options,
      dataset: table,
      recipe: 'table',
      // a row of one of several groups takes as long as one of so many more candidates
      ...(withGroups.includes(name) && { candidates: Math.floor(candidates / groupCount) }),
      ...(ofModel.length > 0 && { rules: ofModel }),
    } as const
    return [request, { context, holdout, step, parents }]
  }
  const learning = tablesInOrder(schema).filter((name) => !schema.tables[name]!.keep)
  // what is wrong with the last table is said before the first is trained
  const configs = new Map<string, AmongTables['config']>()
  for (const name of learning) {
    options.signal?.throwIfAborted()
    configs.set(name, await configOf(name, ...trainingOf(name)))
  }
  const trained = new Map<string, T>()
  for (const name of learning) {
    // the rows of all tables at once would take much memory, and are put together again
    const [request, among] = trainingOf(name)
    trained.set(name, await trainTable(name, request, { ...among, config: configs.get(name) }))
  }
  if (withGroups.length === 0) return { plans, trained, ...parts }
  const models = new Map<string, Model>()
  try {
    for (const [name, model] of trained) models.set(name, await load(model))
    const by = {
      schema,
      plans,
      models: new Map(
        [...models].map(([name, model]) => [name, { ...internalsOf(model), generator: undefined }]),
      ),
      referenceData: new Map([...parts.train.tables].filter(([name]) => schema.tables[name]!.keep)),
    }
    const { signal, onWork } = options
    const work = { seed, signal, onProgress: onWork }
    return { plans: await learnGroups(by, parts.train, withGroups, work), trained, ...parts }
  } finally {
    for (const model of models.values()) await model.dispose()
  }
}

/**
 * Plans what a model can't do without: columns without a value in any row are not learned, nor whether a row has a reference that all
 * rows have, and a table without two different rows to learn, such as one of keys alone, learns which of its rows are even.
 *
 * @param whole - The database with the rows that are held out, to which references are missing in the others.
 */
function planValues(database: Database, planned: Plans, whole: Database): Plans {
  const plans: Record<string, Plans[string]> = { ...planned }
  const names = tablesInOrder(database.schema).filter((name) => !database.schema.tables[name]!.keep)
  // a row that another table refers to is known by columns that have values
  for (const name of names) {
    const missing = database.tables.get(name)!.columns.filter(isEmpty)
    plans[name] = withMissing(plans[name]!, missing)
  }
  for (const name of names) {
    const { references } = database.schema.tables[name]!
    const { links } = whole.tables.get(name)!
    const alwaysSet = references.flatMap(({ columns }, k) =>
      links[k]!.includes(-1) ? [] : isSetName(columns),
    )
    const all = learnedColumns(database, plans, name)
    const missing = all.filter((each) => isEmpty(each) || alwaysSet.includes(each.name))
    const learned = all.filter((each) => !missing.includes(each))
    plans[name] = withMissing(plans[name]!, missing)
    const generated = database.tables.get(name)!.columns.filter(isGenerated)
    if (![...learned, ...generated].some(isVaried)) plans[name] = { ...plans[name], isBare: true }
  }
  return plans
}

function withMissing(plan: Plans[string], columns: readonly TableColumn[]): Plans[string] {
  if (columns.length === 0) return plan
  return { ...plan, missing: [...(plan.missing ?? []), ...columns.map(({ name }) => name)] }
}

function isEmpty({ kind, cells }: TableColumn): boolean {
  return kind !== 'key' && cells.every(Number.isNaN)
}

/** Whether something of a column is learned: its values, or where it has none. */
function isVaried({ kind, cells }: TableColumn): boolean {
  if (isGenerated({ kind })) return kind === 'text' && cells.some(Number.isNaN)
  return cells.some((cell) => !Object.is(cell, cells[0]))
}

/** What is fitted to the rows of a table. Throws InputError on a table that can't be trained, with its name. */
async function configOf(
  name: string,
  request: TrainRequest,
  among: AmongTables,
): Promise<AmongTables['config']> {
  try {
    return (await resolveConfig(request, undefined, among)).config
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    const { message, code, option, value } = error
    // a column is dropped where the tables are stated
    const line = message.replace('(`drop`)', 'in schema.json')
    throw new InputError(`table ${printable(name)}: ${line}`, code, { option, value })
  }
}
