import { describe, expect, it } from 'vitest'
import type { Schema } from '../../../src/database/schema.ts'
import { toRows } from '../../../src/index.ts'
import { exportDatabase, loadDatabase } from '../../../src/node/databases.ts'
import { type TrainTablesRequest, trainDatabase } from '../../../src/node/train-databases.ts'
import { expectRejected } from '../../helpers/refusals.ts'
import { read } from '../csv-files.ts'
import { wrongIn } from './valid-rows.ts'

type Dataset = Readonly<Record<string, readonly object[]>>

const quick = { steps: 3, hidden: [8], candidates: 1, onWarning() {} } as const

const users = Array.from({ length: 60 }, (_, i) => ({ id: i + 1, country: ['BE', 'FR', 'NL'][i % 3]! }))

/** Rows of a table to train on and of its samples, and the lines about it. */
async function trainedOn(dataset: Dataset, more: Partial<TrainTablesRequest> = {}) {
  const notes: string[] = []
  const request = {
    dataset,
    ...quick,
    onNote: (line: string) => notes.push(line),
    ...more,
  } as TrainTablesRequest
  const trained = await trainDatabase(request)
  const model = await loadDatabase(await exportDatabase({ run: trained }))
  const samples = await model.sample({ seed: 2, onWarning() {} })
  await model.dispose()
  expect(wrongIn(samples)).toEqual([])
  const rows = Object.fromEntries([...samples.tables].map(([name, table]) => [name, toRows(table)]))
  return { notes, rows, trained }
}

describe('a table of one row', () => {
  const settings = [{ id: 1, name: 'Acme', owner_id: 40 }]

  it('is kept as it is, but for references to new rows, and a line says so', async () => {
    const { notes, rows, trained } = await trainedOn({ users, settings }, { holdout: 0.25 })
    expect(notes.filter((line) => line.includes('one row'))).toEqual([
      'settings has one row, from which nothing can be learned: the model file and all samples have this real row as it is; to leave it out, take the table and the references to it out of schema.json',
    ])
    expect([...trained.trained.keys()]).toEqual(['users'])
    expect(rows.settings).toEqual([{ id: 1, name: 'Acme', owner_id: expect.any(Number) }])
  })

  it('may have two', async () => {
    const roles = [
      { role_id: 1, name: 'admin' },
      { role_id: 2, name: 'guest' },
    ]
    const { notes, rows } = await trainedOn({ users, roles })
    expect(notes).toContainEqual(
      expect.stringMatching(
        /^roles has two rows, .* have these real rows as they are; to leave them out, take /,
      ),
    )
    expect(rows.roles).toEqual(roles)
  })

  it('may be one that others refer to, or be left out of the schema', async () => {
    const dataset = {
      organisations: [{ organisation_id: 7, title: 'Acme' }],
      users: users.map((user) => ({ ...user, organisation_id: 7 })),
    }
    const { rows, trained } = await trainedOn(dataset)
    expect(new Set(rows.users!.map(({ organisation_id }) => organisation_id))).toEqual(new Set([7]))
    const { organisations: _, ...others } = trained.schema.tables
    const schema = {
      format: 1,
      tables: { users: { ...others.users!, references: [] } },
    } as Schema
    expect(Object.keys((await trainedOn(dataset, { schema })).rows)).toEqual(['users'])
  })

  it('is refused before training if the schema says that its row is not kept', async () => {
    const schema: Schema = {
      format: 1,
      tables: {
        users: { columns: { id: 'key', country: 'category' }, key: ['id'], references: [] },
        settings: { columns: { id: 'key', name: 'category' }, key: ['id'], references: [], keep: false },
      },
    }
    await refused(
      { users, settings },
      { schema },
      'table settings has one row, from which nothing can be learned',
    )
  })
})

describe('tables with little to learn are drawn', () => {
  it.each<[string, Dataset]>([
    [
      'of three rows',
      {
        users,
        roles: [1, 2, 3].map((role_id) => ({ role_id, kind: 'staff' })),
      },
    ],
    ['of keys alone', { users, tokens: users.map(({ id }) => ({ token_id: id + 100 })) }],
    ['of keys and a parent', { users, logins: users.map(({ id }) => ({ login_id: id + 500, user_id: id })) }],
    ['of constants', { users, flags: users.map(({ id }) => ({ flag_id: id, kind: 'x', version: 1 })) }],
    [
      'of references alone',
      {
        users,
        groups: users.slice(0, 9).map(({ id, country }) => ({ group_id: id + 70, country })),
        members: users.flatMap(({ id }) => [
          { user_id: id, group_id: 71 + (id % 9) },
          { user_id: id, group_id: 71 + ((id + 1) % 9) },
        ]),
      },
    ],
    [
      'whose few rows are all of one parent',
      { users, notes: [1, 2, 3].map((id) => ({ note_id: id, user_id: 17, stars: id })) },
    ],
  ])('%s', async (_, dataset) => {
    for (const holdout of [0, 0.4]) {
      const { rows } = await trainedOn(dataset, { holdout })
      expect(Object.keys(rows).sort()).toEqual(Object.keys(dataset).sort())
    }
  })
})

it('a table without rows is left out, and a line says so', async () => {
  const { schema, notices } = await read({ users: 'id,country\n1,BE\n2,FR\n3,NL\n', logs: 'id,text\n' })
  expect(Object.keys(schema.tables)).toEqual(['users'])
  expect(notices).toContain('logs has no rows, and is left out')
})

it('what is wrong with the last table is said before the first is trained', async () => {
  const words = users.map(({ id }) => ({ id, user_id: id, word: `word ${id}` }))
  const schema: Schema = {
    format: 1,
    tables: {
      users: { columns: { id: 'key', country: 'category' }, key: ['id'], references: [] },
      words: {
        columns: { id: 'key', user_id: 'integer', word: 'category' },
        key: ['id'],
        references: [{ columns: ['user_id'], table: 'users', optional: false }],
      },
    },
  }
  await refused({ users, words }, { schema }, /^table words: .*leave the column out in schema\.json/)
  await refused(
    { users, words },
    {
      schema: {
        ...schema,
        tables: {
          ...schema.tables,
          users: { ...schema.tables.users!, keep: true },
          words: { ...schema.tables.words!, keep: true },
        },
      },
    },
    'every table keeps its rows',
  )
})

async function refused(
  dataset: Dataset,
  more: Partial<TrainTablesRequest>,
  line: string | RegExp,
): Promise<void> {
  const begun: string[] = []
  const request = {
    dataset,
    ...quick,
    holdout: 0,
    ...more,
    onNote() {},
    onTable: (name: string) => begun.push(name),
  }
  await expectRejected(() => trainDatabase(request as TrainTablesRequest), line)
  expect(begun).toEqual([])
}
