import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { messageOf } from '../../src/core/errors.ts'
import { type Answer, Missing, type Request } from './protocol.ts'

/** A process that measures, seen from outside. It stays alive, so that several can alternate without their start-up. */
export class Worker {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>
  readonly #ended: Promise<string>
  #errors = ''
  /** The versions of its libraries; rejects with `Missing` if it doesn't start. */
  readonly versions: Promise<Record<string, string>>

  constructor([command, ...args]: readonly string[], threads: number) {
    const env = { ...process.env, OMP_NUM_THREADS: String(threads), PYTHONDONTWRITEBYTECODE: '1' }
    const child = spawn(command!, args, { stdio: 'pipe', env })
    this.#child = child
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(messageOf(error)))
      const last = () => this.#errors.trim().split('\n').at(-1)
      child.once('close', (code, signal) => resolve(`ended with ${signal ?? code}: ${last()}`))
    })
    child.stdin.on('error', () => {})
    child.stderr.on('data', (text) => {
      this.#errors = `${this.#errors}${text}`.slice(-2000)
    })
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    this.versions = this.#next<{ versions: Record<string, string> }>().then(({ versions }) => versions)
    // whoever awaits the versions gets the error
    this.versions.catch(() => {})
  }

  /** Takes one measurement; the first of a request also warms up. Throws `Missing`, or the worker's error. */
  async ask(request: Request): Promise<Answer> {
    await this.versions
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`)
    const answer = await this.#next<Readonly<Record<string, number | string>>>()
    if (typeof answer.missing === 'string') throw new Missing(answer.missing)
    if (typeof answer.fault === 'string') throw new Error(`${JSON.stringify(request)}: ${answer.fault}`)
    return answer as Answer
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
}
