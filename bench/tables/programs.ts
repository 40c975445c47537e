import { join } from 'node:path'
import { execute } from './execute.ts'

/** The numbers in a program's line of JSON, by name. */
export type Answer = Readonly<Record<string, number>>

/** The Python programs in this folder. */
export class Programs {
  readonly #python: string

  constructor(python: string) {
    this.#python = python
  }

  /** Runs a program that writes files. */
  run(name: string, args: readonly (string | number)[]): void {
    this.#execute(name, args, 1)
  }

  /** Runs a program that prints its measurements as a line of JSON. */
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
