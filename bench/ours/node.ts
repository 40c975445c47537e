/** node.js: measures ours in Node. */
import { readFile } from 'node:fs/promises'
import { sampleDigits } from '../networks/digits.ts'
import { answerLines } from '../pool/answer.ts'
import type { Measure } from '../pool/protocol.ts'
import { type DecodingOptions, decoding } from './decoding.ts'
import { samplingProducts, trainingProducts } from './products.ts'
import { sampling, seededRun } from './sampling.ts'
import { training, trainingRun } from './training.ts'

const tasks: Readonly<Record<string, (options: never, threads: number) => Promise<Measure>>> = {
  train: training,
  'train run': trainingRun,
  sample: sampling,
  decode: async ({ model, ...options }: DecodingOptions & { model: string }) =>
    decoding(await readFile(model), options),
  digits: sampleDigits,
  'a seeded run': seededRun,
  'sampling products': samplingProducts,
  'training products': trainingProducts,
}

await answerLines(({ task, ...options }, threads) => tasks[task]!(options as never, threads))
