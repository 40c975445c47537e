import { type DistillRequest, type DistillResult, distill as distillWith } from './distill/distill.ts'
import { createNodeSession } from './infer/node.ts'
import type { CreateStepSession } from './train/onnx/session.ts'
import {
  type ResumeRequest,
  type TrainingResult,
  type TrainRequest,
  train as trainWith,
} from './train/train.ts'

/** Sessions of onnxruntime-node's CPU provider for the engine `onnx`. */
export const createStepSession: CreateStepSession = (bytes, { threads }) =>
  createNodeSession(bytes, { provider: 'cpu', threads })

/**
 * Trains a noise predictor and writes its run folder: config.json, weights.safetensors, history.csv and
 * checkpoint/. Same options, same engine, same machine: same bytes.
 * Errors: an option out of range; a folder that holds a run already; a loss that is no number; an engine
 * that this machine lacks.
 */
export function train(request: TrainRequest | ResumeRequest): Promise<TrainingResult> {
  return trainWith(request, createStepSession)
}

/**
 * Trains a student that samples in one evaluation, from pairs of noise and sample that a teacher's run draws, and
 * writes its run folder: an ordinary one. `train` resumes it.
 * Errors: a stochastic sampler; those of `train`; a provider that this machine lacks.
 */
export function distill(request: DistillRequest): Promise<DistillResult> {
  return distillWith(request, createStepSession)
}
