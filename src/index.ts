/**
 * Small diffusion models in Node: train one, export it as ONNX, sample it and measure how good it is.
 *
 * @example
 * import { exportModel, loadModel, sample, train } from 'moonstep'
 *
 * const trained = await train({ dataset: 'two-moons' }) // a built-in dataset, a .csv file's path, or rows in memory
 * const { model: bytes } = await exportModel({ run: trained })
 * await using model = await loadModel(bytes, { provider: 'cpu' })
 * const { points } = await sample(model, { count: 1000, seed: 7 })
 * console.log(points.count, points.dim, points.data) // row by row, in the data's units
 * @module moonstep
 */

// One table or several: train, export, load, sample
export {
  type DatabaseBytes,
  type ExportedTables,
  exportModel,
  loadModel,
  sample,
  type TrainSeveralRequest,
  train,
} from './node/models.ts'

// Train
export { type DistillRequest, type DistillResult, distill } from './distill/distill.ts'
export type { NamedWeights, WeightTensor } from './model/weights.ts'
export type { TrainingHistory } from './train/history.ts'
export type { NextSamples, ResumeRequest, TrainingProgress, TrainRequest } from './train/options.ts'
export type { RecipeName } from './train/recipes.ts'
export type { EngineName } from './model/run-names.ts'
export type { Likeness, TrainedCloseness } from './train/closeness.ts'
export type { Trained } from './train/train.ts'
export type { LiveSamples } from './train/live-samples.ts'
export type { OnReading } from './table/formats/read-bytes.ts'

// Read a table
export type { ColumnChoice } from './table/inference/choice.ts'
export type { Given } from './table/known.ts'
export type { ReadOptions, TableFile } from './table/formats/read-bytes.ts'
export { readTable } from './node/run-folder.ts'
export type { LeftOut } from './table/inference/decision.ts'
export { type Faker, type LoadedFaker, type LoadFaker, provideFaker } from './table/generated/faker.ts'
export { type TableOf, type TableRow, toRows } from './table/inference/rows.ts'
export { type ArrowTable, toArrow } from './table/formats/arrow.ts'

// Several tables
export { readDatabase } from './database/stores/read.ts'
export { writeDatabase } from './database/stores/write.ts'
export type { FolderFormat, WriteDatabaseOptions } from './database/stores/write-tables.ts'
export type { RowStream, WritableDatabase } from './database/rows.ts'
export type {
  CheckedRules,
  Copied,
  Plans,
  ReferencePlan,
  Repeats,
  TablePlan,
} from './database/learned/plan.ts'
export type { OrderPlan as ClockPlan } from './database/learned/row-order.ts'
export type { ReadDatabaseOptions } from './database/read-tables.ts'
export type { Database, LinkedTable } from './database/database.ts'
export type { TablesOfRows } from './database/memory.ts'
export { parseSchema, type Reference, type Schema, type TableSchema } from './database/schema.ts'
export { type ExportTablesRequest, rowsOfRun } from './node/databases.ts'
export type { TrainedDatabase, TrainTablesRequest } from './node/train-databases.ts'
export type { RowsOfRun, RunRows } from './node/run-rows.ts'
export type { DatabaseModel, SampleTablesOptions, TableSamples } from './database/model.ts'
export { reportDatabase } from './report/database/report.ts'
export { databaseReportPage } from './report/page/database.ts'
export * from './report/database/types.ts'

// Export
export type { ExportRequest } from './node/export.ts'
export type { Exported, SamplerExport, TrainedModel } from './export/export-model.ts'

// Sample
export type { NodeLoadOptions as LoadOptions } from './node/providers.ts'
export { type ImputeOptions, impute } from './infer/impute.ts'
export { sampleStream } from './infer/sample.ts'
export type {
  Model,
  SampledChunk,
  SampleOptions,
  SampleResult,
  SampleStep,
  SampleStream,
} from './infer/model.ts'
export {
  type CellSchema,
  type CellType,
  type DescribedModel,
  type RowSchema,
  rowSchema,
  rowType,
} from './table/row-type.ts'
export type { ModelSource } from './infer/model.ts'
export type { Candidates } from './model/candidates.ts'
export type { ModelCard } from './model/card.ts'

// Sample a network that others trained
export { exportNetwork, type NetworkExportOptions, openNetwork } from './node/network.ts'
export type { NetworkModel, NetworkOptions } from './foreign/open-network.ts'
export type { GivenInputs, InputValue } from './foreign/inputs.ts'
export type {
  NetworkSampleOptions,
  NetworkSamples,
  NetworkStep,
  SchedulerConfig,
} from './foreign/sample.ts'
export type { NetworkSource } from './foreign/sources.ts'
export type { ElementType, ValueInfo } from './infer/elements.ts'

// Compare, evaluate, plot
export { compare, type NodeCompareOptions } from './compare/compare.ts'
export type { CompareOptions } from './compare/compare.ts'
export type { BisectReport, Departure } from './compare/bisect.ts'
export type { CallsReport, Form, GoldenReport, ProcessReport } from './compare/answers.ts'
export type { CaseReport, SampleDistances } from './compare/expected.ts'
export type { Comparison } from './compare/compare.ts'
export type { FileReport, WeightDifference } from './compare/reference.ts'
export type { ProviderReport } from './compare/provider.ts'
export {
  compareNetwork,
  type NetworkCompareOptions,
  type NetworkComparison,
  type NetworkProviderReport,
} from './compare/network.ts'
export type { Parity, PlacedCount, Tolerance, ToleranceReport, WorstElement } from './compare/parity.ts'
export type { Closeness } from './measure/closeness.ts'
export type { RareNames } from './measure/rare-names.ts'
export { type EvaluateOptions, evaluate, type TableEvaluation } from './measure/evaluate.ts'
export type { Evaluation, EvaluationCounts } from './measure/distances/evaluate-scaled.ts'
export type { NearestTraining, TeacherDistance } from './measure/distances/subsets.ts'
export type { Distances } from './measure/distances/pairwise.ts'
export { report } from './report/report.ts'
export { type ReportPageOptions, reportPage } from './report/page/page.ts'
export type { LeftOutColumns } from './report/left-out.ts'
export * from './report/types.ts'
export { type Figure, plot } from './charts/figures/plot.ts'
export type { FigureFormat, PlotOptions } from './charts/figures/figure.ts'
export type { FigureName } from './charts/figures/index.ts'
export type { Size } from './charts/marks/layout.ts'

// Add a sampler or a provider of your own
export type { ProcessChoice } from './diffusion/process.ts'
export {
  registerSampler,
  type SamplerChoice,
  type SamplerConfig,
  type SamplerName,
} from './diffusion/samplers/index.ts'
export {
  defineSampler,
  type ParameterSpec,
  type ParameterSpecs,
  type ParameterValue,
  type ParametersOf,
  type SamplerDefinition,
  type StageForm,
  type StepFormula,
} from './diffusion/samplers/sampler.ts'
export { type ProviderName, registerProvider } from './node/providers.ts'
export type { ProviderDefinition, Skipped } from './infer/provider.ts'
export type { CreateSession, Session, SessionInfo, SessionOptions, Tensor } from './infer/session.ts'

// What they share
export { type ErrorCode, InputError } from './core/errors.ts'
export type { FloatArray, Points } from './numerics/points.ts'
export type { Schedule, ScheduleConfig } from './diffusion/schedule.ts'
export type { WorkProgress } from './core/work.ts'
export type { Encoding } from './table/encodings/encoding.ts'
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
} from './table/encodings/index.ts'
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
} from './table/relations/index.ts'
export type {
  Implication,
  OrderRule,
  ProductRule,
  RangeRule,
  Rule,
  SeenRule,
  SumRule,
  UniqueRule,
} from './table/rules/index.ts'
export type { ColumnRange, Range, Value as RangeValue } from './table/rules/column-range.ts'
export type { Avoided } from './table/generated/avoid.ts'
export type { CardEncoding } from './table/encodings/encoding.ts'
export type { ScaledColumns } from './table/encodings/scaled.ts'
export type { Sentences } from './table/generated/sentences.ts'
export type { GeneratedColumn, HeldRule } from './report/stated.ts'
export type { FakerMaker } from './table/generated/faker.ts'
export type { Fallback as TextFallback, Form as TextForm } from './table/generated/form.ts'
export type { Part as TextPart } from './table/generated/part.ts'
export type { Maker } from './table/generated/maker.ts'
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
} from './table/table.ts'
