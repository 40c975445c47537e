import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import type { Contestant } from '../team.ts'
import { type Group, seed } from './group.ts'
import { comparison } from './row.ts'

/** Whole processes of the command line as shipped. */
export const startUpRows: Group = async ({ rounds }) => {
  const command = 'dist/cli/main.js'
  const [help, sample] = ['moonstep --help', 'moonstep sample -n 1000'] as const
  const timings = await alternate(
    [
      nodeProcess('node -e 0', ['-e', '0']),
      nodeProcess(help, [command, '--help']),
      nodeProcess(sample, [command, 'sample', join(seed, 'model.onnx'), '-n', '1000']),
    ],
    3 * rounds,
  )
  const row = (what: string, reach: number) =>
    comparison({
      what: `${what}, the whole process`,
      against: 'node -e 0',
      threads: null,
      ours: timings[what]!,
      theirs: timings['node -e 0']!,
      by: 'excess',
      reach,
    })
  return [row(help, 150), row(sample, 450)]
}

function nodeProcess(name: string, args: readonly string[]): Contestant {
  return {
    name,
    async measure() {
      const start = performance.now()
      const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
      if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`)
      return { seconds: (performance.now() - start) / 1000 }
    },
  }
}
