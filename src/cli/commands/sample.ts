import { once } from 'node:events'
import { basename, resolve } from 'node:path'
import { InputError } from '../../core/errors.ts'
import { digestOfFile, requireWritable, writeWhole } from '../../core/files.ts'
import { counted, humanSeconds } from '../../core/format.ts'
import { describeSampler } from '../../diffusion/samplers/index.ts'
import { descriptionOf, internalsOf, type SampleOptions, type SampleStream } from '../../infer/model.ts'
import { sampleStream } from '../../infer/sample.ts'
import { infoOf } from '../../infer/session.ts'
import { isDone, parseShard, partOf, writePart } from '../../infer/shards/part.ts'
import { columnsOfSamples } from '../../infer/texts.ts'
import { isNetworkFolder } from '../../node/network.ts'
import { joinRows, type Points } from '../../numerics/points.ts'
import { toDataUnits } from '../../table/encodings/decode.ts'
import {
  encodeTrajectory,
  requireEnding,
  requireForm,
  sampleEndings,
  sampleParts,
  trajectoryEndings,
} from '../../table/formats/files.ts'
import { namesOf } from '../../table/table.ts'
import { call } from '../call.ts'
import { type ArgumentsOf, defineCommand, givenAmong, modelArgument, option } from '../command.ts'
import { isDatabaseFile, sampleTables } from '../databases.ts'
import { givenInFile } from '../given-file.ts'
import {
  networkOptions,
  requireNoNetworkOptions,
  requireOnlyNetworkOptions,
  sampleFolder,
} from '../network.ts'
import { afterSampling } from '../next-commands.ts'
import {
  describeProvider,
  givenOf,
  processChoice,
  providerOptions,
  samplerOptions,
  withModel,
} from '../options.ts'
import { createProgress, note, printJson, suggest, waitFor, warn } from '../output.ts'

const defaultCount = 1000

/** Endings without their dot. */
const formats = sampleEndings.map((ending) => ending.slice(1))

const sampleOptions = {
  count: option.text(
    'samples [default: 1000, or those of --given-file]; of several tables, rows of one without a parent, such as customers=1000,suppliers=20',
    { alias: 'n', takes: 'a whole number from 1 up' },
  ),
  seed: option.wholeNumber('seed of the noise', { default: 0 }),
  from: option.wholeNumber("index of the seed's first sample to draw", { default: 0 }),
  given: option.text(
    "what every sample has, such as sex=female, 'age>=65', 'state in CA,NY' or 'joined in 2020-01-01..2020-12-31', a value with a comma in double quotes; repeat for more columns (models of tables) [default: none]",
    { array: true },
  ),
  'given-file': option.text(
    'a table of known values: columns of the model, and a column count of how many samples have a row [default: none]',
  ),
  complete: option.flag('draw no missing cells (models of tables)'),
  ...samplerOptions,
  clip: option.flag("clip samples to the ranges of the data's columns"),
  ...networkOptions,
  ...providerOptions,
  out: option.text(
    `a file of samples: ${sampleEndings.join(' ')}; with --shard a folder; of several tables a folder, .sqlite, .duckdb, .sql or postgres://… [default: CSV on stdout]`,
  ),
  like: option.text(
    'a SQLite file whose definitions a new one takes, with defaults, checks and indexes (models of several tables) [default: none]',
  ),
  append: option.flag(
    'add rows to the tables of a database that hold some already (models of several tables)',
  ),
  shard: option.text('draw only this part of the samples, such as 3/8, into the folder --out [default: all]'),
  format: option.oneOf(formats, 'format of a part [default: csv]'),
  trajectory: option.text('.npy or .csv file to write every state of every sample to [default: none]'),
} as const

const ownOptions = ['givenFile', 'complete', 'clip', 'shard', 'format', 'trajectory', 'withoutFaker']

type SampleArguments = ArgumentsOf<typeof sampleOptions, typeof modelArgument>

export const command = defineCommand({
  options: sampleOptions,
  positionals: modelArgument,
  examples: [
    ['$0 sample model.onnx -n 5', 'five samples on stdout'],
    ['$0 sample sampler.onnx -n 100000 --out samples.npy', 'the whole process in one graph'],
    ['$0 sample model.onnx -n 1000000 --shard 3/8 --out parts --format parquet', 'the third of eight parts'],
    [
      '$0 sample digits --given class_labels=0,1,2 --out digits.png',
      "a folder with diffusers' unet and scheduler",
    ],
    ['$0 sample model.onnx -n 5 --given sex=female --given "income=>50K"', 'rows with known values'],
    ['$0 sample shop.moonstep -n customers=1000 --out shop-synthetic.sqlite', 'rows of several tables'],
  ],
  async handler(argv) {
    const { out, trajectory } = argv
    if (isDatabaseFile(argv.model)) return sampleTables(argv)
    const count = countOf(argv.count)
    if (isNetworkFolder(argv.model)) {
      requireOnlyNetworkOptions(argv, ownOptions)
      return sampleFolder({ ...argv, count })
    }
    requireNoNetworkOptions(argv)
    if (argv.json && out === undefined)
      throw new InputError('--json prints its object on stdout: give --out FILE for the samples', 'conflict')
    if (argv.format !== undefined && argv.shard === undefined)
      throw new InputError(
        '--format is for the parts of --shard: give --shard, or let the ending of --out say the form',
        'missing',
        { option: 'shard' },
      )
    if (argv.shard !== undefined) return drawShard(argv, argv.shard)
    if (out !== undefined) requireEnding('out', out, sampleEndings)
    if (trajectory !== undefined) {
      requireEnding('trajectory', trajectory, trajectoryEndings)
      await requireWritable(trajectory)
    }
    const option = givenAmong(argv, ['append', 'like'])
    if (option !== undefined)
      throw new InputError(`--${option} is for the tables of a database: give a .moonstep file`, 'conflict', {
        option,
      })
    const write: Target['write'] = (parts) => (out === undefined ? print(parts) : writeWhole(out, parts))
    const { card, ...drawn } = await drawTo(argv, { ...argv, count, write })
    if (argv.json) printJson({ out, ...drawn })
    suggest(...afterSampling(argv.model, card, out))
  },
})

/** The number of samples of a single table. Throws InputError on anything else. */
function countOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const count = Number(text)
  if (text.trim() === '' || Number.isNaN(count))
    throw new InputError(`count is not a number: give a whole number from 1 up`, 'wrong-type', {
      option: 'count',
      value: text,
    })
  return count
}

/** Draws a part of the samples into a folder, unless it exists. */
async function drawShard(argv: SampleArguments, text: string): Promise<void> {
  const { out: folder, seed, from, complete, clip } = argv
  const count = countOf(argv.count) ?? defaultCount
  const shard = parseShard(text)
  if (folder === undefined)
    throw new InputError('--shard writes a part into a folder: give --out DIR', 'missing', { option: 'out' })
  if (argv['given-file'] !== undefined)
    throw new InputError('--given-file is for a whole file: leave --shard out', 'conflict', {
      option: 'givenFile',
    })
  const wholeOnly = '--trajectory is of whole samples: leave --shard out'
  if (argv.trajectory !== undefined) throw new InputError(wholeOnly, 'conflict', { option: 'trajectory' })
  if (count < shard.of)
    throw new InputError(
      `--shard ${text}: ${counted(count, 'sample')} cannot fill ${shard.of} parts: give fewer, or a larger --count`,
      'out-of-range',
      { option: 'shard', value: text },
    )
  const withoutFaker = argv['without-faker'] && { withoutFaker: true }
  const part = partOf({
    folder,
    ending: `.${argv.format ?? 'csv'}`,
    shard,
    whole: { from, count },
    model: await digestOfFile(argv.model),
    seed,
    choice: { given: givenOf(argv.given), complete, clip, ...processChoice(argv), ...withoutFaker },
  })
  const range = { from: part.work.from, count: part.work.count }
  await requireWritable(part.path)
  const isComplete = await isDone(part)
  const write: Target['write'] = (parts, stream) => writePart(part, stream, parts)
  if (isComplete) note(`${part.path} is already complete`)
  else await drawTo(argv, { ...range, out: part.path, table: basename(resolve(folder)), write })
  if (argv.json) printJson({ out: part.path, ...range, isKept: isComplete })
  suggest(['shards', 'verify', folder, '--model', argv.model])
}

interface Target {
  /** The file, whose ending gives the format; CSV without one. */
  readonly out?: string | undefined
  /** The table's name in SQL; by default the file's. */
  readonly table?: string | undefined
  readonly from: number
  /** Default: that of the plan, or 1000. */
  readonly count?: number | undefined
  write(parts: AsyncIterable<string | Uint8Array>, stream: SampleStream): Promise<unknown>
}

function drawTo(argv: SampleArguments, { out, table, from, count: wanted, write }: Target) {
  return withModel(argv, async (model, signal) => {
    const { card } = model
    const { encoding } = descriptionOf(model)
    const columns = columnsOfSamples(encoding.columns, internalsOf(model).generator)
    const given = await givenFor(argv, namesOf(encoding))
    const planned = Array.isArray(given) ? given.length : undefined
    if (planned !== undefined && wanted !== undefined && wanted !== planned)
      throw new InputError(
        `--count is ${wanted}, and ${argv['given-file']} plans ${counted(planned, 'sample')}: leave --count out`,
        'conflict',
        { option: 'count' },
      )
    const count = wanted ?? planned ?? defaultCount
    if (out !== undefined) requireForm(out, encoding)
    const progress = createProgress()
    const start = performance.now()
    // samples printed to the terminal show progress themselves
    const showsProgress = out !== undefined || !call.stdout.isTTY
    const { seed, complete, clip } = argv
    const stream = sampleStream(model, {
      ...{ count, seed, from, complete, clip },
      ...processChoice(argv),
      trajectory: argv.trajectory !== undefined,
      given,
      onWarning: warn,
      signal,
      onProgress({ done }) {
        if (showsProgress) progress.update({ stage: 'sampling', unit: 'samples', done, count })
      },
    })
    const trajectories: (readonly Points[])[] = []
    async function* tables() {
      for await (const chunk of stream) {
        yield chunk.table
        if (chunk.trajectory) trajectories.push(chunk.trajectory)
      }
    }
    await write(sampleParts(out, tables(), count, { ...encoding, columns }, table), stream).finally(
      progress.stop,
    )
    const { sampler, timesteps } = stream
    const path = argv.trajectory
    if (path !== undefined) {
      const states = trajectories[0]!.map((_, k) =>
        toDataUnits(encoding, joinRows(trajectories.map((chunk) => chunk[k]!))),
      )
      await waitFor('writing the trajectory', async () =>
        writeWhole(path, encodeTrajectory(path, states, timesteps, card.columns)),
      )
    }
    // includes writing
    const seconds = (performance.now() - start) / 1000
    const drew = `${counted(count, 'sample')} by ${describeSampler(sampler)} in ${counted(timesteps.length, 'step')}`
    const took = `on ${describeProvider(stream)} in ${humanSeconds(seconds)}`
    note(`drew ${drew} ${took}${out === undefined ? '' : `: ${out}`}`)
    if (card.integerColumns?.length)
      note(`rounded to whole numbers, as the data has them: ${card.integerColumns.join(', ')}`)
    return { card, count, ...infoOf(stream), skipped: model.skipped, seconds }
  })
}

/** What --given and --given-file say of the samples. Throws InputError as these do. */
async function givenFor(
  { given, 'given-file': file }: SampleArguments,
  columns: readonly string[],
): Promise<SampleOptions['given']> {
  const ofAll = givenOf(given)
  if (file === undefined) return ofAll
  return (await givenInFile(file, columns)).map((ofRow) => ({ ...ofAll, ...ofRow }))
}

/** Writes to stdout as fast as its reader reads. */
async function print(parts: AsyncIterable<string | Uint8Array>): Promise<void> {
  for await (const part of parts) if (!call.stdout.write(part)) await once(call.stdout, 'drain')
}
