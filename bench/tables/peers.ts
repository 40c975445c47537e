import { join } from 'node:path'
import { Failed } from './execute.ts'
import { threads } from './ours.ts'
import type { Programs } from './programs.ts'

/** By the name in peer.py: the label, and the required packages. */
export const peers = {
  tvae: { title: 'TVAE, 300 epochs', packages: ['torch', 'ctgan'] },
  ctgan: { title: 'CTGAN, 300 epochs', packages: ['torch', 'ctgan'] },
  copula: { title: 'Gaussian copula', packages: ['copulas'] },
  forest: { title: 'ForestDiffusion (flow)', packages: ['ForestDiffusion'] },
} as const

export type PeerName = keyof typeof peers

export interface Fitted {
  /** One file per generation. */
  readonly files: readonly string[]
  /** The time of fitting alone. */
  readonly seconds: number
}

export interface PeerTask {
  readonly peer: PeerName
  readonly table: string
  readonly train: string
  readonly rows: number
  readonly seed: number
  readonly generations?: number
}

/** The peers, each fitted in a separate process; a fit that several rows need is made once. */
export class Peers {
  readonly #folder: string
  readonly #programs: Programs
  readonly #missing: Readonly<Record<string, string>>
  readonly #wanted: boolean
  readonly #fitted = new Map<string, Fitted>()

  constructor(
    folder: string,
    programs: Programs,
    { missing, wanted }: { missing: Readonly<Record<string, string>>; wanted: boolean },
  ) {
    this.#folder = folder
    this.#programs = programs
    this.#missing = missing
    this.#wanted = wanted
  }

  get wanted(): boolean {
    return this.#wanted
  }

  /** Throws Failed if peers are turned off, a package could not be installed, or the peer fails. */
  fit({ peer, table, train, rows, seed, generations = 1 }: PeerTask): Fitted {
    if (!this.#wanted) throw new Failed('run npm run bench:tables -- --peers')
    for (const name of peers[peer].packages)
      if (name in this.#missing)
        throw new Failed(`${name} could not be installed here: ${this.#missing[name]}`)
    const key = `${peer}-${table}-${seed}`
    const known = this.#fitted.get(key)
    if (known) return known
    const files = Array.from({ length: generations }, (_, k) => join(this.#folder, `${key}-${k}.csv`))
    const options = ['--rows', rows, '--seed', seed, '--threads', threads, '--out', ...files]
    const { seconds } = this.#programs.ask('peer.py', [peer, table, train, ...options], threads)
    const fitted = { files, seconds: seconds! }
    this.#fitted.set(key, fitted)
    return fitted
  }
}
