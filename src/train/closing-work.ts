/**
 * How much work may follow the steps of a training: by counts of what is computed, not by the clock, so that the same seed
 * gives the same bytes on any machine. The unit is a multiplication of the network's kernels.
 */
import { detectionWork } from '../measure/detection.ts'
import { defaultRounds } from '../measure/trees/trees.ts'
import { fewestJudging } from '../measure/verdicts.ts'
import type { Description } from '../model/description.ts'
import { parameterCount } from '../model/network.ts'
import type { TrainingConfig } from '../model/run-config.ts'

/** A training step on a row takes about as long as so many calls of the network on one. */
const callsOfStep = 4

/** What a closing part may take however short the training was: about a fifth of a second. */
const floor = 3e9

/** The work of a training's steps. */
export function workOfSteps({ network }: Description, { steps, batchSize }: TrainingConfig): number {
  return steps * batchSize * callsOfStep * parameterCount(network)
}

/** The work of drawing one row, without other candidates. */
function workOfRow({ network, process }: Description): number {
  return process().timesteps.length * parameterCount(network)
}

/** The work of drawing rows with all their candidates. */
export function workOfDrawing(description: Description, rows: number): number {
  return rows * (description.candidates?.count ?? 1) * workOfRow(description)
}

/** The work of trees that distinguish so many rows from as many samples. */
export function workOfTrees(compared: Parameters<typeof detectionWork>[0]): number {
  return workOfCell * detectionWork(compared)
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

/** What a cell of the trees' histograms takes. */
const workOfCell = 45

/**
 * Rounds of the trees that are to distinguish samples. In half or a quarter of them, at a higher rate, they find nearly as
 * much: the AUC moves by .01 to .03, which is less than it does with other rows. In an eighth it moves by up to .06.
 */
const roundsOfTrees = [50, 25] as const

/** How many rows are compared with as many samples, in how many sets of samples, and the rounds of the trees that tell them apart. */
export type Compared = Readonly<Record<'rows' | 'sets' | 'rounds', number>>

/** Few rows are compared with several sets of samples, until about so many are drawn: the sets' errors are independent. */
const drawnInAll = 2000
const mostSets = 8

/** The most rows that are compared: more cost more than they tell. */
const mostRows = 5000

/**
 * What is compared when a training ends with so many judging rows: all of them, by trees of all rounds, with several sets of samples of few rows,
 * unless that took more than a third of the training's work; then fewer sets, fewer rounds, and then half of the rows, and so on.
 */
export function closingComparison(
  description: Description,
  training: TrainingConfig,
  judging: number,
): Compared {
  const columns = description.encoding.columns.length
  return comparisonWithin(
    workOfSteps(description, training) / 3,
    judging,
    ({ rows, sets, rounds }) =>
      sets * (workOfDrawing(description, rows) + workOfTrees({ rows, columns, rounds })),
  )
}

/** The same of any training: the first comparison whose work is at most `limit`, or the smallest. */
export function comparisonWithin(
  limit: number,
  judging: number,
  workOf: (compared: Compared) => number,
): Compared {
  const most = Math.min(judging, mostRows)
  const setsOf = (rows: number) => Math.min(mostSets, Math.max(1, Math.round(drawnInAll / rows)))
  const halvings = Math.max(0, Math.floor(Math.log2(most / fewestJudging)))
  const choices = Array.from({ length: halvings + 1 }, (_, k) => Math.floor(most / 2 ** k)).flatMap(
    (rows) => [
      ...Array.from({ length: setsOf(rows) }, (_, k) => ({
        rows,
        sets: setsOf(rows) - k,
        rounds: defaultRounds,
      })),
      ...roundsOfTrees.map((rounds) => ({ rows, sets: 1, rounds })),
    ],
  )
  return choices.find((choice) => workOf(choice) <= Math.max(floor, limit)) ?? choices.at(-1)!
}
