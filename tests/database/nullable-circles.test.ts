import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { connectDuckdb, openDuckdb } from '../../src/database/stores/duckdb.ts'
import { connectSqlite } from '../../src/database/stores/sqlite-connection.ts'
import { readDatabase, writeDatabase } from '../../src/index.ts'
import { exportDatabase, loadDatabase } from '../../src/node/databases.ts'
import { trainDatabase } from '../../src/node/train-databases.ts'
import { moonstep, succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { cellsIn } from '../helpers/related-tables.ts'
import { wrongIn } from './learned/valid-rows.ts'

const { at } = folderOf('nullable-circles')

const quick = { steps: 3, hidden: [8], candidates: 1, onNote() {}, onWarning() {} } as const

/** A SQLite file of these statements. */
async function sqliteOf(name: string, ...statements: readonly string[]): Promise<string> {
  const connection = await connectSqlite(at(name), false)
  connection.exec(`PRAGMA foreign_keys=OFF; ${statements.join(';')}`)
  connection.close()
  return at(name)
}

/** Rows 1 to `count` of a statement that has `i` for the row's number. */
const rowsOf = (into: string, count: number, values: string) =>
  `INSERT INTO ${into} WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < ${count}) SELECT ${values} FROM r`

/** Users with a default organisation, and organisations with an owner, in every row; each column as it is declared. */
const accounts = (name: string, organisation = 'INTEGER', owner = 'INTEGER') =>
  sqliteOf(
    name,
    `CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER, default_organisation_id ${organisation} REFERENCES organisations)`,
    `CREATE TABLE organisations (id INTEGER PRIMARY KEY, size INTEGER, owner_id ${owner} REFERENCES users)`,
    rowsOf('users', 60, 'i, 20 + (7 * i) % 50, 1 + i % 20'),
    rowsOf('organisations', 20, 'i, (3 * i) % 11, 3 * i'),
  )

/** By reference of a schema, whether rows may lack it. */
const optionalIn = ({ tables }: Awaited<ReturnType<typeof readDatabase>>['schema']) =>
  Object.fromEntries(
    Object.entries(tables).flatMap(([name, { references }]) =>
      references.map(({ columns, optional }) => [`${name}.${columns}`, optional]),
    ),
  )

describe('a circle of references that rows may lack, though none does', () => {
  it.each<[string, Record<string, boolean>, () => Promise<string>]>([
    [
      'of which both may be NULL',
      { 'users.default_organisation_id': true, 'organisations.owner_id': true },
      () => accounts('both.sqlite'),
    ],
    [
      'of which the first may be NULL',
      { 'users.default_organisation_id': true, 'organisations.owner_id': false },
      () => accounts('first.sqlite', 'INTEGER', 'INTEGER NOT NULL'),
    ],
    [
      'of which the last may be NULL',
      { 'users.default_organisation_id': false, 'organisations.owner_id': true },
      () => accounts('last.sqlite', 'INTEGER NOT NULL'),
    ],
    [
      'of a table to itself',
      { 'staff.manager_id': true },
      () =>
        sqliteOf(
          'staff.sqlite',
          'CREATE TABLE staff (id INTEGER PRIMARY KEY, size INTEGER, manager_id INTEGER REFERENCES staff)',
          rowsOf('staff', 40, 'i, i % 7, 1 + i / 9'),
        ),
    ],
    [
      'of two columns, of which one may be NULL',
      { 'teams.captain_league,captain_no': true, 'players.team_league,team_no': false },
      () =>
        sqliteOf(
          'league.sqlite',
          'CREATE TABLE teams (league INTEGER NOT NULL, no INTEGER NOT NULL, captain_league INTEGER NOT NULL, captain_no INTEGER, PRIMARY KEY (league, no), FOREIGN KEY (captain_league, captain_no) REFERENCES players)',
          'CREATE TABLE players (league INTEGER NOT NULL, no INTEGER NOT NULL, team_league INTEGER NOT NULL, team_no INTEGER NOT NULL, age INTEGER, PRIMARY KEY (league, no), FOREIGN KEY (team_league, team_no) REFERENCES teams)',
          rowsOf('teams', 12, '1 + i % 3, i, 1 + i % 3, i'),
          rowsOf('players', 36, '1 + i % 3, i, 1 + i % 3, 1 + (i - 1) % 12, 20 + i % 15'),
        ),
    ],
  ])('%s', async (_, optional, create) => {
    const source = await create()
    const { schema } = await readDatabase(source)
    expect(optionalIn(schema)).toEqual(optional)
    for (const holdout of [0, 0.25]) {
      const model = await loadDatabase(
        await exportDatabase({ run: await trainDatabase({ dataset: source, holdout, ...quick }) }),
      )
      const samples = await model.sample({ seed: 5, onWarning() {} }).finally(() => model.dispose())
      expect(wrongIn(samples)).toEqual([])
      // as in the real rows, no cell is missing
      for (const [name, { columns }] of Object.entries(samples.schema.tables))
        for (const column of Object.keys(columns)) {
          const cells = cellsIn(samples.tables.get(name)!, column)
          expect([name, column, cells.length > 0 && !cells.some(Number.isNaN)]).toEqual([name, column, true])
        }
      const copy = `${source}-${holdout}.sqlite`
      await writeDatabase(copy, samples, { source })
      expect(optionalIn((await readDatabase(copy)).schema)).toEqual(optional)
    }
  })
})

it('the catalogue of a DuckDB file says which columns take no NULL', async () => {
  const { connection, close } = await connectDuckdb(at('staff.duckdb'), 'READ_WRITE')
  await connection.run(
    'CREATE TABLE staff (id INTEGER PRIMARY KEY, size INTEGER NOT NULL, manager_id INTEGER REFERENCES staff)',
  )
  close()
  const store = await openDuckdb(at('staff.duckdb'))
  await store.close()
  expect(store.tables.map(({ declared }) => declared?.required)).toEqual([['id', 'size']])
})

it('references outside of circles are optional where a row lacks them', async () => {
  const source = await sqliteOf(
    'chain.sqlite',
    'CREATE TABLE a (id INTEGER PRIMARY KEY)',
    'CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a, other_id INTEGER REFERENCES a)',
    rowsOf('a', 9, 'i'),
    rowsOf('b', 9, 'i, i, nullif(i, 4)'),
  )
  expect(optionalIn((await readDatabase(source)).schema)).toEqual({ 'b.a_id': false, 'b.other_id': true })
})

describe('a circle of references that no row may lack', () => {
  it('is refused before training, with the references to make optional in the schema that is written', async () => {
    const source = await accounts('none.sqlite', 'INTEGER NOT NULL', 'INTEGER NOT NULL')
    const line =
      'the tables refer to each other in a circle, users -> organisations -> users, and no row may lack a reference: in schema.json (moonstep schema DATASET --out schema.json writes it), say "optional": true for default_organisation_id of users or owner_id of organisations, or take one of them out'
    const train = ['train', '--dataset', source, '--out', at('run'), '--steps', '3', '--hidden', '8']
    expect(await moonstep(...train)).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^[^\n]+\n$/),
    })
    expect((await moonstep(...train)).stderr).toContain(line)
    const file = at('schema.json')
    await succeeds('schema', source, '--out', file)
    const schema = JSON.parse(readFileSync(file, 'utf8'))
    expect(optionalIn(schema)).toEqual({
      'users.default_organisation_id': false,
      'organisations.owner_id': false,
    })
    expect((await moonstep(...train, '--schema', file)).stderr).toContain(line)
    schema.tables.organisations.references[0].optional = true
    writeFileSync(file, JSON.stringify(schema))
    await succeeds(...train, '--schema', file, '--holdout', '0.25', '--candidates', '1')
  })

  it('of keys alone names the references to take out', async () => {
    const source = await sqliteOf(
      'keys.sqlite',
      'CREATE TABLE a (id INTEGER PRIMARY KEY REFERENCES b, size INTEGER)',
      'CREATE TABLE b (id INTEGER PRIMARY KEY REFERENCES a, size INTEGER)',
      rowsOf('a', 9, 'i, i % 4'),
      rowsOf('b', 9, 'i, i % 4'),
    )
    await succeeds('schema', source)
    await expect(trainDatabase({ dataset: source, ...quick })).rejects.toThrow(
      "take out id of a or id of b, as a reference by a key can't be optional",
    )
  })
})
