/** shop.moonstep: the models of several tables in one file, a zip without a row but those of reference data. */

import { zipSync } from 'fflate'
import * as v from 'valibot'
import { InputError } from '../core/errors.ts'
import { humanBytes, humanCount, printable } from '../core/format.ts'
import { ownValue } from '../core/own.ts'
import { unzipped } from '../core/unzip.ts'
import { candidatesSchema } from '../model/candidates.ts'
import { shared } from '../model/schemas.ts'
import { ruleSchema } from '../table/rules/index.ts'
import { type Column, definitionOf, type Table } from '../table/table.ts'
import type { LinkedTable } from './database.ts'
import type { Plans } from './learned/plan.ts'
import type { StoredVerdicts } from './measured/verdicts.ts'
import { parentOf } from './parent.ts'
import { databaseParts } from './parts.ts'
import { recordOf } from './record.ts'
import { parseSchema, type Schema } from './schema.ts'

/** What a .moonstep file holds. */
export interface DatabaseFile extends StoredVerdicts {
  readonly schema: Schema
  readonly plans: Plans
  /** By table, its model.onnx. */
  readonly models: ReadonlyMap<string, Uint8Array>
  /** The tables of reference data. */
  readonly referenceData: ReadonlyMap<string, LinkedTable>
}

/** The time of every part, so that the same models give the same bytes: the first that a zip can have. */
const mtime = new Date(1980, 0, 1)

/** A file with more parts than this was not written by export, whatever its directory says. */
const mostParts = 10_000

/**
 * Writes a .moonstep file.
 *
 * @returns Its bytes, the same for the same models.
 */
export function encodeDatabaseFile({ schema, models, referenceData, ...learned }: DatabaseFile): Uint8Array {
  // as they are read again, so that a run in memory makes the same bytes as its folder
  const written = parseSchema(JSON.stringify(schema), databaseParts.schema)
  const tables = parseTables(tablesToJson(learned), schema, databaseParts.plans)
  const parts: Record<string, Uint8Array> = {
    [databaseParts.schema]: textBytes(written),
    [databaseParts.plans]: new TextEncoder().encode(tablesToJson(tables)),
  }
  for (const [k, name] of Object.keys(schema.tables).entries()) {
    const [model, rows] = [models.get(name), referenceData.get(name)]
    // a table's name may be no file's
    if (model) parts[`${k}.onnx`] = model
    if (rows) parts[`${k}.json`] = textBytes(referenceDataToJson(rows))
  }
  // weights hardly shrink
  return zipSync(parts, { level: 1, mtime })
}

/**
 * Reads a .moonstep file.
 *
 * @param bytes - The file.
 * @param name - Its name in messages.
 * @returns Its parts; the models are not read yet.
 * @throws InputError on a file of another form, one with other parts, or one that unpacks to more than 2 GiB or a hundred
 * times its size.
 */
export function decodeDatabaseFile(bytes: Uint8Array, name: string): DatabaseFile {
  const parts = partsOf(bytes, name)
  const bytesOf = (part: string) => {
    const content = parts[part]
    if (!content) throw broken(name, `it lacks ${part}`)
    return content
  }
  const text = (part: string) => new TextDecoder().decode(bytesOf(part))
  const schema = parseSchema(text(databaseParts.schema), `${name}, ${databaseParts.schema}`)
  const learned = parseTables(text(databaseParts.plans), schema, `${name}, ${databaseParts.plans}`)
  const models = new Map<string, Uint8Array>()
  const referenceData = new Map<string, LinkedTable>()
  for (const [k, [table, { keep, references }]] of Object.entries(schema.tables).entries()) {
    const part = `${k}.${keep ? 'json' : 'onnx'}`
    const where = `${name}, ${part}`
    if (keep) referenceData.set(table, referenceDataFromJson(text(part), table, references.length, where))
    else models.set(table, bytesOf(part))
  }
  return { schema, ...learned, models, referenceData }
}

function partsOf(bytes: Uint8Array, name: string): Readonly<Record<string, Uint8Array>> {
  // weights hardly shrink, and rows to a tenth or so: what shrank to less than a hundredth would only fill the memory
  const most = Math.min(2 ** 31, Math.max(2 ** 24, 100 * bytes.length))
  try {
    return unzipped(bytes, ({ name: part, count, size }) => {
      if (!/^(\d+\.(onnx|json)|schema\.json|tables\.json)$/.test(part))
        throw broken(name, `it has a part ${printable(part)}`)
      if (count > mostParts) throw broken(name, `it has more than ${humanCount(mostParts)} parts`)
      if (size > most) throw broken(name, `it unpacks to more than ${humanBytes(most)}`)
    })
  } catch (error) {
    throw error instanceof InputError ? error : broken(name, 'it is no zip')
  }
}

function broken(name: string, problem: string): InputError {
  return new InputError(
    `${name} is no .moonstep file, ${problem}: moonstep export writes one from the run of several tables`,
    'bad-model',
  )
}

export const countSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
export const columnSchema = v.looseObject({ name: v.string(), kind: v.string() })
/** Cells, or the cells of a row: missing values are null. */
export const cellsSchema = v.array(v.nullable(v.number()))
/** By reference, the row that each row refers to. */
export const linksSchema = v.array(v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(-1))))

const orderSchema = v.object({
  column: columnSchema,
  isDate: v.boolean(),
  timeUnit: v.optional(v.number()),
  comparable: v.array(v.string()),
  begin: v.optional(v.string()),
  end: v.optional(v.string()),
  isAtBegin: v.optional(v.boolean()),
  isAtEnd: v.optional(v.boolean()),
  fills: v.optional(v.boolean()),
  base: v.number(),
  minimumGap: v.optional(v.number()),
})

const planSchema = v.object({
  rows: countSchema,
  references: v.array(v.picklist(['parent', 'name', 'nearest'])),
  copied: v.array(v.object({ column: v.string(), reference: countSchema, from: v.string() })),
  rowOrder: v.optional(orderSchema),
  orphans: countSchema,
  counts: v.optional(recordOf(v.array(v.pipe(v.number(), v.finite(), v.minValue(0))))),
  repeats: v.optional(recordOf(v.string())),
  missing: v.optional(v.array(v.string())),
  isBare: v.optional(v.boolean()),
  groups: v.optional(candidatesSchema),
  rules: v.optional(v.object({ rules: v.array(ruleSchema), columns: v.array(columnSchema) })),
})

/** Plans of format 1 had other names for three fields. */
const earlierPlanSchema = v.pipe(
  v.looseObject({
    clock: v.optional(v.looseObject({ leastStep: v.optional(v.unknown()) })),
    families: v.optional(v.unknown()),
  }),
  v.transform(({ clock, families: groups, ...plan }) => {
    if (!clock) return { ...plan, rowOrder: undefined, groups }
    const { leastStep: minimumGap, ...rowOrder } = clock
    return { ...plan, rowOrder: { ...rowOrder, minimumGap }, groups }
  }),
  planSchema,
)

const partSchema = { what: v.string(), compared: countSchema }

const tablesSchema = v.variant('format', [
  v.object({ format: v.literal(1), tables: recordOf(earlierPlanSchema) }),
  v.object({
    format: v.literal(2),
    tables: recordOf(planSchema),
    verdicts: v.optional(shared.verdicts),
    verdictsOf: v.optional(
      v.object({
        rows: v.nullable(v.object(partSchema)),
        people: v.nullable(v.object({ ...partSchema, copied: v.nullable(v.number()) })),
        unjudged: v.array(v.string()),
      }),
    ),
  }),
])

/** What tables.json says: how the tables are drawn, and the verdicts on what is drawn. */
type LearnedTables = Pick<DatabaseFile, 'plans' | keyof StoredVerdicts>

/** Writes tables.json. */
export function tablesToJson({ plans, verdicts, verdictsOf }: LearnedTables): string {
  return `${JSON.stringify({ format: 2, tables: plans, verdicts, verdictsOf })}\n`
}

/** Reads tables.json. Throws InputError on another form, and on other tables than the schema's. */
export function parseTables(json: string, schema: Schema, file: string): LearnedTables {
  const { tables } = schema
  const result = v.safeParse(tablesSchema, parsed(json, file))
  if (!result.success)
    throw new InputError(
      `${file}: ${v.getDotPath(result.issues[0]) ?? 'it'} is not as train writes it: train the tables anew`,
      'bad-model',
    )
  const { output } = result
  const plans = output.tables as unknown as Plans
  const lacking = Object.keys(tables).find((name) => !fits(ownValue(plans, name), name, schema))
  if (lacking !== undefined)
    throw new InputError(
      `${file} does not fit the schema at table ${printable(lacking)}: train the tables anew`,
      'bad-model',
    )
  const { verdicts, verdictsOf } = output.format === 2 ? output : {}
  return { plans, ...(verdicts && verdictsOf && { verdicts, verdictsOf }) }
}

/** Whether a table's plan is of its references, of the parent that the schema gives it, and of its order. */
function fits(plan: Plans[string] | undefined, name: string, schema: Schema): boolean {
  const { references, order } = schema.tables[name]!
  const parent = parentOf(schema, name)?.index ?? -1
  return (
    plan?.references.length === references.length &&
    plan.references.indexOf('parent') === parent &&
    (plan.rowOrder === undefined || (parent >= 0 && plan.rowOrder.column.name === order))
  )
}

function parsed(json: string, file: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw new InputError(`${file} is no JSON: train the tables anew`, 'bad-model')
  }
}

function textBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value)}\n`)
}

const rowsSchema = v.object({
  columns: v.array(columnSchema),
  rows: v.array(cellsSchema),
  keptColumns: v.array(columnSchema),
  keptRows: v.array(cellsSchema),
  links: linksSchema,
})

/** A table of reference data as JSON: missing values are null. */
export function referenceDataToJson(table: LinkedTable): v.InferOutput<typeof rowsSchema> {
  const rowsOf = ({ count, columns }: Table) =>
    Array.from({ length: count }, (_, i) =>
      columns.map(({ cells }) => (Number.isNaN(cells[i]!) ? null : cells[i]!)),
    )
  const all = table.kept ?? table
  return {
    columns: table.columns.map(definitionOf),
    rows: rowsOf(table),
    keptColumns: all.columns.map(definitionOf),
    keptRows: rowsOf(all),
    links: table.links.map((link) => [...link]),
  }
}

/** Reads `referenceDataToJson`. Throws InputError on another form. */
export function referenceDataFromJson(
  json: string,
  name: string,
  references: number,
  file: string,
): LinkedTable {
  const { success, output } = v.safeParse(rowsSchema, parsed(json, file))
  if (!success || output.links.length !== references || output.rows.length !== output.keptRows.length)
    throw new InputError(`${file} has no rows as export writes them: export the run anew`, 'bad-model')
  const tableOf = (columns: readonly object[], rows: readonly (readonly (number | null)[])[]) => ({
    name,
    count: rows.length,
    columns: columns.map((column, d) => ({
      ...(column as Column),
      cells: Float64Array.from(rows, (row) => row[d] ?? Number.NaN),
    })),
  })
  return {
    ...tableOf(output.columns, output.rows),
    links: output.links.map((link) => Int32Array.from(link)),
    kept: tableOf(output.keptColumns, output.keptRows),
  }
}
