import { existsSync } from 'node:fs'
import { InputError } from '../../core/errors.ts'
import { requireWritable } from '../../core/files.ts'
import { counted, humanSeconds } from '../../core/format.ts'
import { processChoiceOf } from '../../diffusion/process.ts'
import { chooseSampler, describeSampler } from '../../diffusion/samplers/index.ts'
import {
  type DistillRequest,
  type DistillResult,
  distill,
  distillation,
  studentFolder,
} from '../../distill/distill.ts'
import { exportNoisePredictor } from '../../export/export-model.ts'
import { digestOfWeights } from '../../model/folded.ts'
import { readRunConfig, readTrainedRun, runFiles } from '../../node/run-folder.ts'
import { readModel } from '../../onnx/read.ts'
import { type ArgumentsOf, defineCommand, namedInApi, option } from '../command.ts'
import { describeProvider, processChoice, providerOptions, samplerOptions } from '../options.ts'
import { note, printJson, suggest } from '../output.ts'
import {
  beginsAnyway,
  refuseOthers,
  suggestingResume,
  trainWithProgress,
  underProgress,
  warnUnfinished,
  withoutWeights,
} from '../training.ts'
import { trainOptions } from './train.ts'

const { 'learning-rate': learningRate, engine, force, resume } = trainOptions

const studentOptions = {
  pairs: option.positiveInteger(`pairs of noise and sample [default: ${distillation.pairs}]`),
  steps: option.positiveInteger(`training steps [default: ${distillation.steps}]`),
  'batch-size': option.positiveInteger(`pairs for each training step [default: ${distillation.batchSize}]`),
  'learning-rate': {
    ...learningRate,
    describe: `AdamW's learning rate [default: ${distillation.learningRate}]`,
  },
  seed: option.wholeNumber('seed of the pairs, the weights and the batches [default: 0]'),
  provider: option.oneOf(
    providerOptions.provider.choices,
    'provider that samples the teacher [default: cpu]',
  ),
  engine,
  threads: option.positiveInteger('threads of the teacher and of the engine [default: chosen by each]'),
  force,
  resume: {
    ...resume,
    describe: "continue from the folder's checkpoint, or begin if there is none; more --steps extend the run",
  },
} as const

const distillOptions = {
  out: option.text("the student's run folder [default: RUN-student]"),
  ...samplerOptions,
  sampler: { ...samplerOptions.sampler, describe: "the teacher's reverse process [default: dpmsolver++]" },
  'num-steps': {
    ...samplerOptions['num-steps'],
    describe: `the teacher's steps out of T [default: ${distillation.numSteps}, or T where that is less]`,
  },
  ...studentOptions,
} as const

const runArgument = { run: option.text("the teacher's run folder", { demandOption: true }) } as const

type DistillArguments = ArgumentsOf<typeof distillOptions, typeof runArgument>

export const command = defineCommand({
  options: distillOptions,
  positionals: runArgument,
  examples: [
    ['$0 distill runs/moons', 'writes runs/moons-student'],
    ['$0 distill runs/moons --out runs/fast --sampler ddim --num-steps 10'],
    ['$0 distill runs/moons --resume', 'continue after an interruption'],
    ['$0 export runs/moons-student --out student.onnx', 'a model like any other'],
  ],
  async handler(argv) {
    const request = distillRequest(argv)
    const { out, threads } = request
    const goesOn = argv.resume && !beginsAnyway(out, argv.run)
    if (goesOn) await checkStudentOptions(out, request)
    else await requireWritable(runFiles(out).config)
    if (!goesOn) await warnUnfinished(argv.run)
    const result = await suggestingResume(out, () =>
      goesOn
        ? trainWithProgress({ resume: true, out, threads, steps: request.steps })
        : distillWithProgress(request),
    )
    if (argv.json) printJson(withoutWeights(result))
    suggest(['export', out, '--out', 'student.onnx'])
  },
})

/** Draws the pairs, then trains, each as a stage, and reports both. */
async function distillWithProgress(request: DistillRequest): Promise<DistillResult> {
  const result = await underProgress((watched, progress) => {
    const onPairs = (now: { done: number; count: number }) =>
      progress.update({ stage: 'drawing', unit: 'pairs', ...now })
    return distill({ ...request, ...watched, onPairs })
  })
  const { teacher, drawing } = result
  const drew = `${counted(teacher.pairs, 'pair')} in ${counted(teacher.timesteps.length, 'step')}`
  const took = `on ${describeProvider(drawing)} in ${humanSeconds(drawing.seconds)}`
  note(`its teacher ${teacher.name} drew ${drew} ${took}`)
  return result
}

function distillRequest(argv: DistillArguments) {
  const { resume: _, ...options } = namedInApi(studentOptions, argv)
  return {
    ...options,
    ...processChoice(argv),
    run: argv.run,
    out: argv.out ?? studentFolder(argv.run),
    provider: argv.provider as DistillRequest['provider'],
  } satisfies DistillRequest
}

/**
 * Throws if an option beside --resume differs from the student's config.json, or the run is no student or has another
 * teacher. The teacher is not needed: its pairs are in the checkpoint.
 */
export async function checkStudentOptions(out: string, request: DistillRequest): Promise<void> {
  const { teacher, training, engine } = await readRunConfig(out)
  if (!teacher)
    throw new InputError(`${out} is no student: resume it with moonstep train --resume`, 'conflict')
  if (request.provider !== undefined)
    throw new InputError('--resume draws no pairs, the checkpoint has them: leave --provider out', 'conflict')
  const { batchSize, learningRate } = training
  const { sampler, timesteps, pairs, seed } = teacher
  const recorded = { batchSize, learningRate, engine, timesteps, pairs, seed }
  refuseOthers<DistillRequest>(out, { ...recorded, numSteps: timesteps.length }, request)
  const requested = describeSampler(chooseSampler(processChoiceOf(request), sampler))
  if (requested !== describeSampler(sampler))
    throw new InputError(
      `--resume continues ${out}, whose teacher was sampled by ${describeSampler(sampler)}, not ${requested}: leave ` +
        'the options out, or distill anew',
      'conflict',
    )
  if (existsSync(request.run) && (await digestOfRun(request.run)) !== teacher.sha256)
    throw new InputError(
      `--resume continues ${out}, a student of ${teacher.name}, whose weights differ from those of ${request.run}: ` +
        'give another --out, or distill anew with --force',
      'conflict',
    )
}

async function digestOfRun(run: string): Promise<string | undefined> {
  return digestOfWeights(readModel(await exportNoisePredictor(await readTrainedRun(run))).network)
}
