import { join } from 'node:path'
import { describeConfig } from '../../src/model/description.ts'
import { linearLayers } from '../../src/model/network.ts'
import { readRunConfig } from '../../src/node/run-folder.ts'
import { moonstep } from '../command.ts'
import { type MeasureRows, type Setting, seedsOf } from '../group.ts'
import { type Answer, Missing } from '../pool/protocol.ts'
import { contest } from '../race.ts'
import { figure, type Goal, max, min, type Row } from '../row.ts'
import { answersOf, contender, type Goals } from './contender.ts'
import { countRows, drawRows, fitPeer, type Model, modelOf, peerTitles, threads, train } from './models.ts'

/** ForestDiffusion's protocol for a small table: a model for each of three splits, with five generations each. */
const small =
  (table: string, goal: Goal): MeasureRows =>
  async (setting) => {
    const { pool, folder } = setting
    const judged = (drawn: (file: string, split: number) => Promise<readonly string[]>) =>
      answersOf(seedsOf(setting, 3), async (number) => {
        const out = join(folder, `${table}-split-${number}.csv`)
        await pool.judge({ task: 'small.write_training', name: table, number, out })
        return pool.judge({ task: 'small.judge', name: table, number, files: await drawn(out, number) })
      })
    const real = await judged(async () => ['real'])
    const ours = await judged(async (file, split) => {
      const { model } = train(setting, `${table}-${split}`, file, split)
      return [0, 1, 2, 3, 4].map((seed) => drawRows(setting, model, countRows(file), seed))
    })
    const forest = await judged(async (file, seed) => {
      const { files } = await fitPeer(setting, { peer: 'forest', table, train: file, seed }, 5)
      return files
    })
    return [
      ...contender('real rows: the training rows', real),
      ...contender('Moonstep', ours, { w_test: goal }),
      ...contender(peerTitles.forest, forest),
    ]
  }

/** Samples of Adult with a condition, judged by real rows that meet it. */
const given =
  (condition: string, rows: number, goals: Goals): MeasureRows =>
  async (setting) => {
    const judge = (file: string) =>
      setting.pool.judge({ task: 'conditions.judge', name: 'adult', file, condition })
    const real = await answersOf([0], () => judge('real'))
    const ours = await answersOf(seedsOf(setting, 3), async (seed) => {
      const { model } = await modelOf(setting, 'adult', seed)
      return judge(drawRows(setting, model, rows, seed, '--given', condition))
    })
    const met = contender('real rows: the training rows that meet it', real)
    return [...met, ...contender('Moonstep', ours, goals)]
  }

/** Writes a table's rows with gaps; returns the file. */
async function rowsWithGaps({ pool, folder }: Setting, name: string, seed: number): Promise<string> {
  const out = join(folder, `${name}-gaps-${seed}.csv`)
  await pool.judge({ task: 'gaps.write', name, seed, out })
  return out
}

/** The judge's answer about a file without gaps. Throws Missing if a given cell has changed, or a gap is left. */
async function filled({ pool }: Setting, name: string, seed: number, file: string): Promise<Answer> {
  const answer = await pool.judge({ task: 'gaps.judge', name, seed, file })
  if (answer.changed! > 0) throw new Missing(`${answer.changed} cells that were given have changed`)
  if (answer.left! > 0) throw new Missing(`${answer.left} gaps are left`)
  return answer
}

function impute({ folder }: Setting, { model }: Model, gaps: string, ...options: string[]): string {
  const out = join(folder, 'full.csv')
  moonstep('impute', model, gaps, '--out', out, ...options)
  return out
}

/** Trains on the table with gaps itself, then fills it. */
async function irisGaps(setting: Setting): Promise<Row[]> {
  const ours = await answersOf(seedsOf(setting, 3), async (seed) => {
    const gaps = await rowsWithGaps(setting, 'iris', seed)
    const model = train(setting, `iris-gaps-${seed}`, gaps, seed)
    const one = await filled(setting, 'iris', seed, impute(setting, model, gaps))
    const five = await filled(setting, 'iris', seed, impute(setting, model, gaps, '--draws', '5', '--best'))
    return { error: one.error!, median_error: five.error! }
  })
  const forests = await answersOf(seedsOf(setting, 3), async (seed) => {
    const out = join(setting.folder, 'missforest.csv')
    await setting.pool.judge({ task: 'gaps.missforest', name: 'iris', seed, out })
    return { median_error: (await filled(setting, 'iris', seed, out)).error! }
  })
  const goals = { error: max(0.104, 0.095), median_error: max(0.086, 0.072) }
  return [...contender('Moonstep', ours, goals), ...contender('MissForest', forests)]
}

/** Fills gaps in rows that the model of whole rows never saw. */
async function adultGaps(setting: Setting): Promise<Row[]> {
  const ours = await answersOf(seedsOf(setting, 3), async (seed) => {
    const gaps = await rowsWithGaps(setting, 'adult', seed)
    return filled(setting, 'adult', seed, impute(setting, await modelOf(setting, 'adult', seed), gaps))
  })
  return contender('Moonstep', ours, { c2st_others: max(0.52, 0.505), c2st_same: null })
}

const [count, steps] = [100_000, 30]

/** 100,000 rows of Adult, the whole process from its start to the file, in turn with the products of all their candidates alone. */
async function samplingSpeed(setting: Setting): Promise<Row[]> {
  const { run, sampler } = await modelOf(setting, 'adult', 0)
  const { network, candidates } = describeConfig(await readRunConfig(run))
  const layers = linearLayers(network)
  const computed = count * (candidates?.count ?? 1)
  const sizes = layers.map(({ inputs, outputs }) => [inputs, outputs])
  const draw = ['sample', sampler, '-n', count, '--threads', threads]
  const rows = await contest({
    contestants: {
      ours: async () => ({ seconds: moonstep(...draw, '--out', join(setting.folder, 'rows.csv')).seconds }),
      products: setting.pool.peer(threads, {
        task: 'products.prepare',
        layers: sizes,
        rows: computed,
        steps,
      }),
    },
    lines: [
      ['100,000 rows of Adult', 'slowdown', 'ours', 'products', 'its matrix products alone', max(1.5, 1.2)],
    ],
    rounds: Math.min(3, setting.rounds),
    threads,
  })
  const seconds = rows[0]!.theirs?.median ?? Number.NaN
  const operations =
    2 * computed * steps * layers.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0)
  return [...rows, figure('the products', operations / seconds / 1e9, 'GFLOP/s')]
}

const rare = { hold: min(1, 1), energy_ratio: max(1.3, 1.1), energy_ratio_of_halves: null }

export const partTables: Readonly<Record<string, MeasureRows>> = {
  'sampling-speed': samplingSpeed,
  iris: small('iris', max(0.34, 0.325)),
  wine: small('wine', max(1.55, 1.42)),
  'iris-gaps': irisGaps,
  // more samples than the held-out rows that meet it, which limit how many are compared
  'adult-given': given('income=>50K', 2000, { c2st: max(0.6, 0.55), hold: min(1, 1) }),
  'adult-rare': given('native_country=Philippines', 10_000, rare),
  'adult-gaps': adultGaps,
}
