import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { messageOf } from '../src/core/errors.ts'

/** The result of one measurement. */
export interface Measurement {
  readonly seconds: number
  /** Processor time over elapsed time; undefined if another process computes. */
  readonly cores?: number
}

/** Thrown if something can't be measured here; the message is the reason. */
export class Missing extends Error {}

type Answer = Measurement | { readonly missing: string } | { readonly fault: string }

/**
 * A process that runs measurements: a line of JSON in, a line of JSON out, so that several processes can alternate
 * without their start-up. Its first line gives its versions.
 */
export class Worker {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>
  readonly #ended: Promise<string>
  #errors = ''
  #versions: Promise<Record<string, string>>

  constructor(command: string, args: readonly string[]) {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child = child
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(messageOf(error)))
      child.once('close', (code, signal) => resolve(`ended with ${signal ?? code}: ${this.#lastError()}`))
    })
    child.stdin.on('error', () => {})
    child.stderr.on('data', (text) => {
      this.#errors = `${this.#errors}${text}`.slice(-2000)
    })
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    this.#versions = this.#next<{ versions: Record<string, string> }>().then(({ versions }) => versions)
    // whoever awaits the versions gets the error
    this.#versions.catch(() => {})
  }

  /** The versions of its libraries. Throws `Missing` if it doesn't start. */
  versions(): Promise<Record<string, string>> {
    return this.#versions
  }

  /** Runs one measurement; the first of a request also warms up. Throws `Missing`, or the worker's error. */
  async measure(request: object): Promise<Measurement> {
    await this.#versions
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`)
    const answer = await this.#next<Answer>()
    if ('missing' in answer) throw new Missing(answer.missing)
    if ('fault' in answer) throw new Error(`${JSON.stringify(request)}: ${answer.fault}`)
    if (!(answer.seconds > 0)) throw new Error(`${JSON.stringify(request)} took ${answer.seconds} s`)
    return answer
  }

  async end(): Promise<void> {
    this.#child.stdin!.end()
    await this.#ended
  }

  async #next<T>(): Promise<T> {
    const { value, done } = await this.#lines.next()
    if (done) throw new Missing(await this.#ended)
    return JSON.parse(value) as T
  }

  #lastError(): string {
    return this.#errors.trim().split('\n').at(-1) ?? ''
  }
}
