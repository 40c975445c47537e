import type { Distances } from '../evaluate/pairwise.ts'
import type { Parity, ToleranceReport, WorstElement } from './parity.ts'

/** What `compare` found. Numbers that are not finite are null in JSON. */
export interface Comparison {
  /** Whether the file and every provider that ran passed. */
  readonly pass: boolean
  readonly model: string
  readonly kind: 'noise_predictor' | 'sampler'
  /** What providers are compared with. */
  readonly judge: {
    readonly provider: 'reference'
    /** Whose weights it has; null for the model's own. */
    readonly weightsOf: string | null
  }
  readonly tolerance: ToleranceReport
  /** What the file says of itself. */
  readonly file: FileReport
  /** The processes that were compared, and why one was not. */
  readonly processes: readonly CaseReport[]
  readonly providers: readonly ProviderReport[]
}

export interface FileReport {
  readonly pass: boolean
  /** The card's golden vectors on the reference; null where the file is not what was exported. */
  readonly selfTest: GoldenReport | null
  /** What the card says otherwise than the reference. */
  readonly card: readonly string[]
  /** The weights that the reference has otherwise. */
  readonly weights: readonly WeightDifference[]
  /** What is wrong, a line each. */
  readonly problems: readonly string[]
}

/** A weight, and its element that differs most. */
export interface WeightDifference extends Omit<WorstElement, 'pair'> {
  readonly name: string
  /** How many elements differ. */
  readonly elements: number
}

export interface GoldenReport {
  readonly pass: boolean
  /** The largest absolute difference; Infinity where an output is missing or not finite. */
  readonly worst: number
}

export interface CaseReport {
  readonly sampler: string
  readonly timesteps: readonly number[]
  readonly samples: number
  readonly refused: string | null
  /** How far calls of states that are off by 1e-6 move a state, at most: of tables. Where that is above 1e-5, atol counts more often. */
  readonly drift: number | null
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
  /** Why it is not available, or left out. */
  readonly reason: string | null
  /** The reference: compared with nothing but itself. */
  readonly judge: boolean
  /** null where it did not run because this machine can't run it. */
  readonly pass: boolean | null
  /** The largest of all calls and of all states, in scaled space; Infinity where one is missing or not finite. */
  readonly maxAbsError: number | null
  readonly tolerance: ToleranceReport
  /** How long its part of the comparison took; null where it did not run. */
  readonly seconds: number | null
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

/** Network calls, all of them as if they were one tensor. */
export interface CallsReport extends Parity {
  /** Network calls made. */
  readonly calls: number
  /** Where the worst element stands. */
  readonly at: { readonly call: string; readonly row: number; readonly column: number } | null
  readonly problems: readonly string[]
}

/** How a process was run: step by step on model.onnx, or in one run of sampler.onnx. */
export type Form = 'model.onnx' | 'sampler.onnx'

export interface ProcessReport extends Parity {
  /** 'ddpm, variance fixed_small'. */
  readonly sampler: string
  readonly timesteps: readonly number[]
  readonly samples: number
  readonly form: Form
  /** max |difference| of each state, x_T first; Infinity where one is missing or not finite; null where not asked. */
  readonly curve: readonly (number | null)[]
  /** The first state past tolerance: 0 is x_T, k what the k-th step gave. */
  readonly firstPast: number | null
  /** Where the worst element stands. */
  readonly at: { readonly state: number; readonly row: number; readonly column: number } | null
  readonly problems: readonly string[]
}

/** A provider's samples and the reference's from the same noise: does the difference matter? */
export interface SampleDistances extends Pick<Distances, 'slicedWasserstein2' | 'energyV'> {
  readonly samples: number
  /** The same of two sets that the reference drew from different noise: what chance alone gives. */
  readonly null: Pick<Distances, 'slicedWasserstein2' | 'energyV'>
}

/** The first tensor inside a graph that a provider gets wrong. */
export interface Departure {
  readonly node: string
  readonly op: string
  readonly inputs: readonly string[]
  /** Of its output: missing where it is none of float32, misshapen where it is of another length. */
  readonly parity: Parity
  /**
   * Whether the node is wrong on the very inputs that the provider gave it: otherwise the errors of the nodes
   * before added up. null where those inputs were not asked for.
   */
  readonly itself: boolean | null
  /** Whether all tensors were asked for at once, or this one alone, which leaves the rest of the graph fused. */
  readonly exposed: 'together' | 'alone'
}

export interface BisectReport {
  readonly graph: Form
  readonly nodes: number
  readonly departure: Departure | null
  /** Why there is no answer. */
  readonly problem: string | null
}
