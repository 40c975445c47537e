export { InputError } from './core/errors.ts'
export type { Points } from './core/points.ts'
export type { ScheduleConfig } from './diffusion/schedule.ts'
export { type ExportRequest, type ExportResult, exportModel } from './export/write.ts'
export type { LoadOptions, Model } from './infer/model.ts'
export { loadModel } from './infer/node.ts'
export { type SampleOptions, type SampleResult, sample } from './infer/sample.ts'
export type { ExecutionProvider } from './infer/session.ts'
export type { ModelCard } from './model/card.ts'
export {
  type ResumeRequest,
  type TrainingProgress,
  type TrainingResult,
  type TrainRequest,
  train,
} from './train/train.ts'
