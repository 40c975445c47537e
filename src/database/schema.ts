/**
 * Several tables whose keys meet. The schema says which tables there are, what identifies a row and what refers to it; stores/
 * read and write them.
 */
import * as v from 'valibot'
import { InputError, nearest, shown, unknownName } from '../core/errors.ts'
import { printable } from '../core/format.ts'
import { statedMaker } from '../table/generated/stated.ts'
import { quoted } from '../table/inference/words.ts'
import { type ColumnType, columnTypes } from '../table/table.ts'
import { recordOf } from './record.ts'

/** Columns that name a row of a table by its key. */
export interface Reference {
  /** In the order of the key's columns. */
  readonly columns: readonly string[]
  /** The table whose key it is. */
  readonly table: string
  /** Whether a row may lack it, by a missing value in one of the columns. */
  readonly optional: boolean
  /** What a SQLite file does with it when the row that it leads to changes, such as `ON DELETE CASCADE`. */
  readonly actions?: string | undefined
}

/** What is known of a table in addition to its rows. */
export interface TableSchema {
  /** The kind of every column, in the source's order. */
  readonly columns: Readonly<Record<string, ColumnType>>
  /** The columns that no two rows have alike, and no row lacks. */
  readonly key?: readonly string[] | undefined
  /** The first obligatory one leads to the parent with which a row is drawn. */
  readonly references: readonly Reference[]
  /** A date or a number by which the rows of one parent follow each other. */
  readonly order?: string | undefined
  /** Whether the table is reference data, such as a list of countries, whose real rows are in the model file and all samples. */
  readonly keep?: boolean | undefined
  /** What must hold in each row, such as `placed <= shipped`. */
  readonly rules?: readonly string[] | undefined
  /** By column, how a SQLite file defines it, such as `DECIMAL(9,2) NOT NULL`: a new one defines it so too. */
  readonly declared?: Readonly<Record<string, string>> | undefined
}

export interface Schema {
  readonly format: 1
  readonly tables: Readonly<Record<string, TableSchema>>
}

/** The schema with something else of each table. */
export function mapTables(
  { format, tables }: Schema,
  make: (table: TableSchema, name: string) => TableSchema,
): Schema {
  const all = Object.entries(tables).map(([name, table]) => [name, make(table, name)])
  return { format, tables: Object.fromEntries(all) }
}

/** The tables whose real rows are in the model file and all samples: reference data, and tables of one row. */
export function keptTables({ tables }: Schema): string[] {
  return Object.entries(tables).flatMap(([name, { keep }]) => (keep ? [name] : []))
}

const names = v.pipe(v.array(v.string()), v.minLength(1, 'name a column'))

const columnType = v.custom<ColumnType>(
  (type) =>
    typeof type === 'string' &&
    ((columnTypes as readonly string[]).includes(type) || statedMaker(type as ColumnType) !== undefined),
  `give one of ${columnTypes.join(', ')}, a form such as /AB-\\d{4}/, or a method of faker`,
)

/** What may stand behind a column's name: a type and NOT NULL, and nothing with a value. */
export const columnDefinition =
  /^(?:[A-Za-z_]\w*(?: [A-Za-z_]\w*)*)?(?: ?\( ?\d+(?: ?, ?\d+)? ?\))?(?: NOT NULL)?$/

/** What may stand behind a reference. */
export const referenceActions = /^(?:(?:^| )ON (?:DELETE|UPDATE) (?:CASCADE|RESTRICT|SET NULL|SET DEFAULT))+$/

const schemaOfFile = v.object({
  $schema: v.optional(v.string()),
  format: v.literal(1, 'this version reads format 1'),
  tables: recordOf(
    v.strictObject({
      columns: recordOf(columnType),
      key: v.optional(names),
      references: v.optional(
        v.array(
          v.strictObject({
            columns: names,
            table: v.string(),
            optional: v.optional(v.boolean(), false),
            actions: v.optional(
              v.pipe(v.string(), v.regex(referenceActions, 'give actions such as ON DELETE CASCADE')),
            ),
          }),
        ),
        [],
      ),
      order: v.optional(v.string()),
      keep: v.optional(v.boolean()),
      rules: v.optional(v.array(v.string())),
      declared: v.optional(
        recordOf(
          v.pipe(
            v.string(),
            v.regex(columnDefinition, 'give a type of SQLite, such as DECIMAL(9,2) NOT NULL'),
          ),
        ),
      ),
    }),
  ),
})

/**
 * Reads schema.json.
 *
 * @param json - The file's text.
 * @param file - Its name in messages.
 * @returns The schema, whose keys and references meet.
 * @throws InputError, one line, on another form, and on names that no table or column has.
 * @example
 * parseSchema('{"format":1,"tables":{"customers":{"columns":{"id":"key"},"key":["id"]}}}', 'schema.json').tables.customers.key // ['id']
 */
export function parseSchema(json: string, file: string): Schema {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new InputError(`${file} is no JSON: moonstep schema DATASET --out ${file} writes one`, 'bad-data')
  }
  const result = v.safeParse(schemaOfFile, value)
  if (!result.success) {
    const [issue] = result.issues
    const path = v.getDotPath(issue)
    throw new InputError(
      `${file}: ${path ? `${shown(path)}: ` : ''}${shown(issue.message.replaceAll('"', "'"))}`,
      'bad-data',
    )
  }
  const { format, tables } = result.output
  const schema = { format, tables }
  requireWhole(schema, file)
  return schema
}

/** The text of schema.json. */
export function schemaToJson({ format, tables }: Schema): string {
  return `${JSON.stringify({ format, tables }, null, 2)}\n`
}

/** Throws InputError on a key, reference or order of columns and tables that the schema lacks, and on references to no key. */
export function requireWhole({ tables }: Schema, file: string): void {
  for (const [name, { columns, key, references, order }] of Object.entries(tables)) {
    const where = `${file}, table ${printable(name)}`
    const inTable = [...(key ?? []), ...references.flatMap((each) => each.columns)]
    for (const column of order === undefined ? inTable : [...inTable, order])
      if (!Object.hasOwn(columns, column)) {
        const names = Object.keys(columns)
        throw wrong(
          where,
          `it has no column ${printable(column)}${nearest(column, names)}: choose from ${names.map(printable).join(', ')}`,
        )
      }
    for (const reference of references) requireTarget(reference, tables, where)
  }
}

/** Throws InputError on words for SQL, which a schema that was not read by `parseSchema` may have, that say more than a type or an action. */
export function requireWords({ tables }: Schema): void {
  for (const [name, { declared = {}, references }] of Object.entries(tables)) {
    const wrong =
      Object.values(declared).find((words) => !columnDefinition.test(words)) ??
      references.find(({ actions }) => actions !== undefined && !referenceActions.test(actions))?.actions
    if (wrong !== undefined)
      throw new InputError(
        `the schema's table ${printable(name)} has ${quoted(String(wrong))}: give a type such as DECIMAL(9,2) NOT NULL, or actions such as ON DELETE CASCADE`,
        'bad-data',
        { option: 'schema' },
      )
  }
}

function requireTarget({ columns, table }: Reference, tables: Schema['tables'], where: string): void {
  const target = Object.hasOwn(tables, table) ? tables[table] : undefined
  const subject = `${columns.map(printable).join(', ')} refers to ${printable(table)}`
  if (!target) {
    const names = Object.keys(tables)
    throw wrong(
      where,
      `${subject}, and there is no such table${nearest(table, names)}: choose from ${names.map(printable).join(', ')}`,
    )
  }
  if (!target.key) throw wrong(where, `${subject}, which has no key: name its key's columns`)
  if (target.key.length !== columns.length)
    throw wrong(
      where,
      `${subject}, whose key is ${target.key.map(printable).join(', ')}: give as many columns`,
    )
}

function wrong(where: string, problem: string): InputError {
  return new InputError(`${where}: ${problem}`, 'bad-data')
}

/** Throws InputError if an option names a table that the schema lacks. */
export function refuseUnknownTable(option: string, name: string, { tables }: Schema): void {
  if (!Object.hasOwn(tables, name)) throw unknownName(option, name, Object.keys(tables), { noun: 'table' })
}
