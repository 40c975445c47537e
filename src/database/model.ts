import { InputError, unknownName } from '../core/errors.ts'
import { printable } from '../core/format.ts'
import { abortSignal, anything, callback, checkOptions, integer, type OptionChecks } from '../core/options.ts'
import { ownValue } from '../core/own.ts'
import { internalsOf, type Model } from '../infer/model.ts'
import { asyncDispose } from '../infer/session.ts'
import { leftOutWarnings } from '../infer/texts.ts'
import { maxSeed } from '../numerics/random.ts'
import type { Encoding } from '../table/encodings/encoding.ts'
import type { Given } from '../table/known.ts'
import { knownOf } from '../table/known.ts'
import { isGenerated, type NamedTable, namesOf } from '../table/table.ts'
import type { DatabaseFile } from './file.ts'
import { drawTables } from './learned/draw-tables.ts'
import { withoutRepeat } from './learned/repeats.ts'
import { requireRooms } from './rooms.ts'
import type { Schema } from './schema.ts'
import { refuseUnknownTable } from './schema.ts'

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

/** A model of several tables, to sample and then to dispose of. */
export interface DatabaseModel {
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

/** Throws InputError on a column that is none of the table's own, such as one of its parent, or one of a generated key. */
function requireOwnColumns(cells: Given, { columns, context = [] }: Encoding): void {
  const ownNames = namesOf({ columns }).filter((name) => !context.includes(name))
  const other = Object.keys(cells).find((name) => !ownNames.includes(name))
  if (other !== undefined) throw unknownName('given', other, ownNames, { noun: 'column' })
}

/** What rows of several tables are drawn by. */
type DrawnBy = Parameters<typeof drawTables>[0]

/** The model of a .moonstep file, whose models are opened by `open`. Throws InputError as `open` does. */
export async function openDatabaseModel(
  { schema, plans, models: files, referenceData }: DatabaseFile,
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
  requireOwnColumns(cells, encoding)
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
  const { columns } = models.get(name)!.file.description.encoding
  return (
    key.length > 0 &&
    key.every((each) => columns.some((column) => column.name === each && !isGenerated(column)))
  )
}
