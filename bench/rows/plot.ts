import { statSync } from 'node:fs'
import { join } from 'node:path'
import { moonstep } from '../command.ts'
import { type Group, seed } from './group.ts'
import { budget } from './row.ts'

/** Time, memory and file of `moonstep plot samples` with 100,000 samples and as many points: the whole process. */
export const plotRows: Group = async ({ folder, log }) => {
  log('drawing 100,000 samples')
  const out = join(folder, 'samples.svg')
  const model = join(seed, 'model.onnx')
  const drawn = moonstep('plot', 'samples', model, '-n', '100000', '--rows', '100000', '--out', out)
  return [
    budget('plot, 100,000 samples and 100,000 points', drawn.seconds, 's', 10),
    budget('plot, memory', drawn.memory / 1e6, 'MB', 800),
    budget('plot, size of the file', statSync(out).size / 1e6, 'MB', 5),
  ]
}
