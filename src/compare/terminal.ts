import type { Distances } from '../measure/distances/pairwise.ts'
import type { Parity, ToleranceReport, WorstElement } from './parity.ts'

/** The result of `compare`. Numbers that are not finite are null in JSON. */
export interface Comparison {
  /** Whether the file and every provider that ran passed. */
  readonly pass: boolean
  readonly model: string
  readonly kind: 'noise_predictor' | 'sampler'
  /** The reference that providers are compared with. */
  readonly judge: {
    readonly provider: 'reference'
    /** The source of its weights; null for the model's own. */
    readonly weightsOf: string | null
  }
  readonly tolerance: ToleranceReport
  /** The check of the file itself. */
  readonly file: FileReport
  /** The processes compared, and why one was not. */
  readonly processes: readonly CaseReport[]
  readonly providers: readonly ProviderReport[]
}

export interface FileReport {
  readonly pass: boolean
  /** The card's golden vectors on the reference; null if the file is not what was exported. */
  readonly selfTest: GoldenReport | null
  /** Differences between the card and the reference. */
  readonly card: readonly string[]
  /** Weights that differ from the reference's. */
  readonly weights: readonly WeightDifference[]
  /** Problems, a line each. */
  readonly problems: readonly string[]
}

/** A weight and its element that differs most. */
export interface WeightDifference extends Omit<WorstElement, 'pair'> {
  readonly name: string
  /** Number of elements that differ. */
  readonly elements: number
}

export interface GoldenReport {
  readonly pass: boolean
  /** The largest absolute difference; Infinity if an output is missing or not finite. */
  readonly worst: number
}

export interface CaseReport {
  readonly sampler: string
  readonly timesteps: readonly number[]
  readonly samples: number
  readonly refused: string | null
  /**
   * Tables only: the maximum change of a state when each call's state is off by 1e-6. Above 1e-5, atol is scaled up.
   */
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
  /** Why it is unavailable or left out. */
  readonly reason: string | null
  /** Whether it is the reference, which is compared only with itself. */
  readonly judge: boolean
  /** null if this machine can't run it. */
  readonly pass: boolean | null
  /** Maximum over all calls and states, in scaled space; Infinity if one is missing or not finite. */
  readonly maxAbsError: number | null
  readonly tolerance: ToleranceReport
  /** Duration of its part of the comparison; null if it did not run. */
  readonly seconds: number | null
  /** The smallest atol, at the same rtol, that would pass everything. */
  readonly smallestAtol: number | null
  readonly selfTest: GoldenReport | null
  readonly calls: CallsReport | null
  readonly processes: readonly ProcessReport[]
  /** Of the form of the main process with the larger distances. */
  readonly distances: SampleDistances | null
  readonly bisect: readonly BisectReport[]
  /** Problems other than differences, a line each. */
  readonly problems: readonly string[]
}

/** All network calls, as if they were one tensor. */
export interface CallsReport extends Parity {
  /** Number of network calls. */
  readonly calls: number
  /** Position of the worst element. */
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
  /** max |difference| of each state, x_T first; Infinity if missing or not finite; null if not requested. */
  readonly curve: readonly (number | null)[]
  /** The first state past tolerance: 0 is x_T, k follows the k-th step. */
  readonly firstPast: number | null
  /** Position of the worst element. */
  readonly at: { readonly state: number; readonly row: number; readonly column: number } | null
  readonly problems: readonly string[]
}

/** Distances between a provider's samples and the reference's from the same noise. */
export interface SampleDistances extends Pick<Distances, 'slicedWasserstein2' | 'energyV'> {
  readonly samples: number
  /** The same for two sets that the reference drew from different noise: chance alone. */
  readonly null: Pick<Distances, 'slicedWasserstein2' | 'energyV'>
}

/** The first tensor inside a graph that a provider gets wrong. */
export interface Departure {
  readonly node: string
  readonly op: string
  readonly inputs: readonly string[]
  /** Differences of its output: missing if it is not float32, misshapen if it has another length. */
  readonly parity: Parity
  /**
   * Whether the node is wrong on the inputs that the provider gave it; otherwise errors of earlier nodes added up. null
   * if these inputs were not requested.
   */
  readonly itself: boolean | null
  /** Whether all tensors were requested at once, or this one alone, which leaves the rest of the graph fused. */
  readonly exposed: 'together' | 'alone'
}

export interface BisectReport {
  readonly graph: Form
  readonly nodes: number
  readonly departure: Departure | null
  /** Why there is no result. */
  readonly problem: string | null
}
