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
export type { ResumeRequest, TrainRequest } from './train/options.ts'

// Read a table
export { readTable } from './node/run-folder.ts'
export { provideFaker } from './table/generated/faker.ts'
export { toRows } from './table/inference/rows.ts'
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

// Sample
export type { NodeLoadOptions as LoadOptions } from './node/providers.ts'
export { impute } from './infer/impute.ts'
export { sampleStream } from './infer/sample.ts'
export { rowSchema, rowType } from './table/row-type.ts'
export type { Candidates } from './model/candidates.ts'

// Sample a network that others trained
export { exportNetwork, type NetworkExportOptions, openNetwork } from './node/network.ts'
export type { NetworkOptions } from './foreign/open-network.ts'

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
export { reportPage } from './report/page/page.ts'
export * from './report/types.ts'
export { type Figure, plot } from './charts/figures/plot.ts'
export type { FigureFormat, PlotOptions } from './charts/figures/figure.ts'
export type { FigureName } from './charts/figures/index.ts'
export type { Size } from './charts/marks/layout.ts'

// Add a sampler or a provider of your own
export { registerSampler } from './diffusion/samplers/index.ts'
export { defineSampler } from './diffusion/samplers/sampler.ts'
export { type ProviderName, registerProvider } from './node/providers.ts'
export type { ProviderDefinition } from './infer/provider.ts'
export type { CreateSession, Session, SessionOptions, Tensor } from './infer/session.ts'

// What they share, and share with pages
export type * from './model/card-types.ts'
export type * from './browser/types.ts'
export { InputError } from './core/errors.ts'
