/**
 * Training and sampling in a page, for bundlers such as Vite. Nothing here depends on Node.
 *
 * @example
 * import { loadModel, sample } from 'moonstep/web'
 *
 * const model = await loadModel('model.onnx')
 * const { points } = await sample(model, { count: 1000, seed: 7 })
 * await model.dispose()
 * @module moonstep/web
 */

// Sample in this thread
export { loadModel, type WebLoadOptions as LoadOptions } from './load-model.ts'
export { type ImputeOptions, impute } from '../infer/impute.ts'
export { sample, sampleStream } from '../infer/sample.ts'
export type {
  Model,
  SampledChunk,
  SampleOptions,
  SampleResult,
  SampleStep,
  SampleStream,
} from '../infer/model.ts'
export type { Skipped } from '../infer/provider.ts'
export {
  type CellSchema,
  type CellType,
  type DescribedModel,
  type RowSchema,
  rowSchema,
  rowType,
} from '../table/row-type.ts'
export type { ModelSource } from '../infer/model.ts'
export type { WasmPaths } from '../infer/providers/web-session.ts'
export type { SessionInfo, WebProvider as ExecutionProvider } from '../infer/session.ts'

// Sample a network that others trained
export { openNetwork, type WebNetworkOptions as NetworkOptions } from './network.ts'
export type { NetworkModel } from '../foreign/open-network.ts'
export type { GivenInputs, InputValue } from '../foreign/inputs.ts'
export type {
  NetworkSampleOptions,
  NetworkSamples,
  NetworkStep,
  SchedulerConfig,
} from '../foreign/sample.ts'
export type { NetworkSource } from '../foreign/sources.ts'
export type { ElementType, ValueInfo } from '../infer/elements.ts'

// Sample in a worker of its own
export {
  type ClientLoadOptions,
  type ClientSampleOptions,
  createSamplingClient,
  type LoadedModel,
  type SamplingClient,
} from './client.ts'
export { MoonSampler, type MoonSamplerEvents } from './moon-sampler.ts'

// Train in a worker, and keep what comes of it
export { exportModel, stepsOf, train, type WebExportRequest } from './training.ts'
export type { WebResumeRequest, WebTrainRequest } from './training-client.ts'
export { openStore } from './opfs.ts'
export { type RunTables, readRun } from './load-model.ts'
export { memoryStore, type RunFile, type RunFiles, type RunStore, runFilePaths } from '../model/run-store.ts'
export type { Exported, SamplerExport, TrainedModel } from '../export/export-model.ts'
export type { ProcessChoice } from '../diffusion/process.ts'
export type { NamedWeights, WeightTensor } from '../model/weights.ts'
export type { TrainingHistory } from '../train/history.ts'
export type { LiveSamples } from '../train/live-samples.ts'
export type { NextSamples, TrainingProgress } from '../train/options.ts'
export type { RecipeName } from '../train/recipes.ts'
export type { EngineName } from '../model/run-names.ts'
export type { Likeness, TrainedCloseness } from '../train/closeness.ts'
export type { Trained } from '../train/train.ts'

// Read and write tables
export { kindToTry, readRowsFor, readTable, tableFile } from './read-table.ts'
export type { FormEnding } from '../table/formats/forms.ts'
export type { ColumnChoice, KindsToTry } from '../table/inference/choice.ts'
export type { LeftOut } from '../table/inference/decision.ts'
export type { ReadTable } from '../table/inference/table-builder.ts'
export type { OnReading, ReadOptions, TableFile } from '../table/formats/read-bytes.ts'

// Generated columns, and rules
export { type Faker, type LoadedFaker, type LoadFaker, provideFaker } from '../table/generated/faker.ts'
export { checkRules, describeRule, rulesOf } from './rules.ts'
export { isGenerated } from '../table/table.ts'

// Show a table next to samples
export { type ColumnHistogram, type Histograms, histogramsOf, previewOf } from './histograms.ts'
export type { Distribution } from '../charts/marks/column-shares.ts'
export { counted, humanBytes, humanCount, humanSeconds, percent } from '../core/format.ts'

// Report in a worker
export { pairFigure, report, reportPage } from './report-in-worker.ts'
export type { ReportPageOptions } from '../report/page/page.ts'
export type { LeftOutColumns } from '../report/left-out.ts'
export * from '../report/types.ts'
export type { WorkProgress } from '../core/work.ts'
export type { Encoding } from '../table/encodings/encoding.ts'

// Do any of it in a worker of your own
export { answerCalls, type Connection, connect, type Remote } from './worker-calls.ts'

// Add a sampler of your own
export {
  registerSampler,
  type SamplerChoice,
  type SamplerConfig,
  type SamplerName,
} from '../diffusion/samplers/index.ts'
export {
  defineSampler,
  type ParameterSpec,
  type ParameterSpecs,
  type ParameterValue,
  type ParametersOf,
  type SamplerDefinition,
  type StageForm,
  type StepFormula,
} from '../diffusion/samplers/sampler.ts'

// What they share
export { type ErrorCode, InputError, messageOf } from '../core/errors.ts'
export type { FloatArray, Points } from '../numerics/points.ts'
export type { Schedule, ScheduleConfig } from '../diffusion/schedule.ts'
export type { ModelCard } from '../model/card.ts'
export type { Given } from '../table/known.ts'
export type {
  CategoryColumn,
  ColumnOfCard,
  ConstantColumn,
  DerivedColumn,
  EncodedColumn,
  Grain,
  KeyColumn,
  LinearColumn,
  MadeColumn,
  QuantileColumn,
  StepsColumn,
} from '../table/encodings/index.ts'
export type {
  Copy,
  Dated,
  DateNearYear,
  DateOfParts,
  DatePart,
  Linear,
  LookUp,
  Order,
  PartOfDates,
  Product,
  Relation,
  RelationOfCard,
} from '../table/relations/index.ts'
export type {
  Implication,
  OrderRule,
  ProductRule,
  RangeRule,
  Rule,
  SeenRule,
  SumRule,
  UniqueRule,
} from '../table/rules/index.ts'
export type { ColumnRange, Range, Value as RangeValue } from '../table/rules/column-range.ts'
export type { Avoided } from '../table/generated/avoid.ts'
export type { CardEncoding } from '../table/encodings/encoding.ts'
export type { ScaledColumns } from '../table/encodings/scaled.ts'
export type { Sentences } from '../table/generated/sentences.ts'
export type { GeneratedColumn, HeldRule } from '../report/stated.ts'
export type { FakerMaker } from '../table/generated/faker.ts'
export type { Fallback as TextFallback, Form as TextForm } from '../table/generated/form.ts'
export type { Part as TextPart } from '../table/generated/part.ts'
export type { Maker } from '../table/generated/maker.ts'
export type {
  Column,
  ColumnKind,
  ColumnType,
  DateForm,
  DateOrder,
  NamedTable,
  NumberForm,
  Row,
  Table,
  TableColumn,
  TableSource,
} from '../table/table.ts'
export { type TableOf, type TableRow, toRows } from '../table/inference/rows.ts'
