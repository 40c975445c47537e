import { appendFile, readFile, rm } from 'node:fs/promises'
import { InputError } from '../core/errors.ts'
import { cannotWrite, writeTogether } from '../core/files.ts'
import { runFiles } from '../model/run-folder.ts'

/** The files of a run, by what they hold. */
export type RunFile = keyof ReturnType<typeof runFiles>

/** Where the files of a run are kept. */
export interface RunStore {
  /** The run folder; null where the files are kept in memory. */
  readonly folder: string | null
  /** Returns a file's bytes. Throws where it is missing, and so nothing can be resumed. */
  read(file: RunFile): Promise<Uint8Array>
  /** Writes all of the files, or none of them; removes those that are null. */
  writeTogether(files: Partial<Record<RunFile, string | Uint8Array | null>>): Promise<void>
  append(file: RunFile, text: string): Promise<void>
}

export function folderStore(folder: string): RunStore {
  const paths = runFiles(folder)
  return {
    folder,
    async read(file) {
      return readFile(paths[file]).catch(() => {
        throw new InputError(
          `${folder} has no ${runFiles('')[file]} to resume from: train it anew with \`force\``,
          'bad-model',
        )
      })
    },
    async writeTogether(files) {
      const entries = Object.entries(files) as [RunFile, string | Uint8Array | null][]
      await writeTogether(
        entries.flatMap(([file, content]) => (content === null ? [] : [[paths[file], content] as const])),
      )
      for (const [file, content] of entries) if (content === null) await rm(paths[file], { force: true })
    },
    async append(file, text) {
      await appendFile(paths[file], text).catch((error) => {
        throw cannotWrite(paths[file], error)
      })
    },
  }
}

/** Keeps nothing: what a run in memory comes to is in `Trained`. */
export const noStore: RunStore = {
  folder: null,
  async read(file) {
    throw new Error(`a run in memory has no ${file}`)
  },
  async writeTogether() {},
  async append() {},
}

const header = 'step,loss,learning_rate\n'

/** The loss and the learning rate of each step, from the first on. */
export interface TrainingHistory {
  /** Counted from 1. */
  readonly steps: readonly number[]
  readonly losses: readonly number[]
  readonly learningRates: readonly number[]
}

/** history.csv, a line a step, appended in pieces; its columns stay at hand. */
export class History implements TrainingHistory {
  readonly steps: number[] = []
  readonly losses: number[] = []
  readonly learningRates: number[] = []
  readonly #store: RunStore
  #pending = ''

  private constructor(store: RunStore) {
    this.#store = store
  }

  /** A history that is empty, or cut back to the first `steps` steps of the one that is there. */
  static async open(store: RunStore, steps: number): Promise<History> {
    const history = new History(store)
    const text = steps > 0 ? new TextDecoder().decode(await store.read('history')) : ''
    for (const line of text.split('\n').slice(1, steps + 1)) {
      if (line === '') continue
      const [step, loss, learningRate] = line.split(',').map(Number) as [number, number, number]
      history.add(step, loss, learningRate)
    }
    await store.writeTogether({ history: header + history.#pending })
    history.#pending = ''
    return history
  }

  add(step: number, loss: number, learningRate: number): void {
    this.steps.push(step)
    this.losses.push(loss)
    this.learningRates.push(learningRate)
    this.#pending += `${step},${loss},${learningRate}\n`
  }

  /** The mean loss of the last `steps` steps. */
  tailLoss(steps: number): number {
    const tail = this.losses.slice(-steps)
    return tail.reduce((sum, loss) => sum + loss, 0) / tail.length
  }

  async flush(): Promise<void> {
    const text = this.#pending
    if (!text) return
    await this.#store.append('history', text)
    this.#pending = this.#pending.slice(text.length)
  }
}
