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
export { impute } from '../infer/impute.ts'
export { sample, sampleStream } from '../infer/sample.ts'
export { rowSchema, rowType } from '../table/row-type.ts'
export type { WasmPaths } from '../infer/providers/web-session.ts'
export type { WebProvider as ExecutionProvider } from '../infer/session.ts'

// Sample a network that others trained
export { openNetwork, type WebNetworkOptions as NetworkOptions } from './network.ts'

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

// Read and write tables
export { kindToTry, readRowsFor, readTable, tableFile } from './read-table.ts'
export type { FormEnding } from '../table/formats/forms.ts'
export type { KindsToTry } from '../table/inference/choice.ts'
export type { ReadTable } from '../table/inference/table-builder.ts'

// Generated columns, and rules
export { provideFaker } from '../table/generated/faker.ts'
export { checkRules, describeRule, rulesOf } from './rules.ts'
export { isGenerated } from '../table/table.ts'

// Show a table next to samples
export { type ColumnHistogram, type Histograms, histogramsOf, previewOf } from './histograms.ts'
export type { Distribution } from '../charts/marks/column-shares.ts'
export { counted, humanBytes, humanCount, humanSeconds, percent } from '../core/format.ts'

// Report in a worker
export { pairFigure, report, reportPage } from './report-in-worker.ts'
export { heldSentence } from '../report/held.ts'
export * from '../report/types.ts'
export { adviceOn, type Grades, type VerdictFacts, verdictSentences } from '../report/verdicts.ts'

// Do any of it in a worker of your own
export { answerCalls, type Connection, connect, type Remote } from './worker-calls.ts'

// Add a sampler of your own
export { registerSampler } from '../diffusion/samplers/index.ts'
export { defineSampler } from '../diffusion/samplers/sampler.ts'

// What they share, and share with Node
export type { Candidates } from '../model/candidates.ts'
export type * from '../model/card-types.ts'
export type * from './types.ts'
export { InputError, messageOf } from '../core/errors.ts'
export { toRows } from '../table/inference/rows.ts'
export type { AsideShares } from '../train/resolve/aside.ts'
