import { fileURLToPath } from 'node:url'
import type { Python } from './peers.ts'
import { type Measurement, Missing, Worker } from './worker.ts'

const oursScript = fileURLToPath(new URL('ours/worker.js', import.meta.url))

/** One of those whose measurements alternate. */
export interface Contestant {
  readonly name: string
  /** Errors: `Missing`, where this machine can't. */
  measure(): Promise<Measurement>
}

/** The processes that measure: for each number of threads one of ours and one of the peers', started when asked for. */
export class Team {
  readonly #workers = new Map<string, Worker>()
  readonly #python: Python

  constructor(python: Python) {
    this.#python = python
  }

  ours(name: string, threads: number, request: object): Contestant {
    const worker = () => this.#worker(process.execPath, [oursScript, String(threads)])
    return { name, measure: () => worker().measure(request) }
  }

  peer(name: string, threads: number, request: object): Contestant {
    return { name, measure: async () => this.#peer(threads).measure(request) }
  }

  /** Of the peers' libraries; nothing without them. */
  async peerVersions(): Promise<Record<string, string>> {
    return 'program' in this.#python ? this.#peer(1).versions() : {}
  }

  async end(): Promise<void> {
    await Promise.all([...this.#workers.values()].map((worker) => worker.end()))
    this.#workers.clear()
  }

  #peer(threads: number): Worker {
    if ('missing' in this.#python) throw new Missing(this.#python.missing)
    return this.#worker(this.#python.program, ['bench/peers/worker.py', String(threads)])
  }

  #worker(command: string, args: readonly string[]): Worker {
    const key = [command, ...args].join(' ')
    const worker = this.#workers.get(key) ?? new Worker(command, args)
    this.#workers.set(key, worker)
    return worker
  }
}
