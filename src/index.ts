/**
 * Training, export, sampling and comparing, in Node.
 * @module moonstep
 */
export type { CompareOptions } from './compare/compare.ts'
export { compare, type NodeCompareOptions } from './compare/node.ts'
export type { Comparison, ProviderReport } from './compare/report.ts'
export { InputError } from './core/errors.ts'
export type { Points } from './core/points.ts'
export type { ScheduleConfig } from './diffusion/schedule.ts'
export type { DistillRequest, DistillResult } from './distill/distill.ts'
export { type ExportRequest, type ExportResult, exportModel } from './export/write.ts'
export type { LoadOptions, Model, Skipped } from './infer/model.ts'
export { loadModel } from './infer/node.ts'
export {
  type ChunkState,
  type SampledChunk,
  type SampleOptions,
  type SampleResult,
  type SampleStream,
  sample,
  sampleStream,
} from './infer/sample.ts'
export type { ExecutionProvider, NodeProvider, SessionInfo } from './infer/session.ts'
export type { ModelCard } from './model/card.ts'
export { distill, train } from './node/training.ts'
export type { ResumeRequest, TrainingProgress, TrainingResult, TrainRequest } from './train/train.ts'

import './node/providers.ts'
