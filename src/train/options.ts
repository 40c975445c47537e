import { requireIntegers } from '../core/errors.ts'
import {
  abortSignal,
  anything,
  callback,
  flag,
  integer,
  type KnownOptions,
  list,
  number,
  oneOf,
  text,
} from '../core/options.ts'
import { maxSeed } from '../core/random.ts'
import {
  type LossWeighting,
  lossWeightings,
  type PredictionType,
  predictionTypes,
} from '../diffusion/prediction.ts'
import { maxT, type ScheduleConfig } from '../diffusion/schedule.ts'
import { type TimeEmbedding, timeEmbeddingKinds } from '../model/network.ts'
import { type EngineName, engineNames, type LrDecay, lrDecays } from '../model/run-config.ts'
import { parseAs, shared } from '../model/schemas.ts'
import type { ColumnChoice } from '../table/choice.ts'
import type { TableSource } from '../table/table.ts'
import type { OnReading } from '../table/table-file.ts'
import type { LiveSamples } from './live-samples.ts'

export interface TrainingProgress {
  readonly step: number
  readonly steps: number
  /** The mean over the steps since the last report. */
  readonly loss: number
}

/** What `onSamples` may return: nothing, or after how many steps the next samples come, from 1 up. */
// biome-ignore lint/suspicious/noConfusingVoidType: a callback that only paints returns nothing
export type NextSamples = { readonly steps: number } | void

/** What a caller may choose of a run; the recipe chooses the rest of its training. */
export interface TrainRequest {
  /** A built-in dataset's name, the path of a table (- is CSV from stdin), or rows in memory. */
  readonly dataset?: string | TableSource | undefined
  /** A table's columns to take, all by default, and those to leave out. */
  readonly columns?: readonly string[] | undefined
  readonly drop?: readonly string[] | undefined
  /** Kinds of columns, in place of what their cells look like; `drop` leaves one out, `key` numbers the rows. */
  readonly types?: ColumnChoice['types'] | undefined
  /** The share of rows to set aside, by the seed: holdout.csv in the run folder, beside train.csv. None by default. */
  readonly holdout?: number | undefined
  readonly rows?: number | undefined
  readonly noiseLevel?: number | undefined
  /** post, points or table: by default points for few columns of numbers whose values differ, else table. */
  readonly recipe?: string | undefined
  /** Of the recipe table: how many quantiles of a number its card keeps, 1000 by default. */
  readonly knots?: number | undefined
  /** Of the recipe table: categories of fewer rows than this become one, `other`. */
  readonly minCategory?: number | undefined
  readonly T?: number | undefined
  readonly schedule?: ScheduleConfig | undefined
  /** Widths of the hidden layers. */
  readonly hidden?: readonly number[] | undefined
  readonly timeEmbedding?: TimeEmbedding['kind'] | undefined
  readonly predictionType?: PredictionType | undefined
  readonly lossWeighting?: LossWeighting | undefined
  readonly steps?: number | undefined
  readonly batchSize?: number | undefined
  readonly learningRate?: number | undefined
  readonly lrDecay?: LrDecay | undefined
  readonly weightDecay?: number | undefined
  /** The decay of the weights' exponential moving average, below 1. */
  readonly ema?: number | undefined
  readonly seed?: number | undefined
  /** The run folder to write; without one the run is kept in memory. */
  readonly out?: string | undefined
  /** Overwrite a run that is there. */
  readonly force?: boolean | undefined
  /**
   * `onnx` is onnxruntime, `simd` our own WASM kernels, `tensorflow` TensorFlow's own library (tfjs-node); `auto`, the
   * default, takes the first of them that works on this machine: the fastest.
   */
  readonly engine?: EngineName | 'auto' | undefined
  /** Threads of the engine; its own choice otherwise. */
  readonly threads?: number | undefined
  /** Receives what was found out and chosen: a line for each column of a table, and the recipe. */
  readonly onNote?: ((line: string) => void) | undefined
  /** Receives warnings; defaults to `console.warn`. */
  readonly onWarning?: ((message: string) => void) | undefined
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined
  /**
   * Receives what the network draws: before the first step, on the way, and after the last. The run waits for what it returns, so that
   * a promise pauses it. `{ steps }` is after how many steps the next samples come, whatever the time; otherwise they come
   * every so often, and a tenth of the time at most goes to drawing them.
   */
  readonly onSamples?: ((samples: LiveSamples) => NextSamples | Promise<NextSamples>) | undefined
  /** Receives how many bytes of the dataset's file are read. */
  readonly onReading?: OnReading | undefined
  /** Aborting saves a checkpoint, then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

export interface ResumeRequest
  extends Pick<TrainRequest, 'threads' | 'onProgress' | 'onSamples' | 'onWarning' | 'signal'> {
  /** The run folder. */
  readonly out: string
  readonly resume: true
  /** As many steps as the run has, or more: with more it is extended, and the added ones follow the longer run's rate. */
  readonly steps?: number | undefined
}

/** The most steps of a run. */
export const maxSteps = 100_000_000

export const trainChecks: KnownOptions<TrainRequest & { resume: boolean }> = {
  // the data itself says what it takes
  dataset: anything,
  columns: list('names'),
  drop: list('names'),
  types: anything,
  holdout: number(0, 0.9),
  rows: anything,
  noiseLevel: anything,
  recipe: text,
  knots: integer(2, 100_000),
  minCategory: integer(1, 1_000_000),
  T: integer(1, maxT),
  schedule: (option, value) => parseAs(shared.schedule, value, option, 'wrong-type'),
  hidden: (option, value) => requireIntegers(option, value, 1, 10_000),
  timeEmbedding: oneOf(timeEmbeddingKinds),
  predictionType: oneOf(predictionTypes),
  lossWeighting: oneOf(lossWeightings),
  steps: integer(1, maxSteps),
  batchSize: integer(1, 10_000_000),
  learningRate: number(0, 10),
  lrDecay: oneOf(lrDecays),
  weightDecay: number(0, 10),
  ema: number(0, 0.999999),
  seed: integer(0, maxSeed),
  out: text,
  force: flag,
  engine: oneOf([...engineNames, 'auto']),
  threads: integer(1, 1024),
  onNote: callback,
  onWarning: callback,
  onProgress: callback,
  onSamples: callback,
  onReading: callback,
  signal: abortSignal,
  resume: flag,
}

const { threads, onWarning, resume, steps, onProgress, onSamples, signal } = trainChecks

/** Those of a run that goes on, whatever it is kept in. */
export const resumeChecks: KnownOptions<Omit<ResumeRequest, 'out'>> = {
  threads,
  onWarning,
  resume,
  steps,
  onProgress,
  onSamples,
  signal,
}
