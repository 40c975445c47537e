import { describe, expect, it } from 'vitest'
import type { Schema, TableSchema } from '../../../src/database/schema.ts'
import { readDatabase, reportDatabase, rowsOfRun, writeDatabase } from '../../../src/index.ts'
import { exportDatabase, loadDatabase } from '../../../src/node/databases.ts'
import { type TrainTablesRequest, trainDatabase } from '../../../src/node/train-databases.ts'
import { folderOf } from '../../helpers/folders.ts'
import { expectRejected } from '../../helpers/refusals.ts'
import { cellsIn } from '../../helpers/related-tables.ts'
import { wrongIn } from './valid-rows.ts'

const { at } = folderOf('circles')

const quick = { steps: 3, hidden: [8], candidates: 1, onNote() {}, onWarning() {} } as const

/** A table of `count` rows, whose references lead to rows as `lead` says, null where a row has none. */
function rowsOf(count: number, lead: (i: number) => Record<string, number | null>) {
  return Array.from({ length: count }, (_, i) => ({
    id: i + 1,
    size: ((count + 7) * i * i) % 10,
    ...lead(i),
  }))
}

function table(references: TableSchema['references'], more: Partial<TableSchema> = {}): TableSchema {
  const columns = references.flatMap((each) => each.columns)
  return {
    columns: { id: 'key', size: 'integer', ...Object.fromEntries(columns.map((name) => [name, 'integer'])) },
    key: ['id'],
    references,
    ...more,
  } as TableSchema
}

const optional = (column: string, table: string) => ({ columns: [column], table, optional: true })
const obligatory = (column: string, table: string) => ({ columns: [column], table, optional: false })
const schemaOf = (tables: Schema['tables']): Schema => ({ format: 1, tables })

async function samplesOf(request: TrainTablesRequest) {
  const model = await loadDatabase(await exportDatabase({ run: await trainDatabase(request) }))
  try {
    return await model.sample({ seed: 3, onWarning() {} })
  } finally {
    await model.dispose()
  }
}

/** Users with a default organisation, and organisations with an owner; some lack theirs. */
const accounts = {
  users: rowsOf(90, (i) => ({ default_organisation_id: i % 5 === 0 ? null : 1 + (i % 30) })),
  organisations: rowsOf(30, (i) => ({ owner_id: i % 4 === 0 ? null : 1 + 3 * i })),
}
const accountsSchema = schemaOf({
  users: table([optional('default_organisation_id', 'organisations')]),
  organisations: table([optional('owner_id', 'users')]),
})

describe('two tables that refer to each other, where rows may lack it', () => {
  it.each([0, 0.3])('are trained and drawn with both references, with a holdout of %d', async (holdout) => {
    const samples = await samplesOf({
      ...{ dataset: accounts, schema: accountsSchema, holdout, ...quick },
      steps: 400,
      hidden: [16],
    })
    expect(wrongIn(samples)).toEqual([])
    for (const [name, column] of [
      ['users', 'default_organisation_id'],
      ['organisations', 'owner_id'],
    ] as const)
      expect([name, cellsIn(samples.tables.get(name)!, column).some((cell) => !Number.isNaN(cell))]).toEqual([
        name,
        true,
      ])
  })

  it('are stopped and resumed, exported, written and reported', async () => {
    const out = at('run')
    const request = { dataset: accounts, schema: accountsSchema, holdout: 0.3, out, ...quick }
    const stop = new AbortController()
    const stopped = trainDatabase({
      ...request,
      signal: stop.signal,
      onTable: (name) => name === 'organisations' && stop.abort(),
    })
    await expect(stopped).rejects.toThrow('aborted')
    await trainDatabase({ ...request, resume: true })
    const model = await loadDatabase(await exportDatabase({ run: out }))
    const samples = await model.sample({ count: { users: 200 }, seed: 1 })
    await model.dispose()
    await writeDatabase(at('accounts.sqlite'), samples)
    const { tables } = await readDatabase(at('accounts.sqlite'))
    expect(tables.get('users')!.count).toBe(200)
    const { references } = await reportDatabase({ ...(await rowsOfRun(out)), samples })
    expect(references.map(({ child, astray }) => [child, astray])).toEqual([
      ['users', 0],
      ['organisations', 0],
    ])
  })
})

describe('references in a circle', () => {
  it.each<[string, Schema['tables'], Record<string, readonly object[]>]>([
    [
      'of three tables, of which one reference is optional, with rules over it',
      {
        a: table([optional('b_id', 'b')]),
        b: table([obligatory('c_id', 'c')], { rules: ['a.size >= 0', 'c.size >= 0'] }),
        c: table([obligatory('a_id', 'a')]),
      },
      {
        a: rowsOf(20, (i) => ({ b_id: i % 3 === 0 ? null : 1 + i })),
        b: rowsOf(25, (i) => ({ c_id: 1 + (i % 20) })),
        c: rowsOf(20, (i) => ({ a_id: 1 + i })),
      },
    ],
    [
      'of a table to itself, where a row may lack it',
      { staff: table([optional('manager_id', 'staff')]) },
      { staff: rowsOf(30, (i) => ({ manager_id: i < 3 ? null : 1 + (i % 3) })) },
    ],
    [
      'twice between two tables',
      {
        teams: table([optional('captain_id', 'players'), optional('coach_id', 'players')]),
        players: table([obligatory('team_id', 'teams'), optional('former_id', 'teams')]),
      },
      {
        teams: rowsOf(10, (i) => ({ captain_id: 1 + 2 * i, coach_id: i % 2 === 0 ? null : 2 + 2 * i })),
        players: rowsOf(20, (i) => ({ team_id: 1 + (i % 10), former_id: i % 3 === 0 ? 1 + (i % 9) : null })),
      },
    ],
    [
      'with a table that keeps its rows',
      {
        plans: table([optional('author_id', 'users')], { keep: true }),
        users: table([obligatory('plan_id', 'plans')]),
      },
      {
        plans: rowsOf(4, (i) => ({ author_id: i === 0 ? null : 30 + i })),
        users: rowsOf(40, (i) => ({ plan_id: 1 + (i % 4) })),
      },
    ],
  ])('%s', async (_, tables, dataset) => {
    for (const holdout of [0, 0.25])
      expect(
        wrongIn(await samplesOf({ dataset: dataset as never, schema: schemaOf(tables), holdout, ...quick })),
      ).toEqual([])
  })

  it('that no row may lack are refused before training, to another table and to their own', async () => {
    const begun: string[] = []
    const onTable = (name: string) => begun.push(name)
    const circle = schemaOf({ a: table([obligatory('b_id', 'b')]), b: table([obligatory('a_id', 'a')]) })
    const dataset = { a: rowsOf(9, (i) => ({ b_id: i + 1 })), b: rowsOf(9, (i) => ({ a_id: i + 1 })) }
    await expectRejected(
      () => trainDatabase({ dataset, schema: circle, ...quick, onTable }),
      'the tables refer to each other in a circle, a -> b -> a, and no row may lack a reference',
    )
    const own = schemaOf({ a: table([obligatory('a_id', 'a')]) })
    await expectRejected(
      () => trainDatabase({ dataset: { a: rowsOf(9, () => ({ a_id: 1 })) }, schema: own, ...quick, onTable }),
      'in a circle, a -> a',
    )
    expect(begun).toEqual([])
  })
})
