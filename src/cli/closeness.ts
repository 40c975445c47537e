import { existsSync } from 'node:fs'
import { counted } from '../core/format.ts'
import { sample } from '../infer/sample.ts'
import { closenessOf, halvesOf } from '../measure/closeness.ts'
import { describeConfig } from '../model/description.ts'
import { exportModel } from '../node/export.ts'
import { loadModel } from '../node/load-model.ts'
import { readRunTable, runFiles, trainedTable } from '../node/run-folder.ts'
import type { Trained } from '../train/train.ts'
import { note, warn } from './output.ts'
import { waitFor } from './progress.ts'

/** Number of samples drawn to measure closeness. */
const drawnRows = 5000

/** Excess over the distance between real rows that marks a model as poor. */
const poorDistance = 0.05

/** The closeness in `--json`. */
export interface RunCloseness {
  /** What the samples were compared with. */
  readonly against: 'holdout' | 'train'
  readonly rows: number
  readonly shapes: number
  readonly trends: number | null
  /** The same for real rows against real rows. */
  readonly real: { readonly shapes: number; readonly trends: number | null }
}

/**
 * Prints how close a trained table's samples are to held-out rows, or else to training rows, beside real rows to each
 * other, and warns about a poor model.
 */
export async function sayCloseness({ config, weights, run }: Trained): Promise<RunCloseness | undefined> {
  if (run === null) return undefined
  const { holdout, train } = runFiles(run)
  const [against, real] = existsSync(holdout)
    ? [await readRunTable(holdout, config), await readRunTable(train, config)]
    : halvesOf(await trainedTable(run, config))
  const { sampler } = await exportModel({ run: { config, weights }, sampler: {} })
  // just exported, and measured here
  await using model = await loadModel(sampler!, { selfTest: false })
  const { table } = await waitFor('drawing samples to compare', () =>
    sample(model, { count: drawnRows, seed: 0 }),
  )
  const { columns } = describeConfig(config).encoding
  const { shapes, trends, ...samples } = closenessOf(against, {
    name: 'the samples',
    columns,
    points: table.points,
  })
  const realCloseness = closenessOf(against, real)
  const beside = (ours: number, theirs: number) => `${ours.toFixed(3)} (real rows ${theirs.toFixed(3)})`
  const isHeldOut = existsSync(holdout)
  note(
    `samples against ${counted(Math.min(drawnRows, against.points.count), isHeldOut ? 'held-out row' : 'training row')}: ` +
      `columns ${beside(shapes, realCloseness.shapes)}` +
      (trends === null ? '' : `, pairs ${beside(trends, realCloseness.trends ?? 1)}`) +
      ', where 1 is the same',
  )
  const worst = samples.columns.toSorted((a, b) => b.distance - a.distance)[0]
  const far = 'train with more --steps, or give more rows'
  if (realCloseness.shapes - shapes > poorDistance)
    warn(
      `the samples are far from the rows, especially in column ${worst?.name} (${worst?.distance.toFixed(2)}): ${far}`,
    )
  else if ((realCloseness.trends ?? 1) - (trends ?? 1) > poorDistance)
    warn(`the samples' columns do not depend on each other as in the rows: ${far}`)
  return {
    against: isHeldOut ? 'holdout' : 'train',
    rows: against.points.count,
    shapes,
    trends,
    real: { shapes: realCloseness.shapes, trends: realCloseness.trends },
  }
}
