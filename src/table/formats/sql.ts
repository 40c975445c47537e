/**
 * Rows as SQL that PostgreSQL, MySQL, MariaDB and SQLite read alike. MySQL alone executes what stands between slash,
 * asterisk, exclamation mark and the end of that comment, so it takes names in double quotes, and backslashes as they are.
 */
import { InputError } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import { textOf } from '../cell-text.ts'
import { formatDate, hasDays, isClock, isDaily } from '../dates.ts'
import type { Column } from '../table.ts'
import { type Form, jsonOf, type TableWriter, typeOfCells, writtenCells } from './write-cells.ts'

/** A statement ends at so many rows, or characters: databases limit its length, and a table may be wide. */
const [rowsOfStatement, lengthOfStatement] = [250, 500_000]

function ofMySql(version: number, statement: string): string {
  return `/*!${version} ${statement} */;\n`
}

/** INSERT statements for a table that exists; how to create it stands above them, in a comment. */
export const sql: Form = (columns, _, table) => {
  const { rows, end } = insertsOf(columns, table)
  return {
    head: () =>
      `-- The table must exist. To create it, take the two dashes away from these lines:\n${creationOf(columns, table)}${opening}`,
    rows,
    end: () => `${end()}${closing}`,
  }
}

/** What precedes the statements of one transaction, and what follows them. */
export const opening =
  `${ofMySql(50503, 'SET NAMES utf8mb4')}` +
  `${ofMySql(40101, "SET @sql_mode_before=@@sql_mode, sql_mode='ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES'")}BEGIN;\n`
export const closing = `COMMIT;\n${ofMySql(40101, 'SET sql_mode=@sql_mode_before')}`

/** The INSERT statements of a table. Throws InputError on a name with NUL. */
export function insertsOf(columns: readonly Column[], table: string): Pick<TableWriter, 'rows' | 'end'> {
  for (const text of [table, ...columns.flatMap(({ name, categories = [] }) => [name, ...categories])])
    requireNoNul(text)
  const insert = `INSERT INTO ${quotedName(table)} (${columns.map(({ name }) => quotedName(name)).join(', ')}) VALUES\n`
  let [rows, length] = [0, 0]
  const close = () => {
    const end = rows > 0 ? ';\n' : ''
    rows = 0
    return end
  }
  return {
    rows(table) {
      const parts = writtenCells(table, literalOf, 'NULL').map((cells) => {
        const row = `(${cells.join(', ')})`
        const isFull = rows === rowsOfStatement || length + row.length > lengthOfStatement
        const start = rows === 0 || isFull ? `${close()}${insert}` : ',\n'
        length = rows === 0 ? row.length : length + row.length
        rows++
        return `${start}${row}`
      })
      return parts.join('')
    },
    end: close,
  }
}

/**
 * The statement that creates a table, in a comment. A line end in a name would end the comment.
 *
 * @param constraints - What stands after the columns.
 * @param isBound - Whether a column is in a key or a reference, which databases index: some take no text of any length there.
 */
export function creationOf(
  columns: readonly Column[],
  table: string,
  constraints: readonly string[] = [],
  isBound: (name: string) => boolean = () => false,
): string {
  const typeOf = (column: Column) => {
    const type = typeInSql(column)
    return type === 'text' && isBound(column.name) ? 'varchar(255)' : type
  }
  const lines = [...columns.map((column) => `${quotedName(column.name)} ${typeOf(column)}`), ...constraints]
  const list = lines.map((line) => `  ${line}`).join(',\n')
  return `-- ${`CREATE TABLE ${quotedName(table)} (\n${list}\n);`.replace(/\r\n|\r|\n/g, '$&-- ')}\n`
}

/** A name in SQL, whatever is in it. */
export function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

const types = {
  number: 'double precision',
  integer: 'bigint',
  epoch: 'bigint',
  boolean: 'boolean',
  text: 'text',
  day: 'date',
  clock: 'time',
  time: 'timestamp',
} as const

/** The type of a column in standard SQL. */
export function typeInSql(column: Column): string {
  const type = typeInDatabase(column)
  // MySQL rounds to whole seconds unless it is told
  const hasFraction = (type === 'clock' || type === 'time') && column.form?.includes('.sss')
  return hasFraction ? `${types[type]}(3)` : types[type]
}

/** Databases have days, times of day and both; other dates, such as months and weeks, are texts there. */
function typeInDatabase(column: Column) {
  const type = typeOfCells(column)
  if (type !== 'date') return type
  const { form = 'YYYY-MM-DD' } = column
  return isDaily(form) ? 'day' : isClock(form) ? 'clock' : hasDays(form) ? 'time' : 'text'
}

/** A cell as SQL. */
function literalOf(column: Column, short: (cell: number) => number): (cell: number) => string {
  const text = textInDatabase(column, short)
  switch (typeInDatabase(column)) {
    case 'number':
    case 'integer':
    case 'epoch':
      return text
    case 'boolean':
      return (cell) => text(cell).toUpperCase()
    default:
      return (cell) => {
        const content = text(cell)
        // other columns' names were looked at before
        if (column.kind === 'text') requireNoNul(content)
        return `'${content.replaceAll("'", "''")}'`
      }
  }
}

const dateForms = { day: 'YYYY-MM-DD', clock: 'hh:mm:ss', time: 'YYYY-MM-DD hh:mm:ss' } as const

/** A cell as a text that databases take: dates in the form of ISO 8601, in UTC if their own form has a zone. */
export function textInDatabase(column: Column, short?: (cell: number) => number): (cell: number) => string {
  const type = typeInDatabase(column)
  if (type === 'text') return textOf(column)
  if (type !== 'day' && type !== 'clock' && type !== 'time') return jsonOf(column, short)
  const form = column.form?.includes('.sss') && type !== 'day' ? `${dateForms[type]}.sss` : dateForms[type]
  return (cell) => formatDate(cell, form)
}

function requireNoNul(text: string): void {
  if (text.includes('\0'))
    throw new InputError(
      `'${printable(text)}' has the character NUL, which databases take in no text: write another form, .csv say`,
      'out-of-range',
    )
}
