/**
 * How much work may follow the steps of a training: by counts of what is computed, not by the clock, so that the same seed
 * gives the same bytes on any machine. The unit is a multiplication of the network's kernels.
 */
import type { Description } from '../model/description.ts'
import { parameterCount } from '../model/network.ts'
import type { TrainingConfig } from '../model/run-config.ts'

/** A training step on a row takes about as long as so many calls of the network on one. */
const callsOfStep = 4

/** What a closing part may take however short the training was: about two seconds. */
const floor = 1e10

/** The work of a training's steps. */
function workOfSteps({ network }: Description, { steps, batchSize }: TrainingConfig): number {
  return steps * batchSize * callsOfStep * parameterCount(network)
}

/** The work of drawing one row. */
function workOfRow({ network, process }: Description): number {
  return process().timesteps.length * parameterCount(network)
}

/** Samples of each of `rounds` that correct the margins: as many as `most`, unless they took longer than the training. */
export function marginSamples(
  description: Description,
  training: TrainingConfig,
  { rounds, most }: { readonly rounds: number; readonly most: number },
): number {
  const limit = Math.max(2 * floor, workOfSteps(description, training))
  return Math.max(fewestRows, Math.min(most, Math.floor(limit / (rounds * workOfRow(description)))))
}

/** Fewer rows than these would not tell good samples from bad ones. */
const fewestRows = 125

/** The trees of detection: those of five folds and two comparisons, each of a hundred rounds, and what a cell of a leaf takes. */
const [trees, leaves, bins, rowsOfLeaf, workOfCell] = [1000, 31, 256, 20, 10]

/**
 * Rows that are drawn and compared when a training ends: `most`, or a half of it so often that the work takes at most a
 * fifth of the training's.
 */
export function closingRows(description: Description, training: TrainingConfig, most: number): number {
  const limit = Math.max(floor, workOfSteps(description, training) / 5)
  const candidates = description.candidates?.count ?? 1
  const columns = description.encoding.columns.length
  const workOf = (rows: number) => {
    const cells = columns * Math.min(leaves, (2 * rows) / rowsOfLeaf) * Math.min(bins, 2 * rows)
    return rows * candidates * workOfRow(description) + trees * workOfCell * cells
  }
  let rows = most
  while (rows / 2 >= fewestRows && workOf(rows) > limit) rows = Math.floor(rows / 2)
  return rows
}
