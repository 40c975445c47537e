import { basename, resolve } from 'node:path'
import { InputError } from '../core/errors.ts'
import { anything, callback, checkOptions, integer, type KnownOptions, text } from '../core/options.ts'
import { maxSeed } from '../core/random.ts'
import { type ProcessChoice, processChoiceOf } from '../diffusion/process.ts'
import { samplerChecks } from '../diffusion/samplers/index.ts'
import { exportNoisePredictor } from '../export/export-model.ts'
import { internalsOf } from '../infer/model.ts'
import type { SessionInfo } from '../infer/session.ts'
import { digestOfWeights } from '../model/folded.ts'
import { readTrainedRun } from '../model/run-folder.ts'
import type { Teacher } from '../model/schemas.ts'
import { loadModel, type NodeLoadOptions } from '../node/load-model.ts'
import { trainingRanges } from '../train/config.ts'
import type { StepRuntime } from '../train/engines/onnx/session.ts'
import { type RunRequest, requireFreeFolder, runChecks, startRun } from '../train/run.ts'
import { type Observation, observationChecks, type Trained, takeSteps } from '../train/train.ts'
import {
  type DrawnPairs,
  distillation,
  drawPairsOf,
  type StudentOptions,
  studentConfig,
  teacherProcess,
} from './student.ts'

export interface DistillRequest extends ProcessChoice, StudentOptions, Omit<RunRequest, 'out'>, Observation {
  /** The teacher's run folder. */
  readonly run: string
  /** The student's; the teacher's with -student after it otherwise. */
  readonly out?: string | undefined
  /** Pairs of noise and sample: 50,000 by default. */
  readonly pairs?: number | undefined
  /** Of the pairs' noise, the initial weights and the batches: 0 by default. */
  readonly seed?: number | undefined
  /** Where the teacher is sampled; `cpu` by default. */
  readonly provider?: NodeLoadOptions['provider']
  readonly onPairs?: ((progress: { done: number; count: number }) => void) | undefined
}

const maxPairs = 10_000_000

const distillChecks = (): KnownOptions<DistillRequest> => ({
  ...runChecks,
  ...observationChecks,
  ...trainingRanges,
  run: text,
  pairs: integer(1, maxPairs),
  seed: integer(0, maxSeed),
  // the sampler and the sessions check their own
  ...samplerChecks(),
  numSteps: anything,
  timesteps: anything,
  provider: anything,
  onPairs: callback,
})

export interface DistillResult extends Trained {
  readonly teacher: Teacher
  /** Drawing the pairs alone, and what did. */
  readonly drawing: SessionInfo & { readonly seconds: number }
}

/** Where a student goes that is given no folder. */
export function studentFolder(run: string): string {
  return `${run.replace(/[/\\]+$/, '')}-student`
}

/**
 * Trains a student that samples in one evaluation: it learns its teacher's map from noise to data, from pairs that
 * the teacher draws. Luhman and Luhman, "Knowledge distillation in iterative generative models for improved sampling
 * speed" (2021). Writes a run folder like any other's. Same options, same engine, same machine: same bytes.
 * `train` resumes it, without its teacher.
 * Throws where an option is wrong, the sampler takes noise, the folder holds a run already, the loss is no number, or
 * this machine lacks the provider or the engine.
 */
export async function distill(request: DistillRequest, runtime?: StepRuntime): Promise<DistillResult> {
  checkOptions('distill', request, distillChecks(), ['run'])
  const { run, out = studentFolder(run), pairs: count = distillation.pairs, seed = 0, signal } = request
  if (resolve(out) === resolve(run))
    throw new InputError(`out is the teacher's own folder, ${run}: give the student another`, 'conflict')
  requireFreeFolder(out, request.force)
  const trained = await readTrainedRun(run)
  const drawn = { pairs: count, seed }
  const { provider, threads, onPairs, onWarning } = request
  const model = await loadModel(await exportNoisePredictor(trained), { provider, threads })
  try {
    const sha256 = digestOfWeights(internalsOf(model).file.network)!
    const process = teacherProcess(model.card, processChoiceOf(request))
    const teacher: Teacher = {
      name: basename(resolve(run)),
      sha256,
      sampler: process.sampler,
      timesteps: process.timesteps,
      ...drawn,
    }
    const config = studentConfig(model.card, teacher, request)
    let pairs: DrawnPairs | undefined
    const loadData = async () => {
      pairs = await drawPairsOf(model, teacher, { signal, onProgress: onPairs, onWarning })
      await model.dispose()
      return pairs.pairs
    }
    const student = await startRun({ ...request, out }, config, loadData, runtime)
    const result = await takeSteps(student, request)
    return { ...result, teacher, drawing: { ...pairs!.session, seconds: pairs!.seconds } }
  } finally {
    await model.dispose()
  }
}
