/**
 * How much work may follow the steps of a training: by counts of what is computed, not by the clock, so that the same seed
 * gives the same bytes on any machine. The unit is a multiplication of the network's kernels.
 */
import { detectionWork } from '../measure/detection.ts'
import type { Description } from '../model/description.ts'
import { parameterCount } from '../model/network.ts'
import type { TrainingConfig } from '../model/run-config.ts'

/** A training step on a row takes about as long as so many calls of the network on one. */
const callsOfStep = 4

/** What a closing part may take however short the training was: about a fifth of a second. */
const floor = 3e9

/** The work of a training's steps. */
function workOfSteps({ network }: Description, { steps, batchSize }: TrainingConfig): number {
  return steps * batchSize * callsOfStep * parameterCount(network)
}

/** The work of drawing one row. */
function workOfRow({ network, process }: Description): number {
  return process().timesteps.length * parameterCount(network)
}

/** Fewer samples than these are not worth the time that they save. */
const fewestDrawn = 500

/**
 * How many samples are drawn for a table of `rows` rows: `times` as many, since chance has moved the shares of the rows, too, but
 * no more than `most`.
 */
export function samplesForRows(
  rows: number,
  { times, most }: Readonly<Record<'times' | 'most', number>>,
): number {
  return Math.min(most, Math.max(fewestDrawn, times * rows))
}

/** Samples of each of `draws`: as many as `most`, unless all of them took longer than the training. */
export function samplesWithinWork(
  description: Description,
  training: TrainingConfig,
  { draws, most }: { readonly draws: number; readonly most: number },
): number {
  const limit = Math.max(2 * floor, workOfSteps(description, training))
  return Math.max(fewestCorrected, Math.min(most, Math.floor(limit / (draws * workOfRow(description)))))
}

/** Fewer samples than these would not tell a biased share from chance. */
const fewestCorrected = 125

/** Fewer rows than these would not tell good samples from bad ones: the AUC of so many has a standard error of .05. */
const fewestRows = 62

/** What a cell of the trees' histograms takes. */
const workOfCell = 45

/**
 * Rounds of the trees that are to distinguish samples. In half or a quarter of them, at a higher rate, they find nearly as
 * much: the AUC moves by .01 to .03, which is less than it does with other rows. In an eighth it moves by up to .06.
 */
const roundsOfTrees = [100, 50, 25] as const

type Compared = Readonly<Record<'rows' | 'rounds', number>>

/**
 * What is compared when a training ends: `most` rows by trees of all rounds, unless that took more than a fifth of the
 * training's work; then fewer rounds, and then half of the rows, and so on.
 */
export function closingComparison(
  description: Description,
  training: TrainingConfig,
  most: number,
): Compared {
  const limit = Math.max(floor, workOfSteps(description, training) / 5)
  const candidates = description.candidates?.count ?? 1
  const columns = description.encoding.columns.length
  const workOf = ({ rows, rounds }: Compared) =>
    rows * candidates * workOfRow(description) + workOfCell * detectionWork({ rows, columns, rounds })
  const halvings = Math.max(0, Math.floor(Math.log2(most / fewestRows)))
  const choices = Array.from({ length: halvings + 1 }, (_, k) => Math.floor(most / 2 ** k)).flatMap((rows) =>
    roundsOfTrees.map((rounds) => ({ rows, rounds })),
  )
  return choices.find((choice) => workOf(choice) <= limit) ?? choices.at(-1)!
}
