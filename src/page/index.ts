/**
 * Sampling in a page. Nothing of Node is reachable from here.
 * @module moonstep/web
 */
export { type ErrorCode, InputError } from '../core/errors.ts'
export type { Points } from '../core/points.ts'
export type { Model } from '../infer/model.ts'
export {
  type ChunkState,
  type SampledChunk,
  type SampleOptions,
  type SampleResult,
  type SampleStream,
  sample,
  sampleStream,
} from '../infer/sample.ts'
export type { WebProvider as ExecutionProvider } from '../infer/session.ts'
export type { ModelSource } from '../infer/source.ts'
export type { WasmPaths } from '../infer/web-session.ts'
export type { ModelCard } from '../model/card.ts'
export {
  type ClientLoadOptions,
  createSamplingClient,
  type LoadedModel,
  type SamplingClient,
  type SamplingOptions,
  type SamplingResult,
} from './client.ts'
export { loadModel, type WebLoadOptions as LoadOptions } from './load-model.ts'
export { MoonSampler, type MoonSamplerEvents } from './moon-sampler.ts'
export type { SamplingStep } from './protocol.ts'
