import { join } from 'node:path'
import { exportSampler } from '../../src/export/export-model.ts'
import { loadModel, sample } from '../../src/index.ts'
import { median } from '../../src/measure/statistics.ts'
import { readRunConfig, readTrainedRun } from '../../src/node/run-folder.ts'
import { encodingOf } from '../../src/table/encodings/encoding.ts'
import { readTable } from '../../src/table/formats/read-table.ts'
import { alternate } from '../alternate.ts'
import { count, Workbench } from '../quality/measure.ts'
import { draw } from '../training-data.ts'
import { type Group, type Setting, threadCounts } from './group.ts'
import { budget, comparison, type Row } from './row.ts'

/** Training seeds 0, 1, 2. */
const mostRounds = 3
const seedSteps = 5000
/** 250 steps are the issue's; 150 also leave a margin to the seed's quality. */
const goals = [{ steps: 150, reach: 30, moonshot: 50 }, { steps: 250 }] as const

type Points = Parameters<Workbench['scaledDistance']>[0]
type Distance = (points: Points) => Promise<number>

/**
 * Whole trainings, from the data to the weights: the default recipe's, in few steps, against the seed's script; and how
 * far the samples of both are from the data.
 */
export const qualityRows: Group = async (setting) => {
  const bench = new Workbench()
  try {
    const all: Row[] = []
    for (const threads of threadCounts) all.push(...(await rowsOf(setting, threads, bench)))
    return all
  } finally {
    bench.dispose()
  }
}

async function rowsOf(
  { team, data, folder, ...setting }: Setting,
  threads: number,
  bench: Workbench,
): Promise<Row[]> {
  const rounds = Math.min(mostRounds, setting.rounds)
  /** `SEED` stands for the round's seed. */
  const out = (name: string) => join(folder, `${name}-${threads}-SEED`)
  const ours = ({ steps }: (typeof goals)[number]) =>
    team.ours(`${steps} steps`, threads, {
      task: 'train run',
      dataset: data,
      recipe: 'points',
      steps,
      out: out(`${steps}`),
    })
  const peer = { task: 'train run', data, steps: seedSteps, count, out: `${out('seed')}.npy` }
  const timings = await alternate([...goals.map(ours), team.peer('seed', threads, peer)], rounds)
  const theirs = timings.seed!

  const seeds = Array.from({ length: rounds }, (_, seed) => String(seed))
  const trained = (name: string) => seeds.map((seed) => out(name).replace('SEED', seed))
  const encoding = encodingOf(await readRunConfig(trained(`${goals[0].steps}`)[0]!))
  const distance: Distance = (points) => bench.scaledDistance(points, draw, encoding)
  const reach = 'missing' in theirs ? null : await medianOf(trained('seed'), distance, pointsOfFile)

  const all: Row[] = []
  for (const { steps, ...goal } of goals)
    all.push(
      comparison({
        what: `training until the seed's quality: ${steps} steps, default recipe`,
        against: `PyTorch, the seed's script, ${seedSteps} steps`,
        threads,
        ours: timings[`${steps} steps`]!,
        theirs,
        by: 'speedup',
        ...goal,
      }),
      budget(
        'distance of its samples to the data / distance with the seed script',
        await medianOf(trained(`${steps}`), distance, (run) => samplesOf(run, threads)),
        '',
        reach,
        threads,
      ),
    )
  return all
}

async function medianOf(
  names: readonly string[],
  distance: Distance,
  read: (name: string) => Promise<Points>,
): Promise<number> {
  const distances: number[] = []
  for (const name of names) distances.push(await distance(await read(name)))
  return median(distances)
}

/** Samples of a run in scaled space, as its recipe recommends. */
async function samplesOf(run: string, threads: number): Promise<Points> {
  const model = await loadModel(await exportSampler(await readTrainedRun(run)), { threads })
  try {
    return (await sample(model, { count })).x_0
  } finally {
    await model.dispose()
  }
}

/** Reads the peer's samples, in scaled space. */
async function pointsOfFile(name: string): Promise<Points> {
  return (await readTable('the samples', `${name}.npy`)).points
}
