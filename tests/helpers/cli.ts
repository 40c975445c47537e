import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
export const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Outcome {
  status: number | null
  stdout: string
  stderr: string
}

/** The built command line with its arguments, for a shell to run. */
export function command(...args: string[]): string[] {
  return [process.execPath, main, ...args]
}

/** Runs the built command line to its end; `npm test` builds it first. */
export function moonstep(...args: string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    cwd: root,
    timeout: 120_000,
  })
  return { status, stdout, stderr }
}

/** Starts it, and sends a signal once its stderr says `when`, or once `when` is true. */
export function moonstepKilled(
  signal: NodeJS.Signals,
  when: RegExp | (() => boolean),
  ...args: string[]
): Promise<Outcome> {
  const child = spawn(process.execPath, [main, ...args], { cwd: root })
  let [stdout, stderr] = ['', '']
  let sent = false
  const look = () => {
    if (!sent && (when instanceof RegExp ? when.test(stderr) : when())) sent = child.kill(signal)
  }
  const looking = setInterval(look, 10)
  child.stdout.on('data', (text) => {
    stdout += text
  })
  child.stderr.on('data', (text) => {
    stderr += text
    look()
  })
  return new Promise((resolve) =>
    child.on('close', (status) => {
      clearInterval(looking)
      resolve({ status, stdout, stderr })
    }),
  )
}
