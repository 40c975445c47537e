import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { InputError } from '../core/errors.ts'
import { processChoiceOf } from '../diffusion/process.ts'
import { chooseSampler, describeSampler } from '../diffusion/samplers/index.ts'
import type { DistillRequest } from '../distill/distill.ts'
import { exportNoisePredictor } from '../export/export-model.ts'
import { digestOfWeights } from '../model/folded.ts'
import { readRunConfig, readTrainedRun } from '../model/run-folder.ts'
import { readModel } from '../onnx/read.ts'
import { recordedRecipe } from '../train/config.ts'
import type { TrainRequest } from '../train/options.ts'
import { trainingSeed } from '../train/run.ts'

/** Errors: an option beside --resume that is not what the run's config.json says. */
export async function checkResumeOptions(run: string, request: TrainRequest): Promise<void> {
  const config = await readRunConfig(run)
  const { dataset, training, T, schedule, hidden, timeEmbedding, predictionType, engine } = config
  const recorded: Partial<Record<keyof TrainRequest, unknown>> = {
    ...(dataset && 'name' in dataset
      ? { dataset: dataset.name, rows: dataset.rows, noiseLevel: dataset.noiseLevel }
      : {
          dataset:
            typeof request.dataset === 'string' && basename(request.dataset) === dataset?.file
              ? request.dataset
              : dataset?.file,
        }),
    ...training,
    recipe: recordedRecipe(training.recipe),
    T,
    schedule,
    hidden,
    timeEmbedding: timeEmbedding.kind,
    predictionType,
    seed: trainingSeed(config),
    engine,
  }
  refuseOthers(run, recorded, request)
}

/** Errors: an option given that is not as recorded, or --force. */
export function refuseOthers<R extends { readonly force?: boolean | undefined }>(
  run: string,
  recorded: Partial<Record<keyof R, unknown>>,
  request: R,
): void {
  for (const [name, value] of Object.entries(recorded)) {
    const given = request[name as keyof R]
    if (given === undefined || given === 'auto' || JSON.stringify(given) === JSON.stringify(value)) continue
    throw new InputError(
      `--resume goes on with ${run}, whose ${name} is ${JSON.stringify(value)}, not ${JSON.stringify(given)}: leave the option out, or train anew`,
      'conflict',
    )
  }
  if (request.force)
    throw new InputError(
      '--resume and --force exclude each other: one goes on with the run, the other overwrites it',
      'conflict',
    )
}

/**
 * Errors: an option beside --resume that is not what the student's config.json says; a run that is no student, or
 * another teacher's. The teacher may be gone: its pairs are in the checkpoint.
 */
export async function checkStudentOptions(out: string, request: DistillRequest): Promise<void> {
  const { teacher, training, engine } = await readRunConfig(out)
  if (!teacher)
    throw new InputError(`${out} is no student: moonstep train --resume goes on with it`, 'conflict')
  if (request.provider !== undefined)
    throw new InputError('--resume draws no pairs, the checkpoint has them: leave --provider out', 'conflict')
  const { steps, batchSize, learningRate } = training
  const { sampler, timesteps, pairs, seed } = teacher
  const recorded = { steps, batchSize, learningRate, engine, timesteps, pairs, seed }
  refuseOthers<DistillRequest>(out, { ...recorded, numSteps: timesteps.length }, request)
  const given = describeSampler(chooseSampler(processChoiceOf(request), sampler))
  if (given !== describeSampler(sampler))
    throw new InputError(
      `--resume goes on with ${out}, whose teacher was sampled by ${describeSampler(sampler)}, not ${given}: leave ` +
        'the options out, or distill anew',
      'conflict',
    )
  if (existsSync(request.run) && (await digestOfRun(request.run)) !== teacher.sha256)
    throw new InputError(
      `--resume goes on with ${out}, a student of ${teacher.name}, whose weights those of ${request.run} are not: ` +
        'give another --out, or distill anew with --force',
      'conflict',
    )
}

async function digestOfRun(run: string): Promise<string | undefined> {
  return digestOfWeights(readModel(await exportNoisePredictor(await readTrainedRun(run))).network)
}
