import { join } from 'node:path'
import { execute } from './execute.ts'

/** The numbers of the line of JSON that a program answers with, by name. */
export type Answer = Readonly<Record<string, number>>

/** The Python programs of this folder. */
export class Programs {
  readonly #python: string

  constructor(python: string) {
    this.#python = python
  }

  /** Runs one that writes files. */
  run(name: string, args: readonly (string | number)[]): void {
    this.#execute(name, args, 1)
  }

  /** Runs one that prints a line of JSON for what it measured. */
  ask(name: string, args: readonly (string | number)[], threads = 1): Answer {
    const { stdout } = this.#execute(name, args, threads)
    const answer = JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, unknown>
    return Object.fromEntries(
      Object.entries(answer).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
    )
  }

  #execute(name: string, args: readonly (string | number)[], threads: number) {
    const all = [join('bench', 'tables', name), ...args.map(String)]
    return execute(this.#python, all, { OMP_NUM_THREADS: String(threads), PYTHONDONTWRITEBYTECODE: '1' })
  }
}
