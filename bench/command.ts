import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Missing } from './pool/protocol.ts'

const node = [process.execPath, fileURLToPath(new URL('measured.js', import.meta.url))]

/** The time of a process in seconds, and its maximum resident set size in bytes. */
export type Cost = Readonly<Record<'seconds' | 'memory', number>>

/** Runs the command line in a separate process and waits for it. Throws Missing on an exit code other than 0. */
export const moonstep = (...args: (string | number)[]): Cost => run([...node, ...args])

/** The same on the first core only. */
export const moonstepOnOneCore = (...args: (string | number)[]): Cost =>
  run(['taskset', '--cpu-list', 0, ...node, ...args])

function run(words: readonly (string | number)[]): Cost {
  const [program, ...args] = words.map(String)
  const start = performance.now()
  const stdio = ['ignore', 'ignore', 'pipe', 'pipe'] as const
  const { status, signal, error, stderr, output } = spawnSync(program!, args, {
    encoding: 'utf8',
    stdio: [...stdio],
  })
  const seconds = (performance.now() - start) / 1000
  if (status === 0) return { seconds, memory: Number(output[3]) }
  const reason = error?.message ?? stderr.trim().split('\n').at(-1)
  throw new Missing(`${args.join(' ')} ended with ${status ?? signal}: ${reason}`)
}
