import type { ScheduleConfig } from '../diffusion/schedule.ts'
import type { Model, SampleOptions } from '../infer/model.ts'
import type { ModelSource } from '../infer/source.ts'
import type { Animation, Drawn, Size, ThemeName } from '../plot/layout.ts'

/** What a figure shows and how it looks. What is left open is as docs/plot.md says of the figure. */
export interface PlotOptions {
  /** A model.onnx, a sampler.onnx or a run folder. */
  readonly model?: ModelSource | undefined
  /** A file of points in place of what the model was trained on. */
  readonly data?: string | undefined
  /** A built-in dataset's name, or a file of points, likewise. */
  readonly dataset?: string | undefined
  /** Of a built-in dataset. */
  readonly rows?: number | undefined
  readonly noiseLevel?: number | undefined
  /** Samples to draw. */
  readonly count?: number | undefined
  /** Of the samples' noise, the forward process's noise, or a dataset that no card knows; 0 by default. */
  readonly seed?: number | undefined
  /** What samples are to have, by column name, of a table's model: they are drawn without it and with it. */
  readonly given?: SampleOptions['given']
  /** The timesteps of the panels. */
  readonly at?: readonly number[] | undefined
  /** Names of the columns to show. */
  readonly columns?: readonly string[] | undefined
  /** The schedules to compare: linear and polynomial by default. */
  readonly schedules?: readonly ScheduleConfig[] | undefined
  /** T of the schedules: the model's, else 10. */
  readonly T?: number | undefined
  /** `svg` by default; `gif` is for figures that move, and they have no other. */
  readonly format?: FigureFormat | undefined
  /** `light` by default: dark on white. */
  readonly theme?: ThemeName | undefined
  /** In pixels; the figure's own size by default. */
  readonly size?: Size | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: { done: number; count: number; unit: string }) => void) | undefined
}

export type FigureFormat = 'svg' | 'png' | 'gif'

/** The options that every figure takes. */
export const commonOptions = ['model', 'format', 'theme', 'size', 'signal', 'onProgress'] as const
export type FigureOption = Exclude<keyof PlotOptions, (typeof commonOptions)[number]>

/** The options that say what data is, for a figure's `takes`. */
export const dataOptions = ['dataset', 'rows', 'noiseLevel', 'data'] as const

/** The options with what every figure needs filled in. */
export interface FigureRequest extends PlotOptions {
  readonly figure: string
  readonly theme: ThemeName
  readonly seed: number
  /** What to call the model in messages. */
  readonly modelName: string
  /** Tells something that whoever asked for the figure should know. */
  readonly note: (line: string) => void
}

type Draw<M> = (request: FigureRequest, model: M) => Drawn | Animation | Promise<Drawn | Animation>

/** A figure: a file of its own, and a line in index.ts. */
export type FigureDefinition<N extends string = string> = {
  readonly name: N
  /** What it shows, for `plot --help`. */
  readonly description: string
  readonly takes: readonly FigureOption[]
  /** Whether it is an animation: a GIF, and that alone. */
  readonly moves?: boolean
} & (
  | { readonly needs: 'model'; readonly draw: Draw<Model> }
  /** A model may be given. A `run` is a folder, which the figure reads. */
  | { readonly needs: 'nothing' | 'run'; readonly draw: Draw<Model | undefined> }
)

/** The formats that a figure has, its default first. */
export function formatsOf({ moves }: FigureDefinition): readonly FigureFormat[] {
  return moves ? ['gif'] : ['svg', 'png']
}
