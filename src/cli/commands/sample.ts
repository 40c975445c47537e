import { once } from 'node:events'
import { InputError } from '../../core/errors.ts'
import { digestOfFile, requireWritable, writeWhole } from '../../core/files.ts'
import { counted, humanSeconds } from '../../core/format.ts'
import { describeSampler } from '../../diffusion/samplers/index.ts'
import { descriptionOf, type SampleStream } from '../../infer/model.ts'
import { sampleStream } from '../../infer/sample.ts'
import { infoOf } from '../../infer/session.ts'
import { isDone, parseShard, partOf, writePart } from '../../infer/shards/part.ts'

import { joinRows, type Points } from '../../numerics/points.ts'
import { toDataUnits } from '../../table/encodings/encoding.ts'
import {
  encodeTrajectory,
  requireEnding,
  requireForm,
  sampleEndings,
  sampleParts,
  trajectoryEndings,
} from '../../table/formats/files.ts'
import { type ArgumentsOf, defineCommand, modelArgument, positiveInteger, wholeNumber } from '../command.ts'
import {
  describeProvider,
  givenOf,
  processChoice,
  providerOptions,
  samplerOptions,
  withModel,
} from '../model-options.ts'
import { afterSampling } from '../next-commands.ts'
import { note, printJson, suggest, warn } from '../output.ts'
import { createProgress, waitFor } from '../progress.ts'

/** Endings without their dot. */
const formats = sampleEndings.map((ending) => ending.slice(1))

const sampleOptions = {
  count: { alias: 'n', ...positiveInteger, default: 1000, describe: 'samples' },
  seed: { ...wholeNumber, default: 0, describe: 'seed of the noise' },
  from: { ...wholeNumber, default: 0, describe: "index of the seed's first sample to draw" },
  given: {
    type: 'string',
    array: true,
    describe:
      'a known value of every sample, such as sex=female; repeat for more columns (models of tables) [default: none]',
  },
  complete: { type: 'boolean', describe: 'draw no missing cells (models of tables)' },
  ...samplerOptions,
  clip: { type: 'boolean', describe: "clip samples to the ranges of the data's columns" },
  ...providerOptions,
  out: {
    type: 'string',
    describe: `a file of samples: ${sampleEndings.join(' ')}; with --shard a folder [default: CSV on stdout]`,
  },
  shard: {
    type: 'string',
    describe: 'draw only this part of the samples, such as 3/8, into the folder --out [default: all]',
  },
  format: {
    choices: formats,
    describe: 'format of a part [default: csv]',
  },
  trajectory: {
    type: 'string',
    describe: '.npy or .csv file to write every state of every sample to [default: none]',
  },
} as const

type SampleArguments = ArgumentsOf<typeof sampleOptions, typeof modelArgument>

export const command = defineCommand({
  options: sampleOptions,
  positionals: modelArgument,
  examples: [
    ['$0 sample model.onnx -n 5', 'five samples on stdout'],
    ['$0 sample sampler.onnx -n 100000 --out samples.npy', 'the whole process in one graph'],
    ['$0 sample model.onnx -n 1000000 --shard 3/8 --out parts --format parquet', 'the third of eight parts'],
    ['$0 sample model.onnx -n 5 --given sex=female --given "income=>50K"', 'rows with known values'],
  ],
  async handler(argv) {
    const { out, trajectory } = argv
    if (argv.json && out === undefined)
      throw new InputError('--json prints its object on stdout: give --out FILE for the samples', 'conflict')
    if (argv.format !== undefined && argv.shard === undefined)
      throw new InputError(
        '--format is for the parts of --shard: give --shard, or let the ending of --out say the form',
        'missing',
        {
          option: 'shard',
        },
      )
    if (argv.shard !== undefined) return drawShard(argv, argv.shard)
    if (out !== undefined) requireEnding('out', out, sampleEndings)
    if (trajectory !== undefined) {
      requireEnding('trajectory', trajectory, trajectoryEndings)
      await requireWritable(trajectory)
    }
    const { card, skipped, info, seconds } = await drawTo(argv, {
      ...argv,
      write: (parts) => (out === undefined ? print(parts) : writeWhole(out, parts)),
    })
    if (argv.json) printJson({ out, count: argv.count, ...info, skipped, seconds })
    suggest(...afterSampling(argv.model, card, out))
  },
})

/** Draws a part of the samples into a folder, unless it exists. */
async function drawShard(argv: SampleArguments, text: string): Promise<void> {
  const { out: folder, seed, from, count, complete, clip } = argv
  const shard = parseShard(text)
  if (folder === undefined)
    throw new InputError('--shard writes a part into a folder: give --out DIR', 'missing', { option: 'out' })
  if (argv.trajectory !== undefined)
    throw new InputError('--trajectory is of whole samples: leave --shard out', 'conflict', {
      option: 'trajectory',
    })
  if (count < shard.of)
    throw new InputError(
      `--shard ${text}: ${counted(count, 'sample')} cannot fill ${shard.of} parts: give fewer, or a larger --count`,
      'out-of-range',
      { option: 'shard', value: text },
    )
  const part = partOf({
    folder,
    ending: `.${argv.format ?? 'csv'}`,
    shard,
    whole: { from, count },
    model: await digestOfFile(argv.model),
    seed,
    choice: { given: givenOf(argv.given), complete, clip, ...processChoice(argv) },
  })
  const range = { from: part.work.from, count: part.work.count }
  await requireWritable(part.path)
  const isComplete = await isDone(part)
  if (isComplete) note(`${part.path} is already complete`)
  else
    await drawTo(argv, {
      ...range,
      out: part.path,
      write: (parts, stream) => writePart(part, stream, parts),
    })
  if (argv.json) printJson({ out: part.path, ...range, isKept: isComplete })
  suggest(['shards', 'verify', folder, '--model', argv.model])
}

/** Where samples go. */
interface Target {
  /** The file, whose ending gives the format; CSV without one. */
  readonly out?: string | undefined
  readonly from: number
  readonly count: number
  write(parts: AsyncIterable<string | Uint8Array>, stream: SampleStream): Promise<unknown>
}

/** Loads the model and draws. */
function drawTo(argv: SampleArguments, { out, from, count, write }: Target) {
  return withModel(argv, async (model, signal) => {
    const { card } = model
    const { encoding } = descriptionOf(model)
    if (out !== undefined) requireForm(out, encoding)
    const progress = createProgress()
    const start = performance.now()
    // samples printed to the terminal show progress themselves
    const showsProgress = out !== undefined || !process.stdout.isTTY
    const stream = sampleStream(model, {
      count,
      seed: argv.seed,
      from,
      ...processChoice(argv),
      trajectory: argv.trajectory !== undefined,
      given: givenOf(argv.given),
      complete: argv.complete,
      clip: argv.clip,
      onWarning: warn,
      signal,
      onProgress({ done }) {
        if (showsProgress) progress.update({ stage: 'sampling', unit: 'samples', done, count })
      },
    })
    const trajectories: (readonly Points[])[] = []
    async function* points() {
      for await (const chunk of stream) {
        yield chunk.table.points
        if (chunk.trajectory) trajectories.push(chunk.trajectory)
      }
    }
    await write(sampleParts(out, points(), count, encoding), stream).finally(progress.stop)
    const { sampler, timesteps } = stream
    if (argv.trajectory !== undefined) {
      const path = argv.trajectory
      const states = trajectories[0]!.map((_, k) =>
        toDataUnits(encoding, joinRows(trajectories.map((chunk) => chunk[k]!))),
      )
      await waitFor('writing the trajectory', async () =>
        writeWhole(path, encodeTrajectory(path, states, timesteps, card.columns)),
      )
    }
    // includes writing
    const seconds = (performance.now() - start) / 1000
    note(
      `drew ${counted(count, 'sample')} by ${describeSampler(sampler)} in ${counted(timesteps.length, 'step')} on ${describeProvider(stream)} in ${humanSeconds(seconds)}${out === undefined ? '' : `: ${out}`}`,
    )
    if (card.integerColumns?.length)
      note(`rounded to whole numbers, as the data has them: ${card.integerColumns.join(', ')}`)
    return { card, skipped: model.skipped, info: infoOf(stream), seconds }
  })
}

/** Writes to stdout as fast as its reader reads. */
async function print(parts: AsyncIterable<string | Uint8Array>): Promise<void> {
  for await (const part of parts) if (!process.stdout.write(part)) await once(process.stdout, 'drain')
}
