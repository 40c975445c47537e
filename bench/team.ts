import { fileURLToPath } from 'node:url'
import type { Python } from './peers.ts'
import { type Measurement, Missing, Worker } from './worker.ts'

const oursScript = fileURLToPath(new URL('ours/worker.js', import.meta.url))

/** A contestant in alternating measurements. */
export interface Contestant {
  readonly name: string
  /** Throws `Missing` if this machine can't measure it. */
  measure(): Promise<Measurement>
}

/** What a process should measure, and the task's options. */
interface Request {
  readonly task: string
  readonly engine?: string
  readonly variant?: string
  readonly [option: string]: unknown
}

/**
 * The measuring processes, started on demand: one per task, engine or variant, and number of threads, so that libraries
 * don't interfere with each other's heap and threads.
 */
export class Team {
  readonly #workers = new Map<string, Worker>()
  readonly #python: Python

  constructor(python: Python) {
    this.#python = python
  }

  ours(name: string, threads: number, request: Request): Contestant {
    const worker = () => this.#worker([process.execPath, oursScript, String(threads)], request)
    return { name, measure: () => worker().measure(request) }
  }

  peer(name: string, threads: number, request: Request): Contestant {
    return { name, measure: async () => this.#peer(threads, request).measure(request) }
  }

  /** The versions of the peers' libraries; empty without them. */
  async peerVersions(): Promise<Record<string, string>> {
    return 'program' in this.#python ? this.#peer(1).versions() : {}
  }

  async end(): Promise<void> {
    await Promise.all([...this.#workers.values()].map((worker) => worker.end()))
    this.#workers.clear()
  }

  #peer(threads: number, request?: Request): Worker {
    if ('missing' in this.#python) throw new Missing(this.#python.missing)
    return this.#worker([this.#python.program, 'bench/peers/worker.py', String(threads)], request)
  }

  #worker(
    [command, ...args]: [string, ...string[]],
    { task, engine, variant }: Partial<Request> = {},
  ): Worker {
    const key = [command, ...args, task, engine, variant].join(' ')
    const worker = this.#workers.get(key) ?? new Worker(command, args)
    this.#workers.set(key, worker)
    return worker
  }
}
