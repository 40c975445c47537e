import { requireWritable, writeWhole } from '../../core/files.ts'
import { counted, printable } from '../../core/format.ts'
import type { Database } from '../../database/database.ts'
import { type Schema, schemaToJson } from '../../database/schema.ts'
import { readSource } from '../../database/stores/read.ts'
import { defineCommand, option, warningInFlags, withoutKinds } from '../command.ts'
import { note, printJson, printText, waitForWork } from '../output.ts'

export const command = defineCommand({
  options: {
    out: option.text('schema.json to write, to be corrected [default: none]'),
    'max-rows': option.positiveInteger('rows of a table from which on it is read in part, by its parents', {
      default: 1_000_000,
    }),
  },
  positionals: {
    dataset: option.text(
      'a folder of CSV, JSON lines or Parquet files, a SQLite or DuckDB file, or postgres://user@host/database',
      { demandOption: true },
    ),
  },
  examples: [
    ['$0 schema shop --out schema.json', 'of files, a table each'],
    ['$0 schema shop.sqlite', 'only show it'],
    ['$0 schema postgres://ann@localhost/shop', 'the password is in PGPASSWORD'],
  ],
  async handler({ dataset, out, json, 'max-rows': maxRows }) {
    if (out !== undefined) await requireWritable(out)
    const notices: string[] = []
    const database = await waitForWork('reading tables', (signal) =>
      readSource(
        dataset,
        { signal, maxRows, onNotice: (notice) => notices.push(withoutKinds(notice)) },
        { mayCircle: true },
      ),
    )
    for (const notice of notices) note(warningInFlags(notice))
    if (out !== undefined) await writeWhole(out, schemaToJson(database.schema))
    if (json) printJson({ ...database.schema, notices, out: out ?? null })
    else printText(`${linesOf(database).join('\n')}\n`)
  },
})

function linesOf({ schema, tables }: Database): string[] {
  return [...tables].map(([name, { count, columns }]) => {
    const { order, keep } = schema.tables[name]!
    const parts = [
      `${counted(count, 'row')} of ${counted(columns.length, 'column')}`,
      ...relationsOf(schema, name),
      ...(order === undefined ? [] : [`in the order of ${printable(order)}`]),
      ...(keep ? ['keeps its rows'] : []),
    ]
    return `${printable(name)}: ${parts.join('; ')}`
  })
}

function relationsOf({ tables }: Schema, name: string): string[] {
  const { key, references } = tables[name]!
  const listed = (names: readonly string[]) => names.map(printable).join(', ')
  return [
    key ? `key ${listed(key)}` : 'no key',
    ...references.map(
      ({ columns, table, optional }) =>
        `${listed(columns)} -> ${printable(table)}${optional ? ', which may be missing' : ''}`,
    ),
  ]
}
