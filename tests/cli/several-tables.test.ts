import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { exportDatabase } from '../../src/node/databases.ts'
import { trainDatabase } from '../../src/node/train-databases.ts'
import { refuses, succeeds } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'

const { at } = folderOf('several-tables')
mkdirSync(at('shop'))
writeFileSync(at('shop', 'users.csv'), 'id,size\n1,2\n2,3\n')
writeFileSync(at('rules.json'), '["size > 0"]')

it('a rule of one table is refused by the option that was typed, with where rules of several go', async () => {
  const train = ['train', '--dataset', at('shop'), '--out', at('run')]
  await refuses(
    [...train, '--rule', 'size > 0'],
    /^moonstep: --rule is for one table, and .*shop has several: state the rules of each table in schema\.json, as its "rules"/,
  )
  await refuses([...train, '--rules', at('rules.json')], /^moonstep: --rules is for one table/)
})

it.each(['x.csv', 'x.csv.gz', 'x.JSON', 'x.parquet', 'x.xlsx', 'x.zip'])(
  '%s has no room for several tables',
  async (name) => {
    await refuses(
      ['sample', at('shop.moonstep'), '--out', at(name)],
      /^moonstep: --out .*: several tables do not fit into a \.[\w.]+ file: give a folder, a \.sqlite, \.duckdb or \.sql file, or postgres:/,
    )
    expect(existsSync(at(name))).toBe(false)
  },
)

describe('info on several tables', () => {
  beforeAll(async () => {
    const rows = <R>(count: number, row: (i: number) => R) => Array.from({ length: count }, (_, i) => row(i))
    const trained = await trainDatabase({
      dataset: {
        cities: ['Ghent', 'Leeds', 'Malmo', 'Nice'].map((city, i) => ({ city, height: 3 * i })),
        // fewer uses of each than of a list that keeps its rows
        labels: rows(6, (i) => ({ label: `label ${'abcdef'[i]}`, weight: i % 2 })),
        people: rows(80, (i) => ({
          id: i + 1,
          city: ['Ghent', 'Leeds', 'Malmo', 'Nice'][i % 4]!,
          age: 20 + (i % 30),
        })),
        marks: rows(40, (i) => ({ id: i + 1, label: `label ${'abcdef'[i % 6]}`, person: 1 + i })),
      },
      steps: 20,
      hidden: [8],
      candidates: 1,
      out: at('run'),
      onNote() {},
      onWarning() {},
    })
    await exportDatabase({ run: trained, out: at('people.moonstep') })
  })

  it('says of a file what is drawn, what is kept, and that all else is of three rows or more', async () => {
    const { stdout, stderr } = await succeeds('info', at('people.moonstep'))
    expect(stdout).toMatch(/^\S+people\.moonstep: the models of 3 tables\n/)
    expect(stdout).toMatch(/\ncities +keeps its rows: the file and all samples contain them\n/)
    expect(stdout).toMatch(/\npeople +64 rows, or as many as --count says\n +city: refers to cities\n/)
    // a key of texts is made, though no three rows share one
    expect(stdout).toMatch(/\n +label: text in the form /)
    expect(stdout).toMatch(/\nverdicts +Rows: too few rows to say/)
    expect(stdout).toMatch(
      /\nholds +This file holds no value of a single row but all rows of cities: whatever else it holds is of three training rows or more\.\nself-test +passed on cpu: worst difference \d/,
    )
    expect(stderr).toContain(`moonstep sample ${at('people.moonstep')} --out people-synthetic`)
  })

  it('says the same of the folder of its run, as JSON', async () => {
    const infoOf = async (name: string) => JSON.parse((await succeeds('info', at(name), '--json')).stdout)
    const [file, run] = [await infoOf('people.moonstep'), await infoOf('run')]
    expect(run).toEqual(file)
    expect(file).toMatchObject({ kind: 'tables', roots: { people: 64, labels: 6 }, selfTest: { pass: true } })
    expect(file.schema.tables.labels.columns).toEqual({ label: 'text', weight: 'integer' })
  })

  it('has no type of rows, which is of one table', async () => {
    await refuses(
      ['info', at('people.moonstep'), '--typescript'],
      /people\.moonstep has the models of several tables, and a type of rows is of one: give the run folder of a table/,
    )
  })
})
