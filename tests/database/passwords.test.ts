// cspell:ignore sslmode sslpassword datset
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readDatabase, train, writeDatabase } from '../../src/index.ts'
import { trainDatabase } from '../../src/node/train-databases.ts'
import { moonstep } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { freePort } from '../helpers/postgres.ts'
import { shop, shopSchema, tablesOf } from './shop.ts'

const { at, folder } = folderOf('passwords')
// an address that is taken as a path would be found here
const started = process.cwd()
process.chdir(folder)
afterAll(() => process.chdir(started))

const secret = 's3cr3t'
const closed = await freePort()
const before = process.env.PGPASSWORD
process.env.PGPASSWORD = `${secret}-of-environment`
afterAll(() => {
  if (before === undefined) delete process.env.PGPASSWORD
  else process.env.PGPASSWORD = before
})

/** Addresses with a password, of which none leads to a server. */
const addresses = [
  `postgres://ann:${secret}@127.0.0.1:${closed}/shop`,
  `postgres://ann:${secret}%40%2F@127.0.0.1:${closed}/shop?schema=x`,
  `postgres://127.0.0.1:${closed}/shop?user=ann&password=${secret}`,
  `postgres://ann@127.0.0.1:${closed}/shop?sslmode=disable&sslpassword=${secret}`,
  `postgres://ann:${secret}@127.0.0.1:${closed},127.0.0.1:1/shop`,
  `postgres://ann:${secret}@[bad/shop`,
  `postgres://ann:${secret}/${secret}@127.0.0.1:${closed}/shop`,
  `postgres:/ann:${secret}@127.0.0.1/shop`,
  `mysql://ann:${secret}@127.0.0.1/shop`,
  `ann:${secret}@127.0.0.1/shop`,
  `host=127.0.0.1 password=${secret}`,
]

writeFileSync(at('table.csv'), 'id,size\n1,2\n2,3\n')
writeFileSync(at('no-model.moonstep'), 'x')

/** Command lines that take an address, in every place where one may be given. */
const lines: readonly ((address: string) => readonly string[])[] = [
  (address) => ['schema', address],
  (address) => ['schema', at('table.csv'), '--out', address],
  (address) => ['train', '--dataset', address, '--out', at('run')],
  (address) => ['train', '--dataset', address, '--out', at('run'), '--recipe', 'post'],
  (address) => ['train', '--dataset', address, '--out', at('run'), '--rule', 'a > b'],
  (address) => ['train', '--dataset', address, '--out', at('run'), '--schema', address],
  (address) => ['train', '--dataset', address, '--out', at('run'), '--resume'],
  (address) => ['train', '--datset', address],
  (address) => ['train', '--dataset', at('table.csv'), '--steps', '1', '--out', address],
  (address) => ['sample', address, '--out', at('out')],
  (address) => ['sample', at('no-model.moonstep'), '--out', address],
  (address) => ['sample', at('no-model.moonstep'), '--out', address, '--like', address],
  (address) => ['sample', at('no-model.moonstep'), '--out', address, '--shard', '1/2'],
  (address) => ['sample', at('no-model.moonstep'), '--given', address],
  (address) => ['export', address],
  (address) => ['report', address],
  (address) => ['evaluate', address, '--against', address],
  (address) => ['info', address],
  (address) => ['plot', 'columns', '--data', address],
  (address) => [address],
]

/** Each address with a third of the lines, and each line with a third of the addresses. */
const pairs = addresses.flatMap((address, a) =>
  lines.flatMap((line, l) => ((a + l) % 3 === 0 ? [line(address)] : [])),
)

it.each(pairs)('a password is in nothing that is printed: %s %s %s %s %s %s', async (...line) => {
  const { stdout, stderr } = await moonstep(...line, '--json', '--verbose')
  expect([stdout, stderr].join()).not.toContain(secret)
})

describe.each(addresses)('the password of %s', (address) => {
  it('is in no error of the API', async () => {
    const database = { schema: shopSchema, tables: tablesOf(shopSchema, shop) }
    const calls = [
      () => readDatabase(address),
      () => writeDatabase(address, database),
      () => writeDatabase(at('new.sqlite'), database, { source: address }),
      () => trainDatabase({ dataset: address, out: at('run') }),
      () => trainDatabase({ dataset: { sizes: [{ size: 1 }, { size: 2 }] }, out: address }),
      () => train({ dataset: 'two-moons', steps: 1, out: address }),
    ]
    for (const call of calls) {
      const error = await call().catch((reason: Error) => reason)
      if (!(error instanceof Error)) continue
      const { message, stack, cause, value } = error as Error & { value?: unknown }
      expect([message, stack, String(cause), JSON.stringify(value)].join()).not.toContain(secret)
    }
  })
})

it('no file of these calls has a password, in its name or its content', () => {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    expect(path).not.toContain(secret)
    if (entry.isFile()) expect(readFileSync(path, 'latin1')).not.toContain(secret)
  }
})
