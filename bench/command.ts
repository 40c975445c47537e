import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const measured = fileURLToPath(new URL('measured.js', import.meta.url))

export interface Cost {
  readonly seconds: number
  /** The maximum resident set size of the process, in bytes. */
  readonly memory: number
}

/** Runs the command line in a separate process and waits for it. Throws on an exit code other than 0. */
export function moonstep(...args: string[]): Cost & { stdout: string } {
  return run([process.execPath, measured, ...args])
}

/** The same on the first core only. */
export function moonstepOnOneCore(...args: string[]): Cost & { stdout: string } {
  return run(['taskset', '--cpu-list', '0', process.execPath, measured, ...args])
}

function run([program, ...args]: [string, ...string[]]): Cost & { stdout: string } {
  const start = performance.now()
  const { status, stdout, stderr, output } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const seconds = (performance.now() - start) / 1000
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`)
  return { stdout, seconds, memory: Number(output[3]) }
}
