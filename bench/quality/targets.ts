import { median } from '../../src/measure/statistics.ts'
import type { Workbench } from './measure.ts'

/** Excludes draw 0, on which the recipe was chosen. */
export const reportedDraws = [1, 2, 3] as const
export const trainingSeeds = [0, 1, 2] as const

/** A row of the table, with a figure for each training seed. */
export interface Row {
  readonly what: string
  readonly command: string
  readonly draw: number
  readonly values: readonly number[]
  readonly median: number
  readonly target: number | undefined
}

type Measure = { what: string; options: string[]; target?: number }

/** Trains with each seed, and applies each measure to each model. */
async function rowsOf(
  bench: Workbench,
  name: string,
  draw: number,
  training: string[],
  measures: readonly Measure[],
): Promise<Row[]> {
  const values = measures.map((): number[] => [])
  for (const seed of trainingSeeds) {
    const run = bench.train(`${name}-${draw}-${seed}`, draw, ...training, '--seed', String(seed))
    for (const [m, { options }] of measures.entries())
      values[m]!.push(await bench.distance(run, draw, ...options))
  }
  return measures.map(({ what, options, target }, m) => ({
    what,
    command:
      `train --dataset moons.csv ${training.join(' ')}`.trim() + `, sample ${options.join(' ')}`.trimEnd(),
    draw,
    values: values[m]!,
    median: median(values[m]!),
    target,
  }))
}

const steps = (numSteps: number) => ['--sampler', 'dpmsolver++', '--num-steps', String(numSteps)]

/** The table: the post's recipe, the default one in 10 and in 5 evaluations, and 250 training steps. */
export async function targetRows(bench: Workbench, log: (line: string) => void): Promise<Row[]> {
  const rows: Row[] = []
  const add = async (more: Promise<Row[]>) => {
    for (const row of await more) {
      rows.push(row)
      log(`${row.what}, draw ${row.draw}: ${row.values.map((v) => v.toFixed(4)).join(' ')}`)
    }
  }
  const first = reportedDraws[0]
  const postRecipe = [{ what: 'recipe post, DDPM, 10 evaluations', options: [] }]
  await add(rowsOf(bench, 'seed', first, ['--recipe', 'post'], postRecipe))
  for (const draw of reportedDraws)
    await add(
      rowsOf(
        bench,
        'default',
        draw,
        [],
        [
          { what: 'default recipe, 10 evaluations', options: steps(10), target: 0.012 },
          { what: 'the same model, 5 evaluations', options: steps(5), target: 0.018 },
        ],
      ),
    )
  for (const count of [100, 250]) {
    const what = `${count} training steps, 10 evaluations`
    // the target is to beat the post's own figure
    const target = count === 250 ? rows[0]!.median : undefined
    const measure = { what, options: steps(10), ...(target === undefined ? {} : { target }) }
    await add(rowsOf(bench, `short-${count}`, first, ['--steps', String(count)], [measure]))
  }
  return rows
}
