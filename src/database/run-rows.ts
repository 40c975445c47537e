import * as v from 'valibot'
import { InputError } from '../core/errors.ts'
import { type Column, definitionOf } from '../table/table.ts'
import type { LinkedTable } from './database.ts'
import { cellsSchema, columnSchema, countSchema, linksSchema } from './file.ts'

/** What a run keeps of its rows: those that were trained on, those that judge the samples, and those that choose. */
export type RunPart = 'train' | 'holdout' | 'validation'

const rowsSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    rows: countSchema,
    columns: v.array(v.object({ column: columnSchema, cells: cellsSchema })),
    links: linksSchema,
  }),
)

/** A table's rows as JSON, column by column: missing values are null. */
export function linkedToJson(table: LinkedTable): string {
  const columns = table.columns.map((column) => ({
    column: definitionOf(column),
    cells: Array.from(column.cells, (cell) => (Number.isNaN(cell) ? null : cell)),
  }))
  return `${JSON.stringify({ rows: table.count, columns, links: table.links.map((link) => [...link]) })}\n`
}

/** Reads `linkedToJson`. Throws InputError on another form. */
export function linkedFromJson(json: string, name: string, references: number, file: string): LinkedTable {
  const { success, output } = v.safeParse(rowsSchema, json)
  const isWhole =
    success &&
    output.links.length === references &&
    [...output.columns.map((each) => each.cells), ...output.links].every(
      ({ length }) => length === output.rows,
    )
  if (!isWhole)
    throw new InputError(`${file} has no rows as train writes them: train the tables anew`, 'bad-data')
  const columns = output.columns.map(({ column, cells }) => ({
    ...(column as object as Column),
    cells: Float64Array.from(cells, (cell) => cell ?? Number.NaN),
  }))
  return { name, count: output.rows, columns, links: output.links.map((link) => Int32Array.from(link)) }
}
