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
export function thinned({ points: { data, count, dim }, columns }: Table): LossCurve {
  const names = columns.map(({ name }) => name)
  const [step, loss] = ['step', 'loss'].map((name) => names.indexOf(name))
  if (step === -1 || loss === -1)
    throw new InputError(`a history has the columns step and loss, not ${names.join(', ')}`, 'bad-data')
  const steps: number[] = []
  const losses: number[] = []
  const rows = Math.ceil(count / size)
  for (let from = 0; from < count; from += rows) {
    const to = Math.min(from + rows, count)
    let sum = 0
    for (let i = from; i < to; i++) sum += data[i * dim + loss!]!
    steps.push(data[(to - 1) * dim + step!]!)
    losses.push(sum / (to - from))
  }
  return { steps, losses }
}
