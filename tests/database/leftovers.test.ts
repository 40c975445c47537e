import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ownEnding } from '../../src/core/leftovers.ts'
import { openSqlite } from '../../src/database/stores/sqlite.ts'
import { connectSqlite, openCopy } from '../../src/database/stores/sqlite-connection.ts'
import { writeDatabase } from '../../src/database/stores/write.ts'
import { folderOf } from '../helpers/folders.ts'
import { shop, shopSchema, tablesOf } from './shop.ts'

const { at } = folderOf('leftovers')
const before = process.env.TMPDIR
beforeAll(async () => {
  mkdirSync(at('temporary'))
  process.env.TMPDIR = at('temporary')
  const connection = await connectSqlite(at('rows.sqlite'), false)
  connection.exec('CREATE TABLE a(id INTEGER PRIMARY KEY); INSERT INTO a VALUES (1), (2)')
  connection.close()
})
afterAll(() => {
  if (before === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = before
})

const machine = ownEnding().split('-')[0]
/** A process that has ended. */
const { pid: dead } = spawnSync(process.execPath, ['-e', ''])

it('copies of processes that have ended are removed, and nothing else', async () => {
  const names = {
    stale: `moonstep-copy-${machine}-${dead}-0123abcd.tmp`,
    running: `moonstep-copy-${machine}-${process.ppid}-0123abcd.tmp`,
    elsewhere: `moonstep-copy-${machine === 'ffff' ? 'eeee' : 'ffff'}-${dead}-0123abcd.tmp`,
    other: `moonstep-copy-${machine}-${dead}-0123abcd.tmp.txt`,
    others: `somebody-${machine}-${dead}-0123abcd.tmp`,
  }
  for (const name of Object.values(names)) {
    mkdirSync(at('temporary', name))
    writeFileSync(at('temporary', name, 'database.sqlite'), 'x')
  }
  mkdirSync(at('precious'))
  writeFileSync(at('precious/file'), 'x')
  symlinkSync(at('precious'), at('temporary', `moonstep-copy-${machine}-${dead}-0123abce.tmp`))
  const { close } = await openSqlite(at('rows.sqlite'))
  await close()
  const { stale: _, ...left } = names
  expect(readdirSync(at('temporary')).sort()).toEqual(Object.values(left).sort())
  expect(readdirSync(at('precious'))).toEqual(['file'])
})

it('a copy has no name once it is open, where the system allows that, and is its owner alone until then', async () => {
  const { connection, close } = await openCopy(at('rows.sqlite'))
  const mine = readdirSync(at('temporary')).filter((name) => name.includes(`-${process.pid}-`))
  if (process.platform === 'win32') expect(mine.length).toBe(1)
  else expect(mine).toEqual([])
  expect(connection.all('SELECT id FROM a')).toEqual([{ id: 1 }, { id: 2 }])
  await close()
  expect(readdirSync(at('temporary')).filter((name) => name.includes(`-${process.pid}-`))).toEqual([])
})

it('what a write that was killed left next to its target is removed by the next one', async () => {
  const database = { schema: shopSchema, tables: tablesOf(shopSchema, shop) }
  for (const target of ['shop.sqlite', 'shop.duckdb', 'shop']) {
    const stale = [
      `${target}.${machine}-${dead}-0123abcd.tmp`,
      `${target}.${machine}-${dead}-0123abcd.tmp-journal`,
    ]
    const kept = [
      `${target}.${machine}-${process.ppid}-0123abcd.tmp`,
      `${target}.ffff-${dead}-0123abcd.tmp`,
      `${target}.tmp`,
    ]
    for (const name of [...stale, ...kept]) writeFileSync(at(name), 'x')
    await writeDatabase(at(target), database)
    expect(stale.filter((name) => existsSync(at(name)))).toEqual([])
    expect(kept.filter((name) => !existsSync(at(name)))).toEqual([])
  }
})

it('a journal of a change that has not ended is refused, and one that has is not', async () => {
  const journal = `${at('rows.sqlite')}-journal`
  writeFileSync(journal, Buffer.concat([Buffer.from('d9d505f920a163d7', 'hex'), Buffer.alloc(504)]))
  await expect(openSqlite(at('rows.sqlite'))).rejects.toMatchObject({
    code: 'cannot-read',
    message: `${journal} shows a change that has not ended: close what writes to ${at('rows.sqlite')}, or open it once with SQLite`,
  })
  // SQLite clears the first bytes of a journal that it keeps
  writeFileSync(journal, Buffer.alloc(512))
  const { tables, close } = await openSqlite(at('rows.sqlite'))
  expect(tables.map(({ name }) => name)).toEqual(['a'])
  await close()
  expect(statSync(journal).size).toBe(512)
})
