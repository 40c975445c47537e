import { InputError } from '../../../src/core/errors.ts'
import type { Table } from '../../../src/table/table.ts'

export interface LossCurve {
  /** The last step of each point. */
  readonly steps: readonly number[]
  /** The mean loss of the steps since the previous point. */
  readonly losses: readonly number[]
}

/** The number of points to draw. */
const size = 250

/** A history's losses, averaged over runs of steps: single batches are noisy. Throws without step and loss. */
export function thinned({ count, columns }: Table): LossCurve {
  const [step, loss] = ['step', 'loss'].map((name) => columns.find((column) => column.name === name)?.cells)
  if (!step || !loss) {
    const names = columns.map(({ name }) => name).join(', ')
    throw new InputError(`a history has the columns step and loss, not ${names}`, 'bad-data')
  }
  const steps: number[] = []
  const losses: number[] = []
  const rows = Math.ceil(count / size)
  for (let from = 0; from < count; from += rows) {
    const to = Math.min(from + rows, count)
    let sum = 0
    for (let i = from; i < to; i++) sum += loss[i]!
    steps.push(step[to - 1]!)
    losses.push(sum / (to - from))
  }
  return { steps, losses }
}
