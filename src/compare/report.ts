import type { Tolerance } from '../evaluate/parity.ts'
import type { BisectReport } from './bisect.ts'
import type { CallsReport } from './calls.ts'
import type { SampleDistances } from './distances.ts'
import type { GoldenReport } from './golden.ts'
import type { GraphReport } from './graph-check.ts'
import type { GraphDeparture } from './locate.ts'
import type { ProcessReport } from './processes.ts'
import type { ToleranceClass } from './tolerance.ts'

/** What `compare` found. Numbers that are not finite are null in JSON. */
export interface Comparison {
  /** Whether the file, its graph and every provider that ran passed. */
  readonly pass: boolean
  readonly model: string
  readonly kind: 'noise_predictor' | 'sampler'
  readonly judge: {
    readonly provider: 'reference'
    /** Whose weights it has; null for the model's own. */
    readonly weightsOf: string | null
  }
  readonly tolerance: ToleranceReport
  /** What the file says of itself, against the judge. */
  readonly file: FileReport
  /** The processes that were compared, and why one was not. */
  readonly processes: readonly PlanReport[]
  readonly providers: readonly ProviderReport[]
}

export interface ToleranceReport {
  /** null where atol or rtol was given. */
  readonly class: ToleranceClass | null
  readonly call: Tolerance
  readonly process: Tolerance
}

export interface FileReport {
  readonly pass: boolean
  /** The initializers whose digests are not the card's. */
  readonly changed: readonly string[]
  /** The card's golden vectors on the judge; null where there is no judge. */
  readonly selfTest: GoldenReport | null
  /** What the card says otherwise than the reference. */
  readonly card: readonly string[]
  /** The graph in float64 against the judge; null where there is no judge. */
  readonly graph: GraphReport | null
  /** Where the graph departs from what an export makes, if asked for. */
  readonly departure: GraphDeparture | null
  /** What is wrong, a line each. */
  readonly problems: readonly string[]
}

export interface PlanReport {
  readonly sampler: string
  readonly timesteps: readonly number[]
  readonly samples: number
  readonly refused: string | null
}

export interface ProviderReport {
  readonly provider: string
  readonly adapter: string | null
  readonly onnxruntime: string | null
  readonly runtime: string | null
  readonly threads: number | null
  readonly tf32: boolean | null
  /** Whether this machine can run it. */
  readonly available: boolean
  /** Why it is not available. */
  readonly reason: string | null
  /** The judge: not compared, but with itself. */
  readonly judge: boolean
  /** null where it did not run because this machine can't run it. */
  readonly pass: boolean | null
  /** The largest of all calls and of all states, in scaled space; Infinity where one is missing or not finite. */
  readonly maxAbsError: number | null
  readonly tolerance: ToleranceReport
  /** The smallest atol, at the same rtol, that would pass all. */
  readonly smallestAtol: number | null
  readonly selfTest: GoldenReport | null
  readonly calls: CallsReport | null
  readonly processes: readonly ProcessReport[]
  /** Of the form of the main process that is further off. */
  readonly distances: SampleDistances | null
  readonly bisect: readonly BisectReport[]
  /** What is wrong beyond numbers, a line each. */
  readonly problems: readonly string[]
}
