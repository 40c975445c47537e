// cspell:ignore notnull xinfo
import type { Database as Connection } from 'node-sqlite3-wasm'
import { InputError } from '../../core/errors.ts'
import { printable } from '../../core/format.ts'
import { afterBrackets, type SqlToken, tokensOf } from './sql-tokens.ts'
import { tableNames } from './sqlite.ts'
import { asLine, openCopy } from './sqlite-connection.ts'

/**
 * Creates the tables of a SQLite file in another. Anyone may have written its `sqlite_schema`, so that a text there counts only as
 * the definition of one table or index, and is run as such, alone.
 *
 * @returns The definitions of its indexes, each to be run alone when the rows are there.
 * @throws InputError on a text that is anything else, and on tables that come out different.
 */
export async function createLike(connection: Connection, source: string): Promise<string[]> {
  const { connection: original, close } = await openCopy(source)
  try {
    const { tables, indexes } = definitionsOf(original, source)
    // `run` compiles one statement, `exec` all
    for (const sql of tables) connection.run(sql)
    if (shapeOf(connection) !== shapeOf(original))
      throw new InputError(
        `${source}: its tables are not what their definitions create: give another file as \`source\``,
        'bad-data',
        { option: 'source', value: source },
      )
    return indexes
  } catch (error) {
    throw asLine(error, source)
  } finally {
    await close()
  }
}

function definitionsOf(original: Connection, source: string): { tables: string[]; indexes: string[] } {
  const names = tableNames(original)
  const rows = original.all(
    "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE type IN ('table', 'index') AND sql IS NOT NULL ORDER BY rowid",
  )
  const [tables, indexes]: [string[], string[]] = [[], []]
  for (const { type, name, tbl_name, sql } of rows) {
    if (!names.includes(String(tbl_name))) continue
    const tokens = typeof sql === 'string' ? tokensOf(sql) : undefined
    const isOne =
      tokens &&
      (type === 'table' ? isTable(tokens, String(name)) : isIndex(tokens, String(name), String(tbl_name)))
    if (!isOne)
      throw new InputError(
        `${source}: the definition of the ${type} ${printable(String(name))} is not a single CREATE ${String(type).toUpperCase()} statement, and is not run: give another file as \`source\``,
        'bad-data',
        { option: 'source', value: source },
      )
    const list = type === 'table' ? tables : indexes
    list.push(String(sql))
  }
  return { tables, indexes }
}

/** CREATE TABLE name (…), with WITHOUT ROWID or STRICT: so SQLite writes it down, whatever its author wrote. */
function isTable(tokens: readonly SqlToken[], name: string): boolean {
  if (!areWords(tokens.slice(0, 2), 'CREATE TABLE') || tokens[2]?.name !== name) return false
  const end = afterBrackets(tokens, 3)
  return (
    end !== undefined &&
    areWords(
      tokens.slice(end),
      '',
      'WITHOUT ROWID',
      'STRICT',
      'WITHOUT ROWID , STRICT',
      'STRICT , WITHOUT ROWID',
    )
  )
}

/** CREATE INDEX name ON table (…), with WHERE and an expression. */
function isIndex(tokens: readonly SqlToken[], name: string, table: string): boolean {
  const rest = areWords(tokens.slice(0, 2), 'CREATE UNIQUE') ? tokens.slice(2) : tokens.slice(1)
  if (!areWords(tokens.slice(0, 1), 'CREATE') || !areWords(rest.slice(0, 1), 'INDEX')) return false
  if (rest[1]?.name !== name || !areWords(rest.slice(2, 3), 'ON')) return false
  if (rest[3]?.name.toLowerCase() !== table.toLowerCase()) return false
  const end = afterBrackets(rest, 4)
  if (end === undefined || end === rest.length) return end !== undefined
  // as if it had brackets
  const bracket = (text: string) => ({ text, name: text })
  const condition = [bracket('('), ...rest.slice(end + 1), bracket(')')]
  return areWords(rest.slice(end, end + 1), 'WHERE') && afterBrackets(condition, 0) === condition.length
}

/** Whether tokens are one of these lists of words, whatever their capitals. */
function areWords(tokens: readonly SqlToken[], ...lists: readonly string[]): boolean {
  return lists.includes(tokens.map(({ text }) => text.toUpperCase()).join(' '))
}

/** Tables and columns as SQLite understands them. */
function shapeOf(connection: Connection): string {
  const rows = connection.all(
    `SELECT t.name AS own, t.wr, t.strict, c.name, c.type, c."notnull", c.pk, c.hidden
     FROM pragma_table_list t, pragma_table_xinfo(t.name) c
     WHERE t.schema = 'main' AND t.type = 'table' AND substr(t.name, 1, 7) <> 'sqlite_' ORDER BY t.name, c.cid`,
  )
  return JSON.stringify(rows)
}
