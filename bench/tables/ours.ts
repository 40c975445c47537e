import { join } from 'node:path'
import { type Done, execute } from './execute.ts'
import type { Programs } from './programs.ts'

const commandLine = join('dist', 'cli', 'main.js')

/** The number of threads for training and sampling, ours and the peers'. */
export const threads = 2

/** A trained and exported model. */
export interface Model {
  readonly run: string
  readonly model: string
  /** Its whole process in one graph. */
  readonly sampler: string
  /** The time of the whole training process, including reading and writing. */
  readonly seconds: number
}

/** Moonstep as users run it: the built command line, with files in and files out. */
export class Ours {
  readonly #folder: string
  readonly #programs: Programs
  readonly #models = new Map<string, Model>()

  constructor(folder: string, programs: Programs) {
    this.#folder = folder
    this.#programs = programs
  }

  /** The model of a table's training rows, trained once for all rows of the benchmark that share it. */
  modelOf(table: string, seed: number): Model {
    const name = `${table}-${seed}`
    const known = this.#models.get(name)
    if (known) return known
    const model = this.train(name, this.trainingRows(table), seed)
    this.#models.set(name, model)
    return model
  }

  /** The file of a table's training rows. */
  trainingRows(table: string): string {
    const file = this.file(`${table}.csv`)
    this.#programs.run('real_tables.py', [table, file])
    return file
  }

  train(name: string, dataset: string, seed: number): Model {
    const run = this.file(`run-${name}`)
    const model = this.file(`${name}.onnx`)
    const train = ['train', '--dataset', dataset, '--out', run, '--seed', seed, '--threads', threads]
    const { seconds } = this.#moonstep(train)
    const sampler = this.file(`${name}-sampler.onnx`)
    this.#moonstep(['export', run, '--out', model, '--sampler-out', sampler])
    return { run, model, sampler, seconds }
  }

  /** Draws samples; returns their file, and the seconds of the process. */
  sample(
    { model }: Pick<Model, 'model'>,
    count: number,
    seed: number,
    given?: string,
  ): { file: string; seconds: number } {
    const file = this.file(`samples-${seed}.csv`)
    const draw = ['sample', model, '-n', count, '--seed', seed, '--threads', threads, '--out', file]
    const { seconds } = this.#moonstep(given === undefined ? draw : [...draw, '--given', given])
    return { file, seconds }
  }

  /** Fills the gaps in a file; returns the filled file. */
  impute({ model }: Model, gaps: string, ...options: string[]): string {
    const file = this.file('full.csv')
    this.#moonstep(['impute', model, gaps, '--out', file, ...options])
    return file
  }

  file(name: string): string {
    return join(this.#folder, name)
  }

  #moonstep(args: readonly (string | number)[]): Done {
    return execute(process.execPath, [commandLine, ...args.map(String)])
  }
}
