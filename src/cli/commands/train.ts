import type { InferredOptionTypes } from 'yargs'
import { humanCount, humanSeconds } from '../../core/format.ts'
import { lossWeightings, predictionTypes } from '../../diffusion/prediction.ts'
import { timeEmbeddingKinds } from '../../model/network.ts'
import { engineNames, lrDecays } from '../../model/run-config.ts'
import { train } from '../../node/training.ts'
import { datasetNames } from '../../table/datasets/index.ts'
import { defaultRecipe, recipeNames, recipeOf } from '../../train/config.ts'
import type { ResumeRequest, TrainingProgress, TrainRequest } from '../../train/options.ts'
import type { Trained } from '../../train/train.ts'
import { type Command, numberList, positiveInteger, wholeNumber, withValues } from '../command.ts'
import { interruptible, note, printJson, suggest, warn } from '../output.ts'
import { createProgress, type Progress } from '../progress.ts'
import { checkResumeOptions } from '../resume-options.ts'
import { scheduleOf, scheduleOptions } from '../schedule-options.ts'

export const trainOptions = withValues({
  out: { type: 'string', demandOption: true, describe: 'run folder to write' },
  dataset: { type: 'string', describe: `a .csv file, or ${datasetNames.join(', ')} [default: two-moons]` },
  rows: { ...positiveInteger, describe: 'rows of a built-in dataset [default: 1000]' },
  'noise-level': { type: 'number', describe: "noise of a built-in dataset [default: the dataset's own]" },
  recipe: {
    type: 'string',
    describe: `what the other options are by default: ${recipeNames.join(', ')} [default: ${defaultRecipe}]`,
  },
  timesteps: { ...positiveInteger, api: 'T', describe: 'T, the timesteps of the forward process' },
  ...scheduleOptions,
  hidden: { type: 'string', describe: 'widths of the hidden layers, 100,100,100,20 say' },
  'time-embedding': { choices: timeEmbeddingKinds, describe: 'how the network takes t' },
  'prediction-type': { choices: predictionTypes, describe: 'what the network predicts' },
  'loss-weighting': { choices: lossWeightings, describe: 'how the loss counts by timestep' },
  steps: { ...positiveInteger, describe: 'training steps' },
  'batch-size': { ...positiveInteger, describe: 'rows of a training step [default: 1000; recipe post: all]' },
  'learning-rate': { type: 'number', describe: "AdamW's learning rate" },
  'lr-decay': { choices: lrDecays, describe: 'how the learning rate falls to 0' },
  'weight-decay': { type: 'number', describe: "AdamW's decoupled weight decay" },
  ema: { type: 'number', describe: "decay of the weights' moving average, 0.999 say" },
  seed: { ...wholeNumber, describe: 'seed of every random number [default: 0]' },
  engine: {
    choices: ['auto', ...engineNames] as const,
    describe: 'what computes the steps; auto is the fastest that works here [default: auto]',
  },
  threads: { ...positiveInteger, describe: "threads of the engine [default: the engine's own choice]" },
  force: { type: 'boolean', describe: 'overwrite the run in the folder' },
  resume: { type: 'boolean', describe: "go on from the folder's checkpoint" },
} as const)

export type TrainArguments = InferredOptionTypes<typeof trainOptions> & { json?: boolean }

export const trainCommand: Command<TrainArguments> = {
  options: trainOptions,
  builder: (yargs) =>
    yargs
      .example('$0 train --out runs/moons', 'two moons')
      .example('$0 train --recipe post --out runs/post', 'by the recipe of the post')
      .example('$0 train --out runs/cosine --schedule squaredcos_cap_v2 --steps 2500', '')
      .example('$0 train --dataset people.csv --out runs/people', 'your own data')
      .example('$0 train --out runs/moons --resume', 'go on after an interruption'),
  async handler(argv) {
    const result = await trainWithProgress(argv.resume ? await resumeRequest(argv) : trainRequest(argv))
    if (argv.json) printJson(withoutWeights(result))
    suggest(['export', argv.out])
  },
}

/** Trains under a progress bar, interruptible, and says how it went. */
export function trainWithProgress(request: TrainRequest | ResumeRequest): Promise<Trained> {
  return underProgress((watched) => train({ ...request, ...watched }))
}

/** Trains as `train` does, by whatever calls it. */
export async function underProgress<R extends Trained>(
  training: (
    watched: Required<Pick<TrainRequest, 'signal' | 'onWarning' | 'onProgress'>>,
    progress: Progress,
  ) => Promise<R>,
): Promise<R> {
  const progress = createProgress()
  const onProgress = ({ step, steps, loss }: TrainingProgress) =>
    progress.update({
      stage: 'training',
      unit: 'steps',
      done: step,
      count: steps,
      detail: `loss ${loss.toFixed(4)}`,
    })
  progress.wait('preparing to train')
  const result = await interruptible((signal) =>
    training({ signal, onWarning: warn, onProgress }, progress),
  ).finally(progress.stop)
  const { run, engine, steps, seconds, secondsPerStep, finalLoss } = result
  note(
    `trained ${humanCount(steps)} steps on ${engine} in ${humanSeconds(seconds)} ` +
      `(${humanSeconds(secondsPerStep)} a step), loss ${finalLoss.toFixed(4)}: ${run}`,
  )
  return result
}

/** What `--json` says of a trained run: the rest is in its folder. */
export function withoutWeights<R extends Trained>({ config, weights, history, ...rest }: R) {
  return rest
}

function trainRequest(argv: TrainArguments): TrainRequest {
  return {
    out: argv.out,
    force: argv.force,
    engine: argv.engine,
    threads: argv.threads,
    dataset: argv.dataset,
    rows: argv.rows,
    noiseLevel: argv['noise-level'],
    recipe: argv.recipe,
    T: argv.timesteps,
    schedule: scheduleOf(argv as never, recipeOf(argv.recipe ?? defaultRecipe).schedule),
    hidden: argv.hidden === undefined ? undefined : numberList('--hidden', argv.hidden),
    timeEmbedding: argv['time-embedding'],
    predictionType: argv['prediction-type'],
    lossWeighting: argv['loss-weighting'],
    steps: argv.steps,
    batchSize: argv['batch-size'],
    learningRate: argv['learning-rate'],
    lrDecay: argv['lr-decay'],
    weightDecay: argv['weight-decay'],
    ema: argv.ema,
    seed: argv.seed,
  }
}

async function resumeRequest(argv: TrainArguments): Promise<ResumeRequest> {
  await checkResumeOptions(argv.out, trainRequest(argv))
  return { resume: true, out: argv.out, threads: argv.threads }
}
