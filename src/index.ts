/**
 * Training, export, sampling and comparing, in Node.
 * @module moonstep
 */
export type { CompareOptions } from './compare/compare.ts'
export { compare, type NodeCompareOptions } from './compare/compare.ts'
export type { Comparison, ProviderReport } from './compare/report.ts'
export { type ErrorCode, InputError } from './core/errors.ts'
export type { Points } from './core/points.ts'
export type { ScheduleConfig } from './diffusion/schedule.ts'
export type { DistillRequest, DistillResult } from './distill/distill.ts'
export { type ExportRequest, type ExportResult, exportModel } from './export/write.ts'
export type { FigureFormat, PlotOptions } from './figures/figure.ts'
export type { FigureName } from './figures/index.ts'
export { type Figure, plot } from './figures/plot.ts'
export type { Model, Skipped } from './infer/model.ts'
export type { ProviderDefinition } from './infer/provider.ts'
export {
  type ChunkState,
  type SampledChunk,
  type SampleOptions,
  type SampleResult,
  type SampleStream,
  sample,
  sampleStream,
} from './infer/sample.ts'
export type { CreateSession, Session, SessionInfo, SessionOptions, Tensor } from './infer/session.ts'
export type { ModelCard } from './model/card.ts'
export { loadModel, type NodeLoadOptions as LoadOptions } from './node/load-model.ts'
export { type NodeProvider, type ProviderName, registerProvider } from './node/providers.ts'
export { distill, train } from './node/training.ts'
export type { ResumeRequest, Trained, TrainingProgress, TrainRequest } from './train/train.ts'
