import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { moonstep, type Outcome } from '../helpers/cli.ts'
import { folderOf } from '../helpers/folders.ts'
import { describeWith } from '../helpers/needs.ts'
import { type PostgresServer, startPostgres } from '../helpers/postgres.ts'

const { at, folder } = folderOf('server-passwords')

describeWith('postgres', 'PostgreSQL', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
    server.psql(
      '-c',
      'CREATE TABLE users (id int PRIMARY KEY, size int NOT NULL); INSERT INTO users SELECT i, i % 7 FROM generate_series(1, 60) i',
    )
  })
  afterAll(() => server?.stop())

  it('gets its password, and nothing that is printed or written has it', async () => {
    const { address, password } = server
    const spelled = [password, encodeURIComponent(password)]
    const expectHidden = (texts: readonly string[]) => {
      for (const text of texts) for (const each of spelled) expect(text).not.toContain(each)
    }
    const run = async (status: number, ...line: string[]): Promise<Outcome> => {
      const outcome = await moonstep(...line)
      expect([line[0], outcome.status, outcome.stderr]).toEqual([line[0], status, expect.any(String)])
      expectHidden([outcome.stdout, outcome.stderr])
      return outcome
    }
    const train = [
      'train',
      '--dataset',
      address,
      '--steps',
      '3',
      '--hidden',
      '8',
      '--holdout',
      '0.4',
      '--candidates',
      '1',
    ]
    await run(0, 'schema', address, '--out', at('schema.json'))
    await run(0, ...train, '--out', at('run'), '--json')
    await run(0, 'export', at('run'), '--out', at('shop.moonstep'))
    await run(0, 'report', at('run'), '--json')
    await run(2, 'sample', at('shop.moonstep'), '--out', address)
    await run(0, 'sample', at('shop.moonstep'), '--out', address, '--append')
    await run(2, 'sample', at('shop.moonstep'), '--out', `${address.slice(0, -'postgres'.length)}absent`)
    await run(2, 'schema', `${address.slice(0, -'postgres'.length)}absent`)
    await run(2, 'schema', `${address}?schema=absent`)
    await run(2, 'schema', address.replace('//postgres:', '//stranger:'))
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) expectHidden([readFileSync(join(entry.parentPath, entry.name), 'latin1')])
  })
})
