import { spawn, spawnSync } from 'node:child_process'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { main } from '../../src/cli/run.ts'
import { type Words, words } from './words.ts'

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
export const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Outcome {
  status: number | null
  stdout: string
  stderr: string
}

/** A stream that keeps what is written to it. */
class Kept extends Writable {
  readonly #chunks: Buffer[] = []
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk)
    done()
  }
  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8')
  }
}

/** Runs a command line, as its text or its words, in this process and from the sources, to its end. */
export async function moonstep(...line: Words | readonly string[]): Promise<Outcome> {
  const typed = typeof line[0] === 'object' ? words(...(line as Words)) : (line as readonly string[])
  const [stdout, stderr] = [new Kept(), new Kept()]
  const status = await main(typed, { stdout, stderr })
  return { status, stdout: stdout.text, stderr: stderr.text }
}

/** Runs a command line that must end with 0. */
export async function succeeds(...line: Words | readonly string[]): Promise<Outcome> {
  const outcome = await moonstep(...line)
  expect(outcome, outcome.stderr).toMatchObject({ status: 0 })
  return outcome
}

/** Runs a command line that must be refused: exit status 2, nothing on stdout, and one line that matches on stderr. */
export async function refuses(line: readonly string[], message: RegExp | string): Promise<void> {
  const { status, stdout, stderr } = await moonstep(...line)
  expect([line, status, stdout]).toEqual([line, 2, ''])
  expect(stderr).toMatch(/^moonstep: [^\n]+\n$/)
  expect(stderr).toMatch(message)
}

/** The built command line with its arguments, for a shell to run; `npm test` builds it first. */
export function command(...args: string[]): string[] {
  return [process.execPath, program, ...args]
}

/** Runs the built command line as a program, where a process's start or environment is what is tested. */
export function moonstepProcess(...args: string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
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
  const child = spawn(process.execPath, [program, ...args], { cwd: root })
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
