import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const measured = fileURLToPath(new URL('measured.js', import.meta.url))

export interface Cost {
  readonly seconds: number
  /** The largest resident set of the process, in bytes. */
  readonly memory: number
}

/** Runs the command line in a process of its own, to its end. Throws: an exit code other than 0. */
export function moonstep(...args: string[]): Cost & { stdout: string } {
  const start = performance.now()
  const { status, stdout, stderr, output } = spawnSync(process.execPath, [measured, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const seconds = (performance.now() - start) / 1000
  if (status !== 0) throw new Error(`moonstep ${args.join(' ')} ended with ${status}: ${stderr}`)
  return { stdout, seconds, memory: Number(output[3]) }
}
