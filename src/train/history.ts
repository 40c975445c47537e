import { appendFile, readFile } from 'node:fs/promises'
import { cannotWrite, writeWhole } from '../core/files.ts'
import { runFiles } from '../model/run-folder.ts'

const header = 'step,loss,learning_rate\n'

/** history.csv: a line a step, appended in pieces. */
export class History {
  readonly #path: string
  #pending = ''

  private constructor(path: string) {
    this.#path = path
  }

  /** A history that is empty, or cut back to the first `steps` steps of the one that is there. */
  static async open(run: string, steps: number): Promise<History> {
    const path = runFiles(run).history
    const before = steps > 0 ? (await readFile(path, 'utf8')).split('\n').slice(1, steps + 1) : []
    await writeWhole(path, header + before.map((line) => `${line}\n`).join(''))
    return new History(path)
  }

  add(step: number, loss: number, learningRate: number): void {
    this.#pending += `${step},${loss},${learningRate}\n`
  }

  /** The mean loss of the last `steps` steps. */
  async tailLoss(steps: number): Promise<number> {
    await this.flush()
    const lines = (await readFile(this.#path, 'utf8')).trimEnd().split('\n').slice(1).slice(-steps)
    return lines.reduce((sum, line) => sum + Number(line.split(',')[1]), 0) / lines.length
  }

  async flush(): Promise<void> {
    const text = this.#pending
    if (!text) return
    await appendFile(this.#path, text).catch((error) => {
      throw cannotWrite(this.#path, error)
    })
    this.#pending = this.#pending.slice(text.length)
  }
}
