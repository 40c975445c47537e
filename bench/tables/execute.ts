import { spawnSync } from 'node:child_process'

/** A program that did not do what was asked of it; the message is the last that it said. */
export class Failed extends Error {}

export interface Done {
  readonly stdout: string
  /** Of the whole process. */
  readonly seconds: number
}

/** Runs a program to its end. Throws Failed: it can't be started, or ends with another code than 0. */
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

/** A row goes on without what failed: what `work` gives, or the reason why there is none. */
export function attempt<T>(work: () => T): T | { readonly missing: string } {
  try {
    return work()
  } catch (error) {
    if (error instanceof Failed) return { missing: error.message }
    throw error
  }
}

/** Python and the command line both end with the line that says what is wrong. */
function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)!.trim()
}
