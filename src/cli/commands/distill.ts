import type { InferredOptionTypes } from 'yargs'
import { requireWritable } from '../../core/files.ts'
import { humanCount, humanSeconds } from '../../core/format.ts'
import {
  type DistillRequest,
  type DistillResult,
  distillation,
  studentFolder,
} from '../../distill/distill.ts'
import { runFiles } from '../../model/run-folder.ts'
import { distill } from '../../node/training.ts'
import { type Command, positiveInteger, wholeNumber, withValues } from '../command.ts'
import { describeProvider, processChoice, providerOptions, samplerOptions } from '../model-options.ts'
import { note, printJson, suggest } from '../output.ts'
import { checkStudentOptions } from '../resume-options.ts'
import { trainOptions, trainWithProgress, underProgress, withoutWeights } from './train.ts'

const { 'learning-rate': learningRate, engine, force, resume } = trainOptions

const distillOptions = withValues({
  out: { type: 'string', describe: "the student's run folder [default: RUN-student]" },
  ...samplerOptions,
  sampler: { ...samplerOptions.sampler, describe: "the teacher's reverse process [default: dpmsolver++]" },
  'num-steps': {
    ...samplerOptions['num-steps'],
    describe: `the teacher's steps out of T [default: ${distillation.numSteps}, or T where that is less]`,
  },
  pairs: { ...positiveInteger, describe: `pairs of noise and sample [default: ${distillation.pairs}]` },
  steps: { ...positiveInteger, describe: `training steps [default: ${distillation.steps}]` },
  'batch-size': {
    ...positiveInteger,
    describe: `pairs of a training step [default: ${distillation.batchSize}]`,
  },
  'learning-rate': learningRate,
  seed: { ...wholeNumber, describe: 'seed of the pairs, the weights and the batches [default: 0]' },
  provider: {
    choices: providerOptions.provider.choices,
    describe: 'where the teacher is sampled [default: cpu]',
  },
  engine,
  threads: {
    ...positiveInteger,
    describe: 'threads of the teacher and of the engine [default: their own choice]',
  },
  force,
  resume,
} as const)

type DistillArguments = InferredOptionTypes<typeof distillOptions> & { run: string; json?: boolean }

export const distillCommand: Command<DistillArguments> = {
  options: distillOptions,
  positionals: { run: { type: 'string', demandOption: true, describe: "the teacher's run folder" } },
  builder: (yargs) =>
    yargs
      .example('$0 distill runs/moons', 'writes runs/moons-student')
      .example('$0 distill runs/moons --out runs/fast --sampler ddim --num-steps 10', '')
      .example('$0 distill runs/moons --resume', 'go on after an interruption')
      .example('$0 export runs/moons-student --out student.onnx', 'a model like any other'),
  async handler(argv) {
    const { run, out = studentFolder(run) } = argv
    const request = distillRequest(argv, out)
    if (argv.resume) await checkStudentOptions(out, request)
    else await requireWritable(runFiles(out).config)
    const result = argv.resume
      ? await trainWithProgress({ resume: true, out, threads: argv.threads })
      : await distillWithProgress(request)
    if (argv.json) printJson(withoutWeights(result))
    suggest(['export', out, '--out', 'student.onnx'])
  },
}

/** Draws the pairs as one stage, trains as the next, and says how both went. */
async function distillWithProgress(request: DistillRequest): Promise<DistillResult> {
  const result = await underProgress((watched, progress) => {
    const onPairs = (now: { done: number; count: number }) =>
      progress.update({ stage: 'drawing', unit: 'pairs', ...now })
    return distill({ ...request, ...watched, onPairs })
  })
  const { teacher, drawing } = result
  note(
    `its teacher ${teacher.name} drew ${humanCount(teacher.pairs)} pairs in ${teacher.timesteps.length} steps on ` +
      `${describeProvider(drawing)} in ${humanSeconds(drawing.seconds)}`,
  )
  return result
}

function distillRequest(argv: DistillArguments, out: string): DistillRequest {
  return {
    run: argv.run,
    out,
    ...processChoice(argv),
    pairs: argv.pairs,
    steps: argv.steps,
    batchSize: argv['batch-size'],
    learningRate: argv['learning-rate'],
    seed: argv.seed,
    provider: argv.provider as DistillRequest['provider'],
    engine: argv.engine,
    threads: argv.threads,
    force: argv.force,
  }
}
