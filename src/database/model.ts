import { InputError, unknownName } from '../core/errors.ts'
import { counted, printable } from '../core/format.ts'
import { abortSignal, anything, callback, checkOptions, integer, type OptionChecks } from '../core/options.ts'
import { ownValue } from '../core/own.ts'
import { internalsOf, type Model, type ModelInternals } from '../infer/model.ts'
import { asyncDispose } from '../infer/session.ts'
import { leftOutWarnings } from '../infer/texts.ts'
import { maxSeed } from '../numerics/random.ts'
import { longerFormat } from '../table/generated/texts-of-form.ts'
import { type Given, knownOf } from '../table/known.ts'
import { isGenerated, type NamedTable, namesOf } from '../table/table.ts'
import type { DatabaseFile } from './file.ts'
import { drawTables } from './learned/draw-tables.ts'
import type { Plans } from './learned/plan.ts'
import { withoutRepeat } from './learned/repeats.ts'
import { refuseUnknownTable, type Schema } from './schema.ts'

/** Options of `sample` for a model of several tables. */
export interface SampleTablesOptions {
  /**
   * Rows by table, of tables that no other leads to. Default: as many as were trained on; if some are given, the others keep
   * their proportion to the first.
   */
  readonly count?: Readonly<Record<string, number>> | undefined
  /** Seed, 0 by default. */
  readonly seed?: number | undefined
  /** By table, known cells of every row, as `given` of a single table has them. */
  readonly given?: Readonly<Record<string, Given>> | undefined
  readonly signal?: AbortSignal | undefined
  /** Told in a line of rows that are left out, since they kept breaking a rule or repeating a key. */
  readonly onWarning?: ((message: string) => void) | undefined
  /** Told of the rows of a table that are drawn. */
  readonly onProgress?: ((progress: { table: string; done: number; count: number }) => void) | undefined
}

/** A model of several tables, with the verdicts on its rows, to sample and then to dispose of. */
export interface DatabaseModel extends Pick<DatabaseFile, 'verdicts' | 'verdictsOf'> {
  readonly schema: Schema
  /** By table, its model; none of reference data. */
  readonly models: ReadonlyMap<string, Model>
  /** The tables whose number of rows `count` may say, with those that they were trained on; all others follow from them. */
  readonly roots: Readonly<Record<string, number>>
  /** Draws rows of all tables. */
  sample(options?: SampleTablesOptions): Promise<TableSamples>
  /** Releases the models. */
  dispose(): Promise<void>
  /** `dispose`, at the end of a block with `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

/** Rows of several tables, whose references meet. */
export interface TableSamples {
  readonly schema: Schema
  readonly tables: ReadonlyMap<string, NamedTable>
}

const sampleChecks: OptionChecks<SampleTablesOptions> = {
  count: anything,
  seed: integer(0, maxSeed),
  given: anything,
  signal: abortSignal,
  onWarning: callback,
  onProgress: callback,
}

/** What rows of several tables are drawn by. */
type DrawnBy = Parameters<typeof drawTables>[0]

/** The model of a .moonstep file, whose models are opened by `open`. Throws InputError as `open` does. */
export async function openDatabaseModel(
  { schema, plans, models: files, referenceData, verdicts, verdictsOf }: DatabaseFile,
  open: (bytes: Uint8Array, table: string) => Promise<Model>,
): Promise<DatabaseModel> {
  const models = new Map<string, Model>()
  const dispose = async () => {
    for (const model of models.values()) await model.dispose()
  }
  try {
    for (const [name, bytes] of files) models.set(name, await open(bytes, name))
  } catch (error) {
    await dispose()
    throw error
  }
  const internals = new Map([...models].map(([name, model]) => [name, internalsOf(model)]))
  const by = { schema, plans, models: internals, referenceData }
  return {
    schema,
    verdicts,
    verdictsOf,
    models,
    roots: Object.fromEntries(rootsOf(by).map((name) => [name, plans[name]!.rows])),
    dispose,
    [asyncDispose]: dispose,
    async sample(options = {}) {
      const checked = checkOptions('sample', options, sampleChecks)
      const { count = {}, seed = 0, given = {}, onWarning } = checked
      requireRoots(by, count)
      for (const [table, cells] of Object.entries(given)) requireGiven(by, table, cells)
      const counts = countsFor(by, count)
      requireRooms(internals, plans, counts)
      for (const [table, { generator }] of internals)
        for (const line of leftOutWarnings(generator)) onWarning?.(`table ${printable(table)}: ${line}`)
      return { schema, tables: await drawTables(by, { ...checked, counts, seed }) }
    },
  }
}

/** The tables whose number of rows may be chosen. */
function rootsOf({ schema: { tables }, plans }: DrawnBy): string[] {
  return Object.keys(tables).filter(
    (name) => !tables[name]!.keep && !plans[name]!.references.includes('parent'),
  )
}

/** Throws InputError on rows of a table that is unknown, is reference data, or has as many as its parents say. */
function requireRoots(by: DrawnBy, count: Readonly<Record<string, number>>): void {
  const roots = rootsOf(by)
  for (const [name, rows] of Object.entries(count)) {
    refuseUnknownTable('count', name, by.schema)
    if (!roots.includes(name))
      throw new InputError(
        `\`count\` names ${name}, whose number of rows follows from ${by.schema.tables[name]!.keep ? 'the rows that it keeps' : 'those of its parents'}: give that of ${roots.join(' or ')}`,
        'conflict',
        { option: 'count' },
      )
    if (!Number.isSafeInteger(rows) || rows < 1)
      throw new InputError(`\`count\` of ${name} is ${rows}: give a whole number from 1`, 'out-of-range', {
        option: 'count',
        value: rows,
      })
  }
}

/** Throws InputError on known cells of a table that is unknown or is reference data, or that don't fit its columns. */
function requireGiven({ schema, plans, models }: DrawnBy, table: string, cells: Given): void {
  refuseUnknownTable('given', table, schema)
  const model = models.get(table)
  if (!model)
    throw new InputError(
      `\`given\` is for rows that are drawn, and ${table} keeps its own: leave it out`,
      'conflict',
      { option: 'given' },
    )
  const { encoding } = model.file.description
  // neither a column of its parent, nor one of a generated key
  const { context = [] } = encoding
  const ownNames = namesOf(encoding).filter((name) => !context.includes(name))
  const other = Object.keys(cells).find((name) => !ownNames.includes(name))
  if (other !== undefined) throw unknownName('given', other, ownNames, { noun: 'column' })
  const { repeats = {} } = plans[table]!
  const columns = encoding.columns.map((column) => withoutRepeat(column, repeats))
  knownOf({ ...encoding, columns }, cells)
}

function countsFor(by: DrawnBy, count: Readonly<Record<string, number>>): Record<string, number> {
  const { plans } = by
  const [first] = Object.entries(count)
  const share = first ? first[1] / Math.max(1, plans[first[0]]!.rows) : 1
  return Object.fromEntries(
    rootsOf(by).map((name) => {
      const { rows } = plans[name]!
      const usual = isList(by, name) ? rows : Math.max(1, Math.round(share * rows))
      return [name, ownValue(count, name) ?? usual]
    }),
  )
}

/** Whether a table's key is of names or numbers that are learned, of which there are no more. */
function isList({ schema, models }: DrawnBy, name: string): boolean {
  const { key = [] } = schema.tables[name]!
  const learned = models.get(name)!.file.description.encoding.columns.filter((each) => !isGenerated(each))
  return key.length > 0 && key.every((each) => learned.some((column) => column.name === each))
}

/**
 * Throws InputError, with the largest number of rows, if a table needs more texts that differ than the format of one of its columns
 * has room for. How many children a table gets is drawn: as many for each row as in training are expected.
 *
 * @param models - By table, its model.
 * @param plans - How many rows each table had in training.
 * @param counts - The rows of each table without a parent.
 */
export function requireRooms(
  models: ReadonlyMap<string, ModelInternals>,
  plans: Plans,
  counts: Readonly<Record<string, number>>,
): void {
  const growthOf = ([root, count]: readonly [string, number]) => count / Math.max(1, plans[root]!.rows)
  const most = Object.entries(counts).toSorted((a, b) => growthOf(b) - growthOf(a))[0]
  for (const [table, { generator }] of models) {
    const least = generator?.leastRoom()
    if (!least) continue
    const [root, count] = Object.hasOwn(counts, table)
      ? ([table, counts[table]!] as const)
      : (most ?? [table, 0])
    const rows = root === table ? count : Math.round(growthOf([root, count]) * plans[table]!.rows)
    if (rows <= least.texts) continue
    const largest = Math.max(1, Math.floor((count * least.texts) / rows))
    throw new InputError(
      `table ${printable(table)}, column ${printable(least.column)}: its format has room for ${counted(least.texts, 'text')} that all differ and are not in the rows, and there are to be ${root === table ? '' : 'about '}${counted(rows, 'row')}: draw at most ${counted(largest, 'row')} of ${printable(root)}, or ${longerFormat(least.column)}`,
      'out-of-range',
      { option: 'count', value: count },
    )
  }
}
