import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { refuses } from '../helpers/cli.ts'
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
