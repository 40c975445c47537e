import { afterAll, beforeAll, expect, it } from 'vitest'
import type { TableSamples } from '../../src/database/model.ts'
import { type Schema, schemaToJson } from '../../src/database/schema.ts'
import { readDatabase, readSource } from '../../src/database/stores/read.ts'
import { writeDatabase } from '../../src/database/stores/write.ts'
import { exportDatabase, loadDatabase } from '../../src/node/databases.ts'
import { trainDatabase } from '../../src/node/train-databases.ts'
import { toRows } from '../../src/table/inference/rows.ts'
import { describeWith } from '../helpers/needs.ts'
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts'
import { wrongIn } from './learned/valid-rows.ts'
import { keepingAll } from './shop.ts'

/** Users with a default organisation, and organisations with an owner, in every row; each column as it is declared. */
const creation = (organisation: string, owner: string) =>
  `DROP SCHEMA IF EXISTS accounts CASCADE; CREATE SCHEMA accounts; SET search_path TO accounts;
   CREATE DOMAIN owner AS int NOT NULL;
   CREATE TABLE users (id serial PRIMARY KEY, age int NOT NULL, default_organisation_id ${organisation});
   CREATE TABLE organisations (id serial PRIMARY KEY, size int NOT NULL, owner_id ${owner} REFERENCES users DEFERRABLE);
   INSERT INTO users (age, default_organisation_id) SELECT 20 + (7 * i) % 50, 1 + i % 20 FROM generate_series(1, 60) i;
   INSERT INTO organisations (size, owner_id) SELECT (3 * i) % 11, 3 * i FROM generate_series(1, 20) i;
   ALTER TABLE users ADD FOREIGN KEY (default_organisation_id) REFERENCES organisations DEFERRABLE`

describeWith('postgres', 'PostgreSQL', () => {
  let server: PostgresServer
  let accounts: string
  beforeAll(async () => {
    server = await startPostgres()
    accounts = `${server.address}?schema=accounts`
  })
  afterAll(() => server?.stop())

  it.each<[string, string, string, Record<string, boolean>]>([
    ['may be NULL in both tables', 'int', 'int', { users: true, organisations: true }],
    ['may be NULL in one table', 'int', 'int NOT NULL', { users: true, organisations: false }],
    ['may be NULL but for a domain', 'int', 'owner', { users: true, organisations: false }],
  ])('gives a circle of references that %s, and takes its samples', async (...circle) => {
    const [, organisation, owner, optional] = circle
    server.psql('-c', creation(organisation, owner))
    const { schema } = await readDatabase(accounts)
    expect(optionalIn(schema)).toEqual(optional)
    await expectTaken(await samplesOf())
  })

  it('gives the schema of a circle that no row may lack, and takes its samples if its constraints may wait', async () => {
    server.psql('-c', creation('int NOT NULL', 'int NOT NULL'))
    await expect(readDatabase(accounts)).rejects.toThrow(
      'in a circle, organisations -> users -> organisations',
    )
    const { schema } = await readSource(accounts, {}, { mayCircle: true })
    expect(optionalIn(schema)).toEqual({ users: false, organisations: false })
    const opened = JSON.parse(schemaToJson(schema))
    opened.tables.users.references[0].optional = true
    await expectTaken(await samplesOf(opened))
  })

  /** By table, whether rows may lack its reference. */
  function optionalIn({ tables }: Schema): Record<string, boolean> {
    return Object.fromEntries(
      Object.entries(tables).map(([name, { references }]) => [name, references[0]!.optional]),
    )
  }

  async function samplesOf(schema?: Schema): Promise<TableSamples> {
    const quick = { steps: 3, hidden: [8], candidates: 1, holdout: 0.25, onNote() {}, onWarning() {} }
    const run = await trainDatabase({ dataset: accounts, schema, ...quick })
    const model = await loadDatabase(await exportDatabase({ run }))
    const samples = await model.sample({ seed: 2, onWarning() {} }).finally(() => model.dispose())
    expect(wrongIn(samples)).toEqual([])
    return samples
  }

  /** Writes samples into the emptied tables, and reads the same rows back, without a gap. */
  async function expectTaken(samples: TableSamples): Promise<void> {
    server.psql('-c', 'TRUNCATE accounts.users, accounts.organisations')
    await writeDatabase(accounts, samples)
    const { tables } = await readDatabase(accounts, { schema: keepingAll(samples.schema) })
    for (const [name, { kept }] of tables) {
      const rows = toRows(kept!)
      expect([name, rows.some((row) => Object.values(row).includes(null))]).toEqual([name, false])
      const inOrder = [...rows].sort((a, b) => Number(a.id) - Number(b.id))
      expect([name, inOrder]).toEqual([name, toRows(samples.tables.get(name)!)])
    }
  }
})
