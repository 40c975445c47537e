import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import { moonstep, moonstepOnOneCore } from '../command.ts'
import { type Group, seed } from './group.ts'
import { budget, comparison, type Row } from './row.ts'

/** What matters if many machines sample: a graph with its noise, a table's rows on one core, and constant memory. */
export const clusterRows: Group = async ({ team, rounds, folder, log }) => {
  const rows: Row[] = []
  for (const [run, what, reach] of [
    ['models/two-moons', 'deterministic', 1.1],
    [seed, 'DDPM, T = 10', 1.3],
    ['models/penguins', 'a table of 25 dimensions, stochastic, 30 steps', undefined],
  ] as const) {
    const contestant = (file: 'seeded' | 'sampler') =>
      team.ours(file, 1, { task: 'a seeded run', run, file, count: 2000 })
    const timings = await alternate([contestant('seeded'), contestant('sampler')], 3 * rounds)
    rows.push(
      comparison({
        what: `2000 rows of seeded.onnx: ${what}`,
        against: 'sampler.onnx and drawing its noise',
        threads: 1,
        ours: timings.seeded!,
        theirs: timings.sampler!,
        by: 'slowdown',
        ...(reach && { reach }),
      }),
    )
  }
  log('drawing 250,000 rows of a table on one core')
  const parquet = ['--shard', '1/1', '--format', 'parquet', '--out']
  const model = ['sample', 'models/census/sampler.onnx', '--provider', 'cpu', '--threads', '1']
  const table = [...model, '-n', '250000']
  const drawn = moonstepOnOneCore(...table, ...parquet, join(folder, 'table'))
  const onOneCore = 'sample --shard: 250,000 census rows to Parquet on one core, the whole process'
  rows.push(budget(onOneCore, drawn.seconds, 's', 60, 1))
  log('drawing 100 million points: some minutes')
  const points = ['sample', 'models/two-moons/sampler.onnx', '-n', '100000000']
  const large = moonstep(...points, ...parquet, join(folder, 'points'))
  return [
    ...rows,
    budget('sample --shard: 100 million points to Parquet, memory', large.memory / 1e6, 'MB', 300),
    budget('sample --shard: 100 million points to Parquet, time', large.seconds, 's', null),
  ]
}
