import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { InputError } from '../core/errors.ts'
import { type DistillRequest, type DistillResult, distill as distillWith } from '../distill/distill.ts'
import { hasWorkers, startThread } from '../infer/workers.ts'
import { noStore } from '../model/run-store.ts'
import { isDatasetName } from '../table/datasets/index.ts'
import { readTable } from '../table/read-table.ts'
import type { CreateStepSession, HelperStart, HelperThread } from '../train/engines/onnx/session.ts'
import type { StepHelper, StepHelperStart } from '../train/engines/simd/engine.ts'
import type { ResumeRequest, TrainRequest } from '../train/options.ts'
import type { TableFiles, TrainingRuntime } from '../train/runtime.ts'
import { checkTrainOptions, type Trained, train as trainWith } from '../train/train.ts'
import { enginesOn } from './engines.ts'
import { createNodeSession } from './load-model.ts'
import { folderStore } from './run-folder.ts'

/** Sessions of onnxruntime-node's CPU provider for the engine `onnx`. */
export const createStepSession: CreateStepSession = (bytes, { threads }) =>
  createNodeSession(bytes, { provider: 'cpu', threads })

/** A worker thread that helps the engine `onnx`. It doesn't keep the process alive. */
export function startHelper(start: HelperStart): HelperThread {
  if (!hasWorkers) return { ended: () => undefined, end: async () => {} }
  const { worker, end } = startThread(new URL('./training-helper.js', import.meta.url), start)
  let reason: Error | undefined
  worker.on('error', (error) => {
    reason ??= error
  })
  worker.on('exit', () => {
    reason ??= new Error('a training thread ended')
  })
  return { ended: () => reason, end }
}

/** A worker thread that helps the engine `simd`. It doesn't keep the process alive. */
function startSimdHelper(start: StepHelperStart): StepHelper {
  const { worker, end } = startThread(new URL('./step-helper.js', import.meta.url), start)
  let hasEnded = false
  worker.on('error', () => {})
  worker.on('exit', () => {
    hasEnded = true
  })
  return { ended: () => hasEnded, end }
}

/** What engines run on. Node's workers read no TypeScript, which the tests run this file as. */
const engines = enginesOn({
  createSession: createStepSession,
  startHelper,
  startSimdHelper: hasWorkers ? startSimdHelper : undefined,
})

/** A built-in dataset is named by a word; a path has a dot or a slash, or is there, and `-` is stdin. */
const files: TableFiles = {
  isFile: (name) => name === '-' || /[./\\]/.test(name) || (!isDatasetName(name) && existsSync(name)),
  read: (name, options) => readTable(undefined, name, options),
  nameOf: (name) => (name === '-' ? 'stdin' : basename(name)),
}

/** What training has of Node, with a run's folder where there is one. Throws InputError where the folder has no name. */
export function runtimeFor(out: string | undefined): TrainingRuntime {
  if (out === '')
    throw new InputError('out is empty: give a folder for the run', 'missing', { option: 'out', value: out })
  return { engines, files, store: out === undefined ? noStore : folderStore(out) }
}

/**
 * Trains a noise predictor. Given a folder as `out`, writes the run there: config.json, weights.safetensors, history.csv
 * and checkpoint/, from which `resume` goes on. The same options, engine and machine give the same bytes.
 *
 * @returns The weights, what they were trained on, and how: what `exportModel` makes a model of.
 * @throws InputError where an option or the data is wrong, the folder holds a run already, the loss is no number, or this
 * machine lacks the engine; the signal's reason.
 * @example
 * const trained = await train({ dataset: 'two-moons', seed: 1, out: 'runs/moons' })
 */
export async function train(request: TrainRequest | ResumeRequest = {}): Promise<Trained> {
  checkTrainOptions(request)
  return trainWith(request, runtimeFor(request.out))
}

/**
 * Trains a student that samples in one evaluation, from pairs of noise and sample that a teacher's run draws, and
 * writes its run folder: an ordinary one. `train` resumes it.
 *
 * @returns What `train` does, the teacher as the student's card names it, and what drew the pairs.
 * @throws InputError where `train` does, where the sampler takes noise, or this machine lacks the provider; the signal's
 * reason.
 * @example
 * const { run } = await distill({ run: 'runs/moons', sampler: 'ddim', numSteps: 10 })
 */
export function distill(request: DistillRequest): Promise<DistillResult> {
  return distillWith(request, runtimeFor)
}
