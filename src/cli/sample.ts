import type { CommandModule, InferredOptionTypes } from 'yargs'
import { InputError } from '../core/errors.ts'
import { writeWhole } from '../core/files.ts'
import type { Points } from '../core/points.ts'
import {
  encodeSamples,
  encodeTrajectory,
  pointsToCsv,
  requireEnding,
  sampleEndings,
  trajectoryEndings,
} from '../data/samples-file.ts'
import { unscale } from '../data/scaler.ts'
import { describeSampler } from '../diffusion/samplers/create.ts'
import type { Skipped } from '../infer/model.ts'
import { type SampleResult, sample } from '../infer/sample.ts'
import { infoOf } from '../infer/session.ts'
import type { ModelCard } from '../model/card.ts'
import { withValues } from './options.ts'
import { humanSeconds, note, printJson, warn } from './output.ts'
import { createProgress } from './progress.ts'
import { describeProvider, loadOn, loadOptionsOf, providerOptions } from './provider-options.ts'
import { samplerChoice, samplerOptions } from './sampler-options.ts'
import { interruptible } from './signals.ts'

export const sampleOptions = withValues({
  count: { alias: 'n', type: 'number', default: 1000, describe: 'samples' },
  seed: { type: 'number', default: 0, describe: 'seed of the noise' },
  ...samplerOptions,
  clip: { type: 'boolean', describe: "keep samples inside the ranges of the data's columns" },
  ...providerOptions,
  out: { type: 'string', describe: 'a .csv, .json or .npy file; CSV on stdout without it' },
  trajectory: { type: 'string', describe: 'a .npy or .csv file for every state of every sample' },
} as const)

type SampleArguments = InferredOptionTypes<typeof sampleOptions> & { model: string; json?: boolean }

export const sampleCommand: CommandModule<object, SampleArguments> = {
  command: 'sample <model>',
  describe: 'Draw samples from a model',
  builder: (yargs) =>
    yargs
      .positional('model', { type: 'string', demandOption: true, describe: 'model.onnx or sampler.onnx' })
      .options(sampleOptions)
      .example('$0 sample model.onnx -n 5', 'five samples on stdout')
      .example(
        '$0 sample sampler.onnx -n 100000 --out samples.npy',
        'the whole process in one graph',
      ) as never,
  async handler(argv) {
    const { out, trajectory, count } = argv
    if (argv.json && out === undefined)
      throw new InputError('--json prints its object on stdout: give --out FILE for the samples')
    if (out !== undefined) requireEnding('--out', out, sampleEndings)
    if (trajectory !== undefined) requireEnding('--trajectory', trajectory, trajectoryEndings)
    const { result, card, skipped } = await draw(argv)
    if (out === undefined) process.stdout.write(pointsToCsv(result.points, card.columns))
    else await writeWhole(out, encodeSamples(out, result.points, card.columns))
    if (trajectory !== undefined && result.trajectory) {
      const states: Points[] = result.trajectory.map((state) => unscale(state, card.scaler))
      await writeWhole(trajectory, encodeTrajectory(trajectory, states, result.timesteps, card.columns))
    }
    const { seconds, sampler, timesteps } = result
    note(
      `drew ${count} samples by ${describeSampler(sampler)} in ${timesteps.length} steps on ${describeProvider(result)} in ${humanSeconds(seconds)}${out === undefined ? '' : `: ${out}`}`,
    )
    if (card.integerColumns.length > 0)
      note(`rounded to whole numbers, as the data has them: ${card.integerColumns.join(', ')}`)
    if (argv.json) printJson({ out, count, ...infoOf(result), skipped, seconds })
  },
}

async function draw(
  argv: SampleArguments,
): Promise<{ result: SampleResult; card: ModelCard; skipped: readonly Skipped[] }> {
  const model = await loadOn(argv.model, loadOptionsOf(argv))
  const progress = createProgress('sampling', argv.count, 'samples')
  try {
    const result = await interruptible((signal) =>
      sample(model, {
        count: argv.count,
        seed: argv.seed,
        ...samplerChoice(argv),
        trajectory: argv.trajectory !== undefined,
        clip: argv.clip,
        onWarning: warn,
        signal,
        onProgress: ({ done }) => progress.update(done),
      }),
    )
    return { result, card: model.file.card, skipped: model.skipped }
  } finally {
    progress.stop()
    await model.dispose()
  }
}
