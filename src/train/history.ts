import { InputError } from '../core/errors.ts'
import { nameOfStore, type RunFile, type RunStore, runFilePaths } from '../model/run-store.ts'

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
  #pending = ''

  /** Begins as an empty history, or as the store's history, cut back to its first `steps` steps. */
  async begin(store: RunStore, steps: number): Promise<void> {
    const text = steps > 0 ? new TextDecoder().decode(await requiredForResume(store, 'history')) : ''
    for (const line of text.split('\n').slice(1, steps + 1)) {
      if (line === '') continue
      const [step, loss, learningRate] = line.split(',').map(Number) as [number, number, number]
      this.add(step, loss, learningRate)
    }
    await store.writeTogether({ history: header + this.#pending })
    this.#pending = ''
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

  async flush(store: RunStore): Promise<void> {
    const text = this.#pending
    if (!text) return
    await store.append('history', text)
    this.#pending = this.#pending.slice(text.length)
  }
}

/** A file of a run that goes on. Throws InputError where it is missing. */
export async function requiredForResume(store: RunStore, file: RunFile): Promise<Uint8Array> {
  const bytes = await store.read(file)
  if (bytes) return bytes
  throw new InputError(
    `${nameOfStore(store)} has no ${runFilePaths[file]} to resume from: train it anew with \`force\``,
    'bad-model',
  )
}
