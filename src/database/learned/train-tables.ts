import { InputError } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import type { OptionChecks } from '../../core/options.ts'
import { internalsOf, type Model } from '../../infer/model.ts'
import { rareNamesIn } from '../../measure/rare-names.ts'
import type { TrainingConfig } from '../../model/run-config.ts'
import { isLearned, whyNotLearned } from '../../table/encodings/fit.ts'
import { areOftenRare } from '../../table/inference/text-column.ts'
import { leastRows } from '../../table/least-rows.ts'
import { isGenerated, namesOf, type TableColumn } from '../../table/table.ts'
import { type AmongTables, resolveConfig } from '../../train/config.ts'
import { type TrainRequest, trainChecks } from '../../train/options.ts'
import { recipeOf } from '../../train/recipes.ts'
import { type Database, tablesInOrder } from '../database.ts'
import { closingVerdicts, verdictsWithoutSamples } from '../measured/closing.ts'
import type { DatabaseVerdicts } from '../measured/verdicts.ts'
import type { Schema } from '../schema.ts'
import { type DividedDatabase, setAside } from './holdout.ts'
import { groupCount, hasGroups, learnGroups } from './learn-groups.ts'
import { ownColumns, type Plans, planTables, requireTables } from './plan.ts'
import { planRepeats } from './plan-repeats.ts'
import { evenName, isSetName, learnedColumns, learnedRows } from './rows.ts'
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
  'validation',
] as const satisfies readonly (keyof TrainRequest)[]

/** How the model of each table is trained; the recipe sets what is left out. */
export type TablesTraining = Pick<TrainRequest, (typeof tablesTrainingOptions)[number]>

/** The checks of these options. */
export const tablesTrainingChecks = Object.fromEntries(
  tablesTrainingOptions.map((name) => [name, trainChecks[name]]),
) as OptionChecks<TablesTraining>

/** What is trained of several tables. */
interface TrainedTables<T> extends DividedDatabase, DatabaseVerdicts {
  readonly plans: Plans
  /** What `trainTable` returned, but of reference data. */
  readonly trained: ReadonlyMap<string, T>
}

/**
 * Trains a model of each table, parents first. A child's learns its rows under the columns of its parent and of the rows before.
 * Then trees learn to choose among groups, where a table has enough of them (`learnGroups`), and what the models draw is compared with
 * the rows that were kept aside.
 *
 * @param database - The tables, with the rows that they refer to.
 * @param options - How each model is trained.
 * @param trainTable - Trains the model of a table by `train`, or continues its run.
 * @param load - Loads a trained model, to draw groups and to judge it, with provider `simd`, so that the same models give the same bytes anywhere.
 * @returns The plans of all tables and their runs.
 * @throws InputError as `train` does, with the table's name.
 */
export async function trainTables<T>(
  database: Database,
  { holdout, validation, ...options }: TablesTraining,
  trainTable: (table: string, request: TrainRequest, among: AmongTables) => Promise<T>,
  load: (trained: T) => Promise<Model>,
): Promise<TrainedTables<T>> {
  requireTables(database)
  const { schema } = database
  const { seed = 0 } = options
  const parts = setAside(database, { holdout, validation }, seed)
  const planned = planValues(parts.train, planTables(parts.train), database, options)
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
    const { table, context, parentCells, step, parents } = learnedRows(parts.train, plans, name)
    // a table that others only look rows up in is whole, and none of its rows is new to its model
    const isDivided = table.count < database.tables.get(name)!.count
    const partOf = (part: Database | undefined) =>
      part && isDivided ? learnedRows(part, plans, name, context).table : undefined
    const request = {
      ...options,
      dataset: table,
      recipe: 'table',
      // rows are kept aside with their parents
      holdout: 0,
      validation: 0,
      // a row of one of several groups takes as long as one of so many more candidates
      ...(withGroups.includes(name) && { candidates: Math.floor(candidates / groupCount) }),
      ...(ofModel.length > 0 && { rules: ofModel }),
    } as const
    const [holdout, validation] = [partOf(parts.holdout), partOf(parts.validation)]
    const made = plans[name]!.isBare ? [evenName] : []
    return [request, { context, parentCells, made, holdout, validation, step, parents }]
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
  const trainings = new Map([...configs].map(([name, config]) => [name, config!.training]))
  const concluded = await conclude({ schema, plans, trained, parts, withGroups, trainings, load }, options)
  return { trained, ...parts, ...concluded }
}

interface ToConclude<T> extends Pick<TrainedTables<T>, 'plans' | 'trained'> {
  readonly schema: Schema
  readonly parts: DividedDatabase
  /** The tables whose groups are chosen. */
  readonly withGroups: readonly string[]
  readonly trainings: ReadonlyMap<string, TrainingConfig>
  readonly load: (trained: T) => Promise<Model>
}

/** Draws rows of all tables, to learn how groups are chosen, and to judge the models. */
async function conclude<T>(
  { schema, plans, trained, parts, withGroups, trainings, load }: ToConclude<T>,
  { seed = 0, signal, onWork, onWarning = console.warn }: TablesTraining,
): Promise<Pick<TrainedTables<T>, 'plans' | keyof DatabaseVerdicts>> {
  const unjudged = verdictsWithoutSamples(parts)
  if (withGroups.length === 0 && unjudged) return { plans, ...unjudged }
  const { train, holdout } = parts
  const models = new Map<string, Model>()
  try {
    for (const [name, model] of trained) models.set(name, await load(model))
    const by = {
      schema,
      plans,
      models: new Map(
        [...models].map(([name, model]) => [name, { ...internalsOf(model), generator: undefined }]),
      ),
      referenceData: new Map([...train.tables].filter(([name]) => schema.tables[name]!.keep)),
    }
    const work = { seed, signal, onProgress: onWork }
    const chosen = withGroups.length > 0 ? await learnGroups(by, train, withGroups, work) : plans
    const sources = { by: { ...by, plans: chosen }, trainings, onWarning }
    const found = unjudged ?? (await closingVerdicts({ ...sources, train, holdout: holdout! }, work))
    return { plans: chosen, ...found }
  } finally {
    for (const model of models.values()) await model.dispose()
  }
}

/**
 * Plans what a model can't do without: columns of which too few rows have a value or a name are not learned, nor whether a row has a
 * reference that all rows have, and a table without two different rows to learn, such as one of keys alone, learns which of its rows are
 * even.
 *
 * @param whole - The database with the rows that are kept aside, to which references are missing in the others.
 */
function planValues(database: Database, planned: Plans, whole: Database, options: TablesTraining): Plans {
  requireLearned(whole, options)
  const plans: Record<string, Plans[string]> = { ...planned }
  const names = tablesInOrder(database.schema).filter((name) => !database.schema.tables[name]!.keep)
  // a row that another table refers to is known by columns that have values
  for (const name of names) {
    const own = new Set(namesOf({ columns: ownColumns(database, plans, name) }))
    const missing = database.tables
      .get(name)!
      .columns.filter((each) => isEmpty(each) || (own.has(each.name) && isTooRare(each, options)))
    plans[name] = withMissing(plans[name]!, missing)
  }
  for (const name of names) {
    const { references } = database.schema.tables[name]!
    const { links } = whole.tables.get(name)!
    const alwaysSet = references.flatMap(({ columns }, k) =>
      links[k]!.includes(-1) ? [] : isSetName(columns),
    )
    const all = learnedColumns(database, plans, name)
    const missing = all.filter((each) => isTooRare(each, options) || alwaysSet.includes(each.name))
    const learned = all.filter((each) => !missing.includes(each))
    plans[name] = withMissing(plans[name]!, missing)
    const generated = database.tables.get(name)!.columns.filter(isGenerated)
    if (![...learned, ...generated].some((each) => isVaried(each, options)))
      plans[name] = { ...plans[name], isBare: true }
  }
  return plans
}

/** Throws InputError on columns that the schema calls categories, and of which nearly nothing can be learned. */
function requireLearned(
  { schema, tables }: Database,
  { minCategory = 1, allowRareNames }: TablesTraining,
): void {
  if (minCategory > 1 || allowRareNames) return
  for (const [name, { keep, references }] of Object.entries(schema.tables)) {
    const referring = references.flatMap(({ columns }) => columns)
    const rare = tables
      .get(name)!
      .columns.find((column) => !keep && !referring.includes(column.name) && areOftenRare(column))
    if (rare)
      throw new InputError(
        `table ${printable(name)}: many rows have a name in ${printable(rare.name)} that fewer than ${leastRows} rows share, which is not learned: say "text" in schema.json, so that texts like them are made, leave the column out in schema.json, merge rare values (\`minCategory\`), or allow them (\`allowRareNames\`)`,
        'bad-data',
      )
  }
}

function withMissing(plan: Plans[string], columns: readonly TableColumn[]): Plans[string] {
  if (columns.length === 0) return plan
  return { ...plan, missing: [...(plan.missing ?? []), ...columns.map(({ name }) => name)] }
}

function isEmpty({ kind, cells }: TableColumn): boolean {
  return kind !== 'key' && cells.every(Number.isNaN)
}

/** Whether too few rows have a value or a name of a column for anything to be learned of it. */
function isTooRare(column: TableColumn, options: TablesTraining): boolean {
  const table = { count: column.cells.length, columns: [column] }
  const { minCategory, allowRareNames } = options
  const isAllowed = allowRareNames === true && rareNamesIn(table, minCategory).length > 0
  return whyNotLearned(column, { minCategory, isAllowed }) !== undefined
}

/** Whether something of a column is learned: its values, or where it has none. */
function isVaried(column: TableColumn, { allowRareNames, ...options }: TablesTraining): boolean {
  const { name, kind, cells } = column
  if (isGenerated({ kind })) return kind === 'text' && cells.some(Number.isNaN)
  const rareNames = allowRareNames ? [name] : []
  return (
    whyNotLearned(column, { ...options, isAllowed: allowRareNames === true }) !== undefined ||
    isLearned(column, { ...options, rareNames })
  )
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
