import { type DistillRequest, type DistillResult, distill as distillWith } from './distill/distill.ts'
import {
  type ResumeRequest,
  type TrainingResult,
  type TrainRequest,
  train as trainWith,
} from './train/train.ts'
import { createStepSession, startHelper } from './training-runtime.ts'

/** What the engine `onnx` runs on. */
const runtime = { createSession: createStepSession, startHelper }

/**
 * Trains a noise predictor and writes its run folder: config.json, weights.safetensors, history.csv and
 * checkpoint/. Same options, same engine, same machine: same bytes.
 * Errors: an option out of range; a folder that holds a run already; a loss that is no number; an engine
 * that this machine lacks.
 */
export function train(request: TrainRequest | ResumeRequest): Promise<TrainingResult> {
  return trainWith(request, runtime)
}

/**
 * Trains a student that samples in one evaluation, from pairs of noise and sample that a teacher's run draws, and
 * writes its run folder: an ordinary one. `train` resumes it.
 * Errors: a stochastic sampler; those of `train`; a provider that this machine lacks.
 */
export function distill(request: DistillRequest): Promise<DistillResult> {
  return distillWith(request, runtime)
}
