import { existsSync } from 'node:fs'
import { InputError } from '../core/errors.ts'
import { chooseSampler, describeSampler } from '../diffusion/samplers/create.ts'
import type { DistillRequest } from '../distill/distill.ts'
import { exportNoisePredictor } from '../export/export-model.ts'
import { digestOfWeights } from '../infer/network-weights.ts'
import { readRunConfig, readTrainedRun } from '../model/run-folder.ts'
import { readModel } from '../onnx/read.ts'
import { refuseOthers } from './resume-options.ts'

/**
 * Errors: an option beside --resume that is not what the student's config.json says; a run that is no student, or
 * another teacher's. The teacher may be gone: its pairs are in the checkpoint.
 */
export async function checkStudentOptions(out: string, request: DistillRequest): Promise<void> {
  const { teacher, training, engine } = await readRunConfig(out)
  if (!teacher) throw new InputError(`${out} is no student: moonstep train --resume goes on with it`)
  if (request.provider !== undefined)
    throw new InputError('--resume draws no pairs, the checkpoint has them: leave --provider out')
  const { steps, batchSize, learningRate } = training
  const { sampler, timesteps, pairs, seed } = teacher
  const recorded = { steps, batchSize, learningRate, engine, timesteps, pairs, seed }
  refuseOthers<DistillRequest>(out, { ...recorded, numSteps: timesteps.length }, request)
  const given = describeSampler(chooseSampler(request, sampler))
  if (given !== describeSampler(sampler))
    throw new InputError(
      `--resume goes on with ${out}, whose teacher was sampled by ${describeSampler(sampler)}, not ${given}: leave ` +
        'the options out, or distill anew',
    )
  if (existsSync(request.run) && (await digestOfRun(request.run)) !== teacher.sha256)
    throw new InputError(
      `--resume goes on with ${out}, a student of ${teacher.name}, whose weights those of ${request.run} are not: ` +
        'give another --out, or distill anew with --force',
    )
}

async function digestOfRun(run: string): Promise<string | undefined> {
  return digestOfWeights(readModel(await exportNoisePredictor(await readTrainedRun(run))))
}
