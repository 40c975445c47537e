import { humanCount, printable } from '../core/format.ts'
import { leastRows } from '../table/least-rows.ts'
import type { LinkedTable } from './database.ts'
import { namesPerson, orderWords, wordsOf } from './names.ts'
import { parentOf } from './parent.ts'
import { mapTables, type Schema } from './schema.ts'

/** A lookup table has at most so many rows, each of which so many rows refer to in the mean. */
const [mostReferenceRows, fewestUses] = [2000, 10]

/**
 * Makes each table of one or two rows reference data, unless the schema says otherwise: nothing is learned of so few.
 *
 * @returns The schema, and a line for each such table.
 */
export function withSinglesAsReferenceData(
  schema: Schema,
  tables: ReadonlyMap<string, LinkedTable>,
): { schema: Schema; notices: string[] } {
  const countOf = (name: string) => tables.get(name)!.count
  /** Whether a key of two rows would be that of rows which are drawn. */
  const isOfOthers = (name: string) => {
    const { key = [], references } = schema.tables[name]!
    return (
      countOf(name) > 1 && references.some(({ columns }) => columns.some((column) => key.includes(column)))
    )
  }
  const isSingle = (name: string) =>
    schema.tables[name]!.keep === undefined &&
    countOf(name) > 0 &&
    countOf(name) < leastRows &&
    !isOfOthers(name)
  return {
    schema: mapTables(schema, (table, name) => (isSingle(name) ? { ...table, keep: true } : table)),
    notices: Object.keys(schema.tables)
      .filter(isSingle)
      .map(
        (name) =>
          `${printable(name)} has ${fewRows(countOf(name))}, from which nothing can be learned: the model file and all samples have ${
            countOf(name) === 1 ? 'this real row as it is' : 'these real rows as they are'
          }; to leave ${countOf(name) === 1 ? 'it' : 'them'} out, take the table and the references to it out of schema.json`,
      ),
  }
}

/** 'one row', 'two rows': in words, as in a sentence. */
export function fewRows(count: number): string {
  return count === 1 ? 'one row' : `${['no', 'one', 'two'][count] ?? count} rows`
}

/** Proposes which tables are reference data, and an order of the rows of one parent; a line for each. */
export function propose(
  schema: Schema,
  tables: ReadonlyMap<string, LinkedTable>,
): { schema: Schema; notices: string[] } {
  const notices: string[] = []
  schema = mapTables(schema, (table, name) => {
    if (table.keep || !isList(schema, name, tables)) return table
    const uses = usesOf(schema, name, tables)
    const rows = uses.length
    const all = uses.reduce((sum, each) => sum + each, 0)
    if (all === 0) return table
    if (uses.includes(0) || all < fewestUses * rows) {
      notices.push(
        `${printable(name)} gets new rows; "keep": true in schema.json keeps its ${humanCount(rows)} real ones, as a list that other tables refer to`,
      )
      return table
    }
    notices.push(
      `${printable(name)} keeps its ${humanCount(rows)} real rows, as a list that other tables refer to, with no column about people; "keep": false in schema.json makes new ones`,
    )
    return { ...table, keep: true }
  })
  schema = mapTables(schema, (table, name) => {
    // the rows of reference data, such as countries, follow each other in no way
    const parent = parentOf(schema, name)
    const order = parent && orderOf(schema, name, tables.get(name)!, parent.index)
    if (order === undefined) return table
    notices.push(
      `${printable(name)}: the rows of one parent follow each other by ${printable(order)}; another column, or none, can be the order in schema.json`,
    )
    return { ...table, order }
  })
  return { schema, notices }
}

/** A column without missing values by which the rows of a parent that has several differ: dates first, then numbers named like an order. */
function orderOf(
  schema: Schema,
  name: string,
  { columns, links }: LinkedTable,
  parent: number,
): string | undefined {
  const parents = links[parent]!
  // one of several columns of a reference may say more: the year of a season's team
  const bound = new Set(
    schema.tables[name]!.references.flatMap((reference) =>
      reference.columns.length === 1 ? reference.columns : [],
    ),
  )
  const candidates = columns.flatMap((column) => {
    const isDate = column.kind === 'date'
    const isNumber = column.kind === 'integer' && isOrderName(column.name)
    if (bound.has(column.name) || !(isDate || isNumber)) return []
    const ties = tiesOf(column.cells, parents)
    return ties === undefined || ties > 0.5 ? [] : [{ name: column.name, isDate, ties }]
  })
  candidates.sort((a, b) => Number(b.isDate) - Number(a.isDate) || a.ties - b.ties)
  return candidates[0]?.name
}

const wordsOfOrders = new Set([...orderWords, 'visit', 'number', 'no', 'nr', 'num'])

function isOrderName(name: string): boolean {
  return wordsOf(name).some((word) => wordsOfOrders.has(word))
}

/** The share of rows that do not differ from another of their parent; undefined with a missing value, or if no parent has two rows. */
function tiesOf(cells: Float64Array, parents: Int32Array): number | undefined {
  if (cells.some(Number.isNaN)) return undefined
  const rows = Array.from(parents.keys()).filter((row) => parents[row]! >= 0)
  rows.sort((a, b) => parents[a]! - parents[b]! || cells[a]! - cells[b]!)
  let [pairs, ties] = [0, 0]
  for (let i = 1; i < rows.length; i++) {
    const [before, row] = [rows[i - 1]!, rows[i]!]
    if (parents[before] !== parents[row]) continue
    pairs++
    if (cells[before] === cells[row]) ties++
  }
  return pairs === 0 ? undefined : ties / pairs
}

/** Whether a table may be a list: few rows, nothing that it refers to, no date, and nothing about people. */
function isList(schema: Schema, name: string, tables: ReadonlyMap<string, LinkedTable>): boolean {
  const { count, columns, links } = tables.get(name)!
  const mayBe =
    links.length === 0 && count <= mostReferenceRows && !columns.some(({ kind }) => kind === 'date')
  return mayBe && ![name, ...Object.keys(schema.tables[name]!.columns)].some(namesPerson)
}

/** By row of a table, how many rows of others refer to it. */
function usesOf(schema: Schema, name: string, tables: ReadonlyMap<string, LinkedTable>): Float64Array {
  const uses = new Float64Array(tables.get(name)!.count)
  for (const [other, { references }] of Object.entries(schema.tables))
    for (const [k, { table }] of references.entries())
      if (table === name) for (const row of tables.get(other)!.links[k]!) if (row >= 0) uses[row]!++
  return uses
}
