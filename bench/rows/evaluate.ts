import { join } from 'node:path'
import { moonstep } from '../command.ts'
import { type Group, seed } from './group.ts'
import { budget } from './row.ts'

/** Time and memory of `moonstep evaluate` on 10,000 samples against 10,000 points, for the whole process. */
export const evaluateRows: Group = async ({ folder, log }) => {
  log('evaluating 10,000 samples')
  const model = join(seed, 'model.onnx')
  const [samples, data] = ['samples', 'data'].map((name) => join(folder, `${name}.npy`)) as [string, string]
  moonstep('sample', model, '-n', '10000', '--seed', '1', '--out', samples)
  moonstep('sample', model, '-n', '10000', '--seed', '2', '--out', data)
  const full = moonstep('evaluate', samples, '--against', data, '--json')
  const quick = moonstep('evaluate', samples, '--against', data, '--json', '--quick')
  return [
    budget('evaluate, 10,000 samples against 10,000 points', full.seconds, 's', 20),
    budget('evaluate, memory', full.memory / 1e6, 'MB', 500),
    budget('evaluate --quick', quick.seconds, 's', 5),
  ]
}
