import { median } from '../../src/measure/statistics.ts'
import { encode } from '../../src/table/encodings/encode.ts'
import { moonstep } from '../command.ts'
import { type Setting, seedsOf } from '../group.ts'
import { freshMoons, trainingMoons } from '../moons.ts'
import { figure, type Goal, max, type Row } from '../row.ts'
import { count, distanceOf, distanceOfRun, encodingOfRun, freshSeed, scaled, trainedRun } from './distance.ts'

/** Excludes draw 0, on which the recipe was chosen. */
const draws = [1, 2, 3] as const

const solver = (numSteps: number) => `--sampler dpmsolver++ --num-steps ${numSteps}`

/** A row of the page, with the distance of each training seed's samples. */
const rowOf = (what: string, commands: string, draw: number, seeds: readonly number[], goal?: Goal): Row => ({
  ...figure(what, median(seeds), '', goal),
  commands,
  draw,
  seeds,
})

/** Trains and samples with these options, for each seed. */
async function measured(
  setting: Setting,
  what: string,
  draw: number,
  training: string,
  sampling: string,
  goal?: Goal,
) {
  const words = (options: string) => options.split(' ').filter(Boolean)
  const values: number[] = []
  for (const seed of seedsOf(setting, 3))
    values.push(await distanceOfRun(trainedRun(setting, draw, seed, words(training)), draw, words(sampling)))
  const commands = `${`train --dataset moons.csv ${training}`.trim()}, ${`sample ${sampling}`.trim()}`
  return rowOf(what, commands, draw, values, goal)
}

/** The post's recipe, the default one in 10 and in 5 evaluations, short trainings; and real points for comparison. */
export async function recipes(setting: Setting): Promise<Row[]> {
  const rows = [await measured(setting, 'recipe post, DDPM, 10 evaluations', 1, '--recipe post', '')]
  for (const draw of draws)
    rows.push(
      await measured(setting, 'default recipe, 10 evaluations', draw, '', solver(10), max(0.012)),
      await measured(setting, 'the same model, 5 evaluations', draw, '', solver(5), max(0.018)),
    )
  // the target is to beat the post's own figure
  const post = max(rows[0]!.value!)
  for (const [steps, goal] of [[100], [150, post], [250, post]] as const) {
    const what = `${steps} training steps, 10 evaluations`
    rows.push(await measured(setting, what, 1, `--steps ${steps}`, solver(10), goal))
  }
  for (const draw of draws) {
    const encoding = await encodingOfRun(trainedRun(setting, draw, 0))
    const fresh = scaled(freshMoons(count, freshSeed(draw) + 500_000), encoding)
    const training = encode(encoding, trainingMoons(draw))
    rows.push(
      { ...figure('for comparison: other fresh points', await distanceOf(fresh, draw, encoding)), draw },
      { ...figure('for comparison: the training points', await distanceOf(training, draw, encoding)), draw },
    )
  }
  return rows
}

/** Students of the default recipe's models, in one evaluation, each beside its teacher on the same noise. */
export async function students(setting: Setting): Promise<Row[]> {
  const rows: Row[] = []
  for (const draw of draws) {
    // the steps that `distill` samples its teacher in by default: all T = 17
    const teacher = await measured(setting, 'the teacher, 17 evaluations', draw, '', solver(17))
    const values: number[] = []
    for (const seed of seedsOf(setting, 3)) {
      const run = trainedRun(setting, draw, seed)
      moonstep('distill', run, '--out', `${run}-student`, '--seed', seed)
      moonstep('export', `${run}-student`, '--out', `${run}-student.onnx`)
      values.push(await distanceOfRun(`${run}-student`, draw, []))
    }
    const commands = 'train --dataset moons.csv, distill, sample'
    const ratios = values.map((value, index) => value / teacher.seeds![index]!)
    rows.push(
      rowOf('its student, 1 evaluation', commands, draw, values, max(0.012)),
      teacher,
      rowOf('student error / teacher error', commands, draw, ratios, max(1.1)),
    )
  }
  return rows
}
