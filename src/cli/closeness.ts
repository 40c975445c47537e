import { existsSync } from 'node:fs'
import { counted } from '../core/format.ts'
import { closenessOf, halvesOf } from '../evaluate/closeness.ts'
import { sample } from '../infer/sample.ts'
import { exportModel } from '../node/export.ts'
import { loadModel } from '../node/load-model.ts'
import { readRunTable, runFiles, trainedTable } from '../node/run-folder.ts'
import { encodingOf } from '../table/encoding.ts'
import type { Trained } from '../train/train.ts'
import { note, warn } from './output.ts'
import { waitFor } from './progress.ts'

/** Rows that are drawn to tell how close samples are. */
const drawnRows = 5000

/** So much further off than real rows are from each other, a column or pair says that the model is poor. */
const poorDistance = 0.05

/** What `--json` says of it. */
export interface RunCloseness {
  /** What the samples were compared with. */
  readonly against: 'holdout' | 'train'
  readonly rows: number
  readonly shapes: number
  readonly trends: number | null
  /** Real rows against real rows, likewise. */
  readonly real: { readonly shapes: number; readonly trends: number | null }
}

/**
 * Says how close a trained table's samples are to rows that were set aside, or else to the training rows, beside how close
 * real rows are to each other; warns of a model that is poor.
 */
export async function sayCloseness({ config, weights, run }: Trained): Promise<RunCloseness | undefined> {
  if (run === null) return undefined
  const { holdout, train } = runFiles(run)
  const [against, real] = existsSync(holdout)
    ? [await readRunTable(holdout, config), await readRunTable(train, config)]
    : halvesOf(await trainedTable(run, config))
  const { sampler } = await exportModel({ run: { config, weights }, sampler: {} })
  // made a moment ago, and looked at closely here
  await using model = await loadModel(sampler!, { selfTest: false })
  const { table } = await waitFor('drawing samples to compare', () =>
    sample(model, { count: drawnRows, seed: 0 }),
  )
  const columns = encodingOf(config).columns
  const own = closenessOf(against, { name: 'the samples', columns, points: table.points })
  const other = closenessOf(against, real)
  const beside = (ours: number, theirs: number) => `${ours.toFixed(3)} (real rows ${theirs.toFixed(3)})`
  const isHeldOut = existsSync(holdout)
  note(
    `samples against ${counted(Math.min(drawnRows, against.points.count), isHeldOut ? 'held-out row' : 'training row')}: ` +
      `columns ${beside(own.shapes, other.shapes)}` +
      (own.trends === null ? '' : `, pairs ${beside(own.trends, other.trends ?? 1)}`) +
      ', where 1 is the same',
  )
  const worst = own.columns.toSorted((a, b) => b.distance - a.distance)[0]
  const far = 'train with more --steps, or give more rows'
  if (other.shapes - own.shapes > poorDistance)
    warn(
      `the samples are far from the rows, most in column ${worst?.name} (${worst?.distance.toFixed(2)}): ${far}`,
    )
  else if ((other.trends ?? 1) - (own.trends ?? 1) > poorDistance)
    warn(`the samples' columns do not hang together as the rows' do: ${far}`)
  return {
    against: isHeldOut ? 'holdout' : 'train',
    rows: against.points.count,
    shapes: own.shapes,
    trends: own.trends,
    real: { shapes: other.shapes, trends: other.trends },
  }
}
