import type { ScheduleConfig } from '../diffusion/schedule.ts'
import type { Appearance } from '../plot/layout.ts'
import type { DataChoice } from './data.ts'
import type { FigureName } from './names.ts'

/** A figure, what it is drawn from, and how it looks. What is left open is as docs/plot.md says of the figure. */
export interface FigureRequest extends DataChoice, Appearance {
  readonly figure: FigureName
  /** A model.onnx, a sampler.onnx or a run folder. */
  readonly model?: string | undefined
  /** Samples to draw. */
  readonly count?: number | undefined
  /** Of the samples' noise, the forward process's noise, or a dataset that no card knows; 0 by default. */
  readonly seed?: number | undefined
  /** The timesteps of the panels. */
  readonly at?: readonly number[] | undefined
  /** Names of the columns to show. */
  readonly columns?: readonly string[] | undefined
  /** The schedules to compare: linear and polynomial by default. */
  readonly schedules?: readonly ScheduleConfig[] | undefined
  /** T of the schedules: the model's, else 10. */
  readonly T?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: { done: number; count: number; unit: string }) => void) | undefined
}
