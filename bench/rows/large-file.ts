import { join } from 'node:path'
import { moonstep } from '../command.ts'
import { type Group, seed } from './group.ts'
import { budget } from './row.ts'

/** Ten million samples to a file: 80 MB of numbers. */
export const largeFileRows: Group = async ({ folder, log }) => {
  log('sampling 10 million')
  const out = join(folder, 'large.npy')
  const { seconds, memory } = moonstep('sample', join(seed, 'sampler.onnx'), '-n', '10000000', '--out', out)
  const what = 'sample -n 10000000 --out x.npy'
  return [budget(`${what}, its memory`, memory / 1e6, 'MB', 300), budget(what, seconds, 's', null)]
}
