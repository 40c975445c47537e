import type { ScheduleConfig } from '../../diffusion/schedule.ts'
import type { Model, ModelSource } from '../../infer/model.ts'
import type { Given } from '../../table/known.ts'
import type { Animation, Drawn, Size, ThemeName } from '../marks/layout.ts'

/** What a figure shows and how it looks. Defaults are in docs/plot.md. */
export interface PlotOptions {
  /** A model.onnx, a sampler.onnx or a run folder. */
  readonly model?: ModelSource | undefined
  /** A file of points, instead of the model's training data. */
  readonly data?: string | undefined
  /** The sheet of an .xlsx file. Default: the first. */
  readonly sheet?: string | undefined
  /** How many bytes a compressed file may unpack to, and its cells may take, as for `readTable`. */
  readonly maxSize?: number | undefined
  /** A built-in dataset's name or a file of points, also instead of the training data. */
  readonly dataset?: string | undefined
  /** The number of rows of a built-in dataset. */
  readonly rows?: number | undefined
  readonly noiseLevel?: number | undefined
  /** The number of samples to draw. */
  readonly count?: number | undefined
  /** Seed of the samples, of the forward process's noise, or of a dataset without a card. Default: 0. */
  readonly seed?: number | undefined
  /** Tables only: known values by column name. Samples are drawn both without and with them. */
  readonly given?: Given | undefined
  /** The panels' timesteps. */
  readonly at?: readonly number[] | undefined
  /** The columns to show. */
  readonly columns?: readonly string[] | undefined
  /** Schedules to compare. Default: linear and polynomial. */
  readonly schedules?: readonly ScheduleConfig[] | undefined
  /** The schedules' T. Default: the model's, otherwise 10. */
  readonly T?: number | undefined
  /** Default: `svg`. Animations are always `gif`. */
  readonly format?: FigureFormat | undefined
  /** Default: `light`, dark on white. */
  readonly theme?: ThemeName | undefined
  /** In pixels. Default: the figure's own size. */
  readonly size?: Size | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: { done: number; count: number; unit: string }) => void) | undefined
}

export type FigureFormat = 'svg' | 'png' | 'gif'

/** The options that every figure takes. */
export const commonOptions = ['model', 'format', 'theme', 'size', 'signal', 'onProgress'] as const
export type FigureOption = Exclude<keyof PlotOptions, (typeof commonOptions)[number]>

/** The options that choose the data, for a figure's `takes`. */
export const dataOptions = ['dataset', 'rows', 'noiseLevel', 'data', 'sheet', 'maxSize'] as const

/** The options with the figure's defaults filled in. */
export interface FigureRequest extends PlotOptions {
  readonly figure: string
  readonly theme: ThemeName
  readonly seed: number
  readonly modelName: string
  readonly note: (line: string) => void
}

type Draw<M> = (request: FigureRequest, model: M) => Drawn | Animation | Promise<Drawn | Animation>

/** A figure. Each has a file, and a line in index.ts. */
export type FigureDefinition<N extends string = string> = {
  readonly name: N
  /** What it shows, for `plot --help`. */
  readonly description: string
  readonly takes: readonly FigureOption[]
  /** Whether it is an animation, always a GIF. */
  readonly moves?: boolean
} & (
  | { readonly needs: 'model'; readonly draw: Draw<Model> }
  /** A model is optional. A `run` is a folder that the figure reads. */
  | { readonly needs: 'nothing' | 'run'; readonly draw: Draw<Model | undefined> }
)

export function formatsOf({ moves }: FigureDefinition): readonly FigureFormat[] {
  return moves ? ['gif'] : ['svg', 'png']
}
