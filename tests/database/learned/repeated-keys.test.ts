import { expect, it } from 'vitest'
import type { Schema, TableSchema } from '../../../src/database/schema.ts'
import { exportDatabase, loadDatabase } from '../../../src/node/databases.ts'
import { trainDatabase } from '../../../src/node/train-databases.ts'
import { wrongIn } from './valid-rows.ts'

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: i + 1, size: (7 * i * i) % 10 }))

const own: TableSchema = { columns: { id: 'key', size: 'integer' }, key: ['id'], references: [] }

/** Rows that link users, tags and places, of which `key` differs in each. */
function linksOf(key: readonly string[], rows: readonly Record<string, number | string>[]) {
  const names = Object.keys(rows[0]!)
  return {
    rows,
    schema: {
      columns: Object.fromEntries(
        names.map((name) => [name, name.endsWith('_id') ? 'integer' : 'category'] as const),
      ),
      key,
      references: names
        .filter((name) => name.endsWith('_id'))
        .map((name) => ({ columns: [name], table: `${name.slice(0, -3)}s`, optional: false })),
    } satisfies TableSchema,
  }
}

const all = (count: number) => Array.from({ length: count }, (_, i) => i)

it.each<[string, ReturnType<typeof linksOf>, string]>([
  [
    'two references, where each parent has more rows than there are of the other table',
    linksOf(
      ['user_id', 'tag_id'],
      all(30).flatMap((i) => all(5).map((k) => ({ user_id: i + 1, tag_id: k + 1 }))),
    ),
    'user_id, tag_id',
  ],
  [
    'three references',
    linksOf(
      ['user_id', 'tag_id', 'place_id'],
      all(30).flatMap((i) =>
        all(6).map((k) => ({ user_id: i + 1, tag_id: 1 + (k % 3), place_id: 1 + (k % 2) })),
      ),
    ),
    'user_id, tag_id, place_id',
  ],
  [
    'two references and a value of its own',
    linksOf(
      ['user_id', 'tag_id', 'kind'],
      all(30).flatMap((i) =>
        all(6).map((k) => ({ user_id: i + 1, tag_id: 1 + (k % 3), kind: k % 2 ? 'a' : 'b' })),
      ),
    ),
    'user_id, tag_id, kind',
  ],
])(
  'rows that repeat a key of %s are left out, and one line counts them',
  async (_, { rows, schema }, key) => {
    const database = { users: rowsOf(30), tags: rowsOf(5), places: rowsOf(4), links: rows }
    const tables: Schema = {
      format: 1,
      tables: { users: own, tags: own, places: own, links: schema },
    }
    const run = await trainDatabase({
      ...{ dataset: database, schema: tables, steps: 20, hidden: [8], candidates: 1 },
      onNote() {},
      onWarning() {},
    })
    const model = await loadDatabase(await exportDatabase({ run }))
    const warnings: string[] = []
    const samples = await model
      .sample({ seed: 4, count: { users: 30, tags: 2, places: 2 }, onWarning: (line) => warnings.push(line) })
      .finally(() => model.dispose())
    expect(wrongIn(samples)).toEqual([])
    const { count } = samples.tables.get('links')!
    expect(count).toBeGreaterThan(0)
    const [line, ...others] = warnings.filter((each) => each.startsWith('links: ') && each.includes('key'))
    expect(others).toEqual([])
    const [, leftOut, total] =
      new RegExp(
        `^links: (\\d+) rows of (\\d+) are left out, since other rows have the same key ${key}$`,
      ).exec(line!) ?? []
    expect(Number(total) - Number(leftOut)).toBe(count)
  },
)
