/** The types that the entries for Node and for pages have in common. */
export type { ErrorCode } from '../core/errors.ts'
export type { WorkProgress } from '../core/work.ts'
export type { ProcessChoice } from '../diffusion/process.ts'
export type { SamplerChoice, SamplerName } from '../diffusion/samplers/index.ts'
export type {
  ParameterSpec,
  ParameterSpecs,
  ParametersOf,
  ParameterValue,
  SamplerDefinition,
  StageForm,
  StepFormula,
} from '../diffusion/samplers/sampler.ts'
export type { Schedule, ScheduleConfig } from '../diffusion/schedule.ts'
export type { Exported, SamplerExport, TrainedModel } from '../export/export-model.ts'
export type { GivenInputs, InputValue } from '../foreign/inputs.ts'
export type { NetworkModel } from '../foreign/open-network.ts'
export type { NetworkSampleOptions, NetworkSamples, NetworkStep, SchedulerConfig } from '../foreign/sample.ts'
export type { NetworkSource } from '../foreign/sources.ts'
export type { ElementType, ValueInfo } from '../infer/elements.ts'
export type { ImputeOptions } from '../infer/impute.ts'
export type {
  Model,
  ModelSource,
  SampledChunk,
  SampleOptions,
  SampleResult,
  SampleStep,
  SampleStream,
} from '../infer/model.ts'
export type { Skipped } from '../infer/provider.ts'
export type { SessionInfo } from '../infer/session.ts'
export type { EngineName } from '../model/run-names.ts'
export type { NamedWeights, WeightTensor } from '../model/weights.ts'
export type { LeftOutColumns } from '../report/left-out.ts'
export type { ReportPageOptions } from '../report/page/page.ts'
export type { GeneratedColumn, HeldRule } from '../report/stated.ts'
export type { CardEncoding, Encoding } from '../table/encodings/encoding.ts'
export type { ScaledColumns } from '../table/encodings/scaled.ts'
export type { OnReading, ReadOptions, TableFile } from '../table/formats/read-bytes.ts'
export type { Faker, LoadedFaker, LoadFaker } from '../table/generated/faker.ts'
export type { ColumnChoice } from '../table/inference/choice.ts'
export type { LeftOut } from '../table/inference/decision.ts'
export type { Given } from '../table/known.ts'
export type { CellSchema, CellType, DescribedModel, RowSchema } from '../table/row-type.ts'
export type { ColumnType, DateOrder, NamedTable, Row, TableSource } from '../table/table.ts'
export type { Likeness, TrainedCloseness } from '../train/closeness.ts'
export type { TrainingHistory } from '../train/history.ts'
export type { LiveSamples } from '../train/live-samples.ts'
export type { NextSamples, TrainingProgress } from '../train/options.ts'
export type { RecipeName } from '../train/recipes.ts'
export type { Trained } from '../train/train.ts'
