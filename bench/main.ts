/**
 * `npm run bench`: measures ours in turn with its peers, and checks times, memory and quality against their targets.
 * Exits with 1 if one is missed. `-- --only PAGE,GROUP --peers --write` puts the figures into docs.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { messageOf } from '../src/core/errors.ts'
import type { Group, Page, Setting } from './group.ts'
import { pages } from './groups.ts'
import { machine } from './machine.ts'
import { number, tables } from './markdown.ts'
import { firstDraw, writeMoons } from './moons.ts'
import { Pool } from './pool/pool.ts'
import { Missing } from './pool/protocol.ts'
import { installPagePeers } from './pool/python.ts'
import { type Result, writePage } from './report.ts'
import { misses, missingRow } from './row.ts'

const log = (line: string) => process.stderr.write(`${line}\n`)

function refuse(reason: string): never {
  log(reason)
  process.exit(2)
}

const args = process.argv.slice(2)
const { peers, rounds, only, write } = readArguments()

function readArguments() {
  const options = {
    /** Measures other libraries beside ours. */
    peers: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '7' },
    /** Groups, and pages for all of their groups. */
    only: { type: 'string', default: 'performance' },
    write: { type: 'boolean', default: false },
  } as const
  try {
    return parseArgs({ args, options }).values
  } catch (error) {
    return refuse(`${messageOf(error)}: give --only PAGE,GROUP, --peers, --rounds N or --write`)
  }
}

/** The groups to measure. A page's name stands for those that don't take an hour. */
function chosenGroups(): (readonly [Page, Group])[] {
  const chosen = only.split(',')
  const names = pages.flatMap(({ name, groups }) => [name, ...groups.map((group) => group.name)])
  const unknown = chosen.filter((name) => !names.includes(name))
  if (unknown.length > 0) refuse(`--only has ${unknown}: give some of ${names}`)
  if (!/^[1-9]\d?$/.test(rounds)) refuse(`--rounds is ${rounds}: give a whole number from 1 to 99`)
  const isChosen = (page: Page, { name, isLong = false }: Group) =>
    chosen.includes(name) || (chosen.includes(page.name) && !isLong)
  return pages.flatMap((page) =>
    page.groups.filter((group) => isChosen(page, group)).map((group) => [page, group] as const),
  )
}

/** Measures a group in fresh processes. */
async function measure(group: Group, setting: Omit<Setting, 'pool'>): Promise<Result> {
  log(`measuring ${group.name}`)
  const pool = new Pool(peers, log)
  try {
    const rows = await group.measure({ ...setting, pool }).catch((error) => {
      if (error instanceof Missing) return [missingRow(group.name, error.message)]
      throw error
    })
    const command = ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' ')
    return { name: group.name, command, machine: machine(pool.versions), rows }
  } finally {
    await pool.end()
  }
}

const chosen = chosenGroups()
const folder = mkdtempSync(join(tmpdir(), 'moonstep-bench-'))
try {
  const moons = writeMoons(folder, firstDraw)
  if (peers) installPagePeers(log)
  for (const [page, group] of chosen) {
    const result = await measure(group, { folder, moons, log, rounds: Number(rounds) })
    process.stdout.write(`## ${group.name}\n\n${tables(result.rows, page)}\n\n`)
    const missed = result.rows.filter(misses)
    for (const row of missed) log(`not reached: ${row.what}: ${number(row.value!, page)}`)
    if (missed.length > 0) process.exitCode = 1
    if (write) await writePage(page, group, result)
  }
} finally {
  rmSync(folder, { recursive: true })
}
