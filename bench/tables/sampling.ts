import { join } from 'node:path'
import { describeConfig } from '../../src/model/description.ts'
import { linearLayers } from '../../src/model/network.ts'
import { readRunConfig } from '../../src/node/run-folder.ts'
import { moonstep } from '../command.ts'
import type { Setting } from '../group.ts'
import { contest } from '../race.ts'
import { figure, max, type Row } from '../row.ts'
import { modelOf, threads } from './models.ts'

const [count, steps] = [100_000, 30]

/** 100,000 rows of Adult, the whole process from its start to the file, in turn with the network's products alone. */
export async function samplingSpeed(setting: Setting): Promise<Row[]> {
  const { run, sampler } = await modelOf(setting, 'adult', 0)
  const layers = linearLayers(describeConfig(await readRunConfig(run)).network)
  const sizes = layers.map(({ inputs, outputs }) => [inputs, outputs])
  const draw = ['sample', sampler, '-n', count, '--threads', threads]
  const rows = await contest({
    contestants: {
      ours: async () => ({ seconds: moonstep(...draw, '--out', join(setting.folder, 'rows.csv')).seconds }),
      products: setting.pool.peer(threads, { task: 'products.prepare', layers: sizes, rows: count, steps }),
    },
    lines: [
      ['100,000 rows of Adult', 'slowdown', 'ours', 'products', 'its matrix products alone', max(1.5, 1.2)],
    ],
    rounds: Math.min(3, setting.rounds),
    threads,
  })
  const seconds = rows[0]!.theirs?.median ?? Number.NaN
  const operations =
    2 * count * steps * layers.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0)
  return [...rows, figure('the products', operations / seconds / 1e9, 'GFLOP/s')]
}
