import { InputError, requireIntegers, wrongType } from '../core/errors.ts'
import {
  abortSignal,
  anything,
  callback,
  flag,
  integer,
  list,
  number,
  type OptionChecks,
  oneOf,
  text,
} from '../core/options.ts'
import type { WorkProgress } from '../core/work.ts'
import {
  type LossWeighting,
  lossWeightings,
  type PredictionType,
  predictionTypes,
} from '../diffusion/prediction.ts'
import { maxT, type ScheduleConfig } from '../diffusion/schedule.ts'
import { maxCandidates } from '../model/candidates.ts'
import { type TimeEmbedding, timeEmbeddingKinds } from '../model/network.ts'
import { parseAs } from '../model/parse.ts'
import type { RunConfig } from '../model/run-config.ts'
import { type EngineName, engineNames, type LrDecay, lrDecays } from '../model/run-names.ts'
import { scheduleSchema } from '../model/schedule-schema.ts'
import { maxSeed } from '../numerics/random.ts'
import { datasetNames } from '../table/datasets/index.ts'
import type { OnReading } from '../table/formats/read-bytes.ts'
import type { ColumnChoice } from '../table/inference/choice.ts'
import { requireSource } from '../table/inference/source.ts'
import type { Step } from '../table/relations/step.ts'
import type { NamedTable, TableSource } from '../table/table.ts'
import type { LiveSamples } from './live-samples.ts'
import type { RecipeName } from './recipes.ts'

export interface TrainingProgress {
  readonly step: number
  readonly steps: number
  /** Mean loss over the steps since the last report. */
  readonly loss: number
}

/** What `onSamples` may return: nothing, or the number of steps (1 or more) until the next samples. */
// biome-ignore lint/suspicious/noConfusingVoidType: a callback that only paints returns nothing
export type NextSamples = { readonly steps: number } | void

/** Options of `train`. The recipe sets what you leave out. */
export interface TrainRequest {
  /** A built-in dataset's name, the path of a table (- is CSV from stdin), or rows in memory. */
  readonly dataset: string | TableSource
  /** Columns of the table to keep; all by default. `drop` names those to leave out. */
  readonly columns?: readonly string[] | undefined
  readonly drop?: readonly string[] | undefined
  /** Kinds by column name, instead of the inferred ones; `drop` leaves a column out, `key` numbers the rows. */
  readonly types?: ColumnChoice['types'] | undefined
  /** Whether the first line of a text names the columns. Default: decided by comparing its cells with those below. */
  readonly header?: boolean | undefined
  /** The sheet of an .xlsx file. Default: the first. */
  readonly sheet?: string | undefined
  /** How many bytes a compressed file may unpack to, and the table's cells may take, as for `readTable`. */
  readonly maxSize?: number | undefined
  /**
   * Share of rows to keep aside, chosen by the seed, to judge samples by: holdout.csv in the run folder, next to train.csv. Nothing is
   * learned from them. Default for recipe `table`: a tenth, but at least 60 and at most 5000 rows, and no more than a fifth; else 0.
   */
  readonly holdout?: number | undefined
  /**
   * Share of rows to keep aside to confirm what was found in the others: validation.csv. Default for recipe `table` and 3000 rows or more: as
   * for `holdout`; else 0.
   */
  readonly validation?: number | undefined
  readonly rows?: number | undefined
  readonly noiseLevel?: number | undefined
  /** `post`, `points` or `table`. Default: `points` for up to 8 numeric columns whose values differ, else `table`. */
  readonly recipe?: RecipeName | undefined
  /** Recipe `table`: how many quantiles of each number the card keeps. Default: 1000. */
  readonly knots?: number | undefined
  /** Recipe `table`: categories with fewer rows than this are merged into one, `other`. */
  readonly minCategory?: number | undefined
  /**
   * Recipe `table`: whether to learn categories of which most values occur in one training row each. Samples and the model
   * file hold these names, and so single people out. Default: false, which refuses such columns.
   */
  readonly allowRareNames?: boolean | undefined
  /** Recipe `table`: columns that are learned by themselves, although others determine them. */
  readonly independent?: readonly string[] | undefined
  /**
   * Recipe `table`: what every row must meet, as in `start <= end`, `total = quantity * price`, `unique(email)`,
   * `seen(city, country)`, `if status = shipped then shipped_at is set`, `amount in 0..10000`. The rows must meet it, and every sample does.
   */
  readonly rules?: readonly string[] | undefined
  /**
   * Recipe `table`: of how many candidates each sample is the one that trees take most for a real row, by odds. It takes as
   * many times as long to draw. Default: 4; with 1 there are no trees.
   */
  readonly candidates?: number | undefined
  readonly T?: number | undefined
  readonly schedule?: ScheduleConfig | undefined
  /** Widths of the hidden layers. */
  readonly hidden?: readonly number[] | undefined
  readonly timeEmbedding?: TimeEmbedding['kind'] | undefined
  readonly predictionType?: PredictionType | undefined
  readonly lossWeighting?: LossWeighting | undefined
  readonly steps?: number | undefined
  /** How long the training may take, with reading and what follows the steps: fewer steps if not all fit, by this machine's clock. */
  readonly minutes?: number | undefined
  readonly batchSize?: number | undefined
  readonly learningRate?: number | undefined
  readonly lrDecay?: LrDecay | undefined
  readonly weightDecay?: number | undefined
  /** Decay of the weights' exponential moving average, below 1. */
  readonly ema?: number | undefined
  readonly seed?: number | undefined
  /** Run folder to write. Without it, the run stays in memory. */
  readonly out?: string | undefined
  /** Overwrite an existing run. */
  readonly force?: boolean | undefined
  /**
   * `onnx` is onnxruntime, `simd` our own WASM kernels, `tensorflow` TensorFlow's own library (tfjs-node). `auto`, the
   * default, takes the first that works on this machine, which is the fastest.
   */
  readonly engine?: EngineName | 'auto' | undefined
  /** Threads of the engine. The engine chooses by default. */
  readonly threads?: number | undefined
  /** Receives what was inferred and chosen: a line for each column of a table, and the recipe. */
  readonly onNote?: ((line: string) => void) | undefined
  /** Receives warnings; defaults to `console.warn`. */
  readonly onWarning?: ((message: string) => void) | undefined
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined
  /** Recipe `table`: receives the progress of what follows the steps, up to the comparison of samples with real rows. */
  readonly onWork?: ((progress: WorkProgress) => void) | undefined
  /**
   * Receives samples drawn by the network: before the first step, during training and after the last step. The run
   * waits for a returned promise, so a promise pauses it. Return `{ steps }` to get the next samples after that many
   * steps; otherwise drawing takes at most a tenth of the time.
   */
  readonly onSamples?: ((samples: LiveSamples) => NextSamples | Promise<NextSamples>) | undefined
  /** Receives how many bytes of the dataset's file have been read. */
  readonly onReading?: OnReading | undefined
  /** Aborting saves a checkpoint, then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** What a table among several has in addition to its rows. */
export interface AmongTables {
  /** Columns that are known of every row, such as those of its parent. */
  readonly context: readonly string[]
  /** The rows that are kept aside. */
  readonly holdout?: NamedTable | undefined
  readonly validation?: NamedTable | undefined
  /** Columns that hold nothing of the rows, of which any number is enough. */
  readonly made?: readonly string[] | undefined
  /** A column that is learned as the step from one of the context. */
  readonly step?: Step | undefined
  /** How many parents the rows have. */
  readonly parents?: number | undefined
  /** By column of the parents, a cell for each of these: by them it is encoded, since a parent has several rows. */
  readonly parentCells?: ReadonlyMap<string, Float64Array> | undefined
  /** What was fitted to the same rows before, so that it is not fitted again. */
  readonly config?: Omit<RunConfig, 'engine'> | undefined
}

export interface ResumeRequest
  extends Pick<TrainRequest, 'threads' | 'onProgress' | 'onWork' | 'onSamples' | 'onWarning' | 'signal'> {
  /** The run folder. */
  readonly out: string
  readonly resume: true
  /**
   * Total steps: the run's own number, or more to extend it. Added steps follow the learning rates of the longer run.
   */
  readonly steps?: number | undefined
}

/** The maximum number of steps of a run. */
export const maxSteps = 100_000_000

export const trainChecks: OptionChecks<TrainRequest & { resume: boolean }> = {
  dataset(option, value) {
    if (value === undefined)
      throw wrongType(option, value, `give a table's path, rows, or one of ${datasetNames.join(', ')}`)
    if (typeof value !== 'string') requireSource(option, value)
  },
  columns: list('names'),
  drop: list('names'),
  types: anything,
  header: flag,
  sheet: text,
  maxSize: integer(1, Number.MAX_SAFE_INTEGER),
  holdout: number(0, 0.9),
  validation: number(0, 0.9),
  rows: anything,
  noiseLevel: anything,
  recipe: text,
  knots: integer(2, 100_000),
  minCategory: integer(1, 1_000_000),
  allowRareNames: flag,
  independent: list('names'),
  rules: list('rules, such as start <= end'),
  candidates: integer(1, maxCandidates),
  T: integer(1, maxT),
  schedule: (option, value) => parseAs(scheduleSchema, value, option, 'wrong-type'),
  hidden: (option, value) => requireIntegers(option, value, 1, 10_000),
  timeEmbedding: oneOf(timeEmbeddingKinds),
  predictionType: oneOf(predictionTypes),
  lossWeighting: oneOf(lossWeightings),
  steps: integer(1, maxSteps),
  minutes: number(0.1, 100_000),
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
  onWork: callback,
  onSamples: callback,
  onReading: callback,
  signal: abortSignal,
  resume: flag,
}

const { threads, onWarning, resume, steps, onProgress, onWork, onSamples, signal } = trainChecks

/** Options of a resumed run, wherever it is stored. */
export const resumeChecks: OptionChecks<Omit<ResumeRequest, 'out'>> = {
  ...{ threads, onWarning, resume, steps, onProgress, onWork, onSamples, signal },
}

/** Throws InputError on the first of these options that a request gives, which says why it can't. */
export function refuseOptions(
  request: TrainRequest,
  names: readonly (keyof TrainRequest)[],
  why: string,
): void {
  for (const option of names)
    if (request[option] !== undefined)
      throw new InputError(`\`${option}\` ${why}: leave it out`, 'conflict', { option })
}
