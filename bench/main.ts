/**
 * `npm run bench`: alternates our timings with the peers', and checks the budgets of time and memory. Exits with 1 if
 * one is missed. `-- --peers --write` makes docs/performance.md.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InputError, messageOf } from '../src/core/errors.ts'
import { writeTogether } from '../src/core/files.ts'
import { groups as allGroups, growth } from './groups.ts'
import { axes, growthCurves } from './growth/curves.ts'
import { growthFigure } from './growth/figure.ts'
import { machine } from './machine.ts'
import { type Options, readOptions } from './options.ts'
import { findPython, installPagePeers } from './peers.ts'
import { imageOf, report, summary } from './report.ts'
import { type Results, withGroups } from './results.ts'
import type { Setting } from './rows/group.ts'
import { verdict } from './rows/row.ts'
import { number } from './table.ts'
import { Team } from './team.ts'
import { writeTrainingData } from './training-data.ts'

const log = (line: string) => process.stderr.write(`${line}\n`)

async function measure({ peers, rounds, wanted }: Options, args: readonly string[]): Promise<Results> {
  const folder = mkdtempSync(join(tmpdir(), 'moonstep-bench-'))
  const python = peers ? findPython(log) : { missing: 'run npm run bench -- --peers' }
  if (peers) installPagePeers(log)
  const team = new Team(python)
  const setting: Setting = { team, rounds, folder, data: writeTrainingData(folder), log }
  try {
    const groups: Results['groups'][number][] = []
    for (const [name, group] of allGroups.filter(([each]) => wanted(each))) {
      log(`measuring ${name}`)
      groups.push({ name, rows: await group(setting) })
    }
    return {
      command: ['npm run bench', ...(args.length > 0 ? ['--', ...args.map(quoted)] : [])].join(' '),
      machine: machine(await team.peerVersions()),
      groups,
      growth: wanted(growth) ? await growthCurves(setting) : [],
    }
  } finally {
    await team.end()
    rmSync(folder, { recursive: true })
  }
}

const quoted = (argument: string) => (/\s/.test(argument) ? `"${argument}"` : argument)

function files(results: Results): (readonly [path: string, content: string])[] {
  const figures = axes.map((axis) => {
    const curves = results.growth.filter((curve) => curve.axis === axis)
    return [join('docs', imageOf(axis)), growthFigure(axis, curves)] as const
  })
  return [
    ['docs/performance.md', report(results)],
    ['docs/performance.json', `${JSON.stringify(results, null, 2)}\n`],
    ...figures,
  ]
}

/** Puts a part of the rows among those in docs/performance.json. */
function amongOthers(results: Results): Results {
  const names = allGroups.map(([name]) => name)
  return withGroups(JSON.parse(readFileSync('docs/performance.json', 'utf8')), results, names)
}

try {
  const args = process.argv.slice(2)
  const options = readOptions(args)
  const results = await measure(options, args)
  process.stdout.write(options.json ? `${JSON.stringify(results)}\n` : `${summary(results)}\n`)
  if (options.write) await writeTogether(files(options.isPart ? amongOthers(results) : results))
  const judged = results.groups.flatMap(({ rows }) => rows)
  for (const row of judged.filter((each) => verdict(each) === false))
    log(
      `not reached: ${row.what}${row.against ? ` against ${row.against}` : ''}: ${number(row.value!)} ${row.unit}`,
    )
  if (judged.some((row) => verdict(row) === false)) process.exitCode = 1
} catch (error) {
  if (!(error instanceof InputError)) throw error
  log(messageOf(error))
  process.exitCode = 2
}
