/**
 * `npm run bench:tables`: trains on tables through the command line and judges the samples by held-out rows. Exits with
 * 1 if a target is missed. `-- --peers --write` makes docs/tables.md, in more than an hour.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InputError, messageOf } from '../../src/core/errors.ts'
import { writeTogether } from '../../src/core/files.ts'
import { machine } from '../machine.ts'
import { inPlace } from '../results.ts'
import { prepareEnvironment } from './environment.ts'
import { groups } from './groups.ts'
import { type Options, readOptions } from './options.ts'
import { Ours } from './ours.ts'
import { Peers } from './peers.ts'
import { Programs } from './programs.ts'
import { type Results, report, summary } from './report.ts'
import type { Setting } from './rows/group.ts'
import { keeps } from './score.ts'

const log = (line: string) => process.stderr.write(`${line}\n`)

function measure({ peers, mostSeeds, wanted }: Options, args: readonly string[]): Results {
  const { program, versions, missing } = prepareEnvironment(log)
  const folder = mkdtempSync(join(tmpdir(), 'moonstep-tables-'))
  try {
    const programs = new Programs(program)
    const setting: Setting = {
      ours: new Ours(folder, programs),
      peers: new Peers(folder, programs, { missing, wanted: peers }),
      programs,
      mostSeeds,
      log,
    }
    const { processor, memory, system, Node } = machine({})
    return {
      command: ['npm run bench:tables', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
      machine: { processor: processor!, memory: memory!, system: system!, Node: Node!, ...versions },
      missing,
      sections: groups.filter(({ name }) => wanted(name)).map((group) => group.measure(setting)),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const kept = 'docs/tables.json'

/** Puts some rows among those in docs/tables.json. */
function amongOthers(results: Results): Results {
  const before: Results = JSON.parse(readFileSync(kept, 'utf8'))
  const names = groups.map(({ name }) => name)
  const parts = { file: kept, before: before.sections, now: results.sections, names }
  return { ...before, sections: inPlace(before, results, parts) }
}

try {
  const args = process.argv.slice(2)
  const options = readOptions(args)
  const results = measure(options, args)
  process.stdout.write(`${summary(results)}\n`)
  if (options.write) {
    const all = options.isPart ? amongOthers(results) : results
    await writeTogether([
      ['docs/tables.md', report(all)],
      [kept, `${JSON.stringify(all, null, 2)}\n`],
    ])
  }
  const scores = results.sections.flatMap((section) => section.scores)
  const missed = scores.filter((score) => keeps(score, score.reach) === false)
  for (const { row, what, value, missing, reach } of missed)
    log(`not reached: ${row}, ${what}: ${missing ?? value} for ${reach}`)
  if (missed.length > 0) process.exitCode = 1
} catch (error) {
  if (!(error instanceof InputError)) throw error
  log(messageOf(error))
  process.exitCode = 2
}
