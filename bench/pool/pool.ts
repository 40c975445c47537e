import { fileURLToPath } from 'node:url'
import type { Contestant } from '../race.ts'
import { type Answer, Missing, type Request } from './protocol.ts'
import { findPython } from './python.ts'
import { Worker } from './worker.ts'

const inNode = (name: string) => [
  process.execPath,
  fileURLToPath(new URL(`../ours/${name}.js`, import.meta.url)),
]
const inPython = (program: string) => [program, 'bench/peers/worker.py']

/**
 * The measuring processes, started on demand: one per kind of task and number of threads, so that libraries don't
 * interfere with each other's heap and threads.
 */
export class Pool {
  readonly #workers = new Map<string, Worker>()
  readonly #peers: boolean
  readonly #log: (line: string) => void
  /** The versions of Python's libraries, once one has been used. */
  readonly versions: Record<string, string> = {}

  constructor(peers: boolean, log: (line: string) => void) {
    this.#peers = peers
    this.#log = log
  }

  /** Ours in Node. */
  ours(threads: number, request: Request): Contestant {
    return () => this.#ask(inNode('node'), threads, request)
  }

  /** In Chromium: ours, and libraries beside ours. All tasks share a page. */
  page(threads: number, request: Request): Contestant {
    return () => this.#ask(inNode('page'), threads, request, 'page')
  }

  /** A library of Python, measured only with --peers. */
  peer(threads: number, request: Request): Contestant {
    return async () => this.#ask(inPython(this.peerPython()), threads, request)
  }

  /** A measure of files that shares no code with ours. */
  async judge(request: Request): Promise<Answer> {
    return this.#ask(inPython(findPython(this.#log)), 1, request, 'judges')
  }

  /** The program of Python with the peers' libraries. Throws `Missing` without --peers. */
  peerPython(): string {
    if (!this.#peers) throw new Missing('run npm run bench -- --peers')
    return findPython(this.#log)
  }

  async end(): Promise<void> {
    await Promise.all([...this.#workers.values()].map((worker) => worker.end()))
  }

  async #ask(command: string[], threads: number, request: Request, kind?: string): Promise<Answer> {
    const key = [...command, threads, kind ?? `${request.task} ${request.engine ?? request.variant}`].join(
      ' ',
    )
    const worker = this.#workers.get(key) ?? new Worker(command, threads)
    this.#workers.set(key, worker)
    Object.assign(this.versions, await worker.versions)
    return worker.ask(request)
  }
}
