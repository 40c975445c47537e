import { spawnSync } from 'node:child_process'

/** A program that failed; the message is its last line. */
export class Failed extends Error {}

export interface Done {
  readonly stdout: string
  /** The time of the whole process. */
  readonly seconds: number
}

/** Runs a program and waits for it. Throws Failed if it can't be started, or exits with a code other than 0. */
export function execute(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Done {
  const start = performance.now()
  const { status, signal, error, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  const seconds = (performance.now() - start) / 1000
  if (status !== 0) throw new Failed(error?.message ?? (lastLine(stderr) || `ended with ${status ?? signal}`))
  return { stdout, seconds }
}

/** Lets a row continue after a failure: returns the result of `work`, or the reason why there is none. */
export function attempt<T>(work: () => T): T | { readonly missing: string } {
  try {
    return work()
  } catch (error) {
    if (error instanceof Failed) return { missing: error.message }
    throw error
  }
}

/** Both Python and the command line report an error in their last line. */
function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)!.trim()
}
