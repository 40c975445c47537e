import type { ScheduleConfig } from '../diffusion/schedule.ts'
import type { Model } from '../infer/model.ts'
import type { ModelSource } from '../infer/source.ts'
import type { Drawn } from '../plot/figure.ts'
import type { Size, ThemeName } from '../plot/layout.ts'
import type { AnimationFrame } from '../plot/raster.ts'

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

/** The options that only some figures take. */
export const figureOptions = [
  'data',
  'dataset',
  'rows',
  'noiseLevel',
  'count',
  'seed',
  'at',
  'columns',
  'schedules',
  'T',
] as const satisfies readonly (keyof PlotOptions)[]
export type FigureOption = (typeof figureOptions)[number]

/** The options that say what data is, for a figure's `takes`. */
export const dataOptions = ['dataset', 'rows', 'noiseLevel', 'data'] as const

/** The options with what every figure needs filled in. */
export interface FigureRequest extends PlotOptions {
  readonly figure: string
  readonly theme: ThemeName
  readonly seed: number
  /** What to call the model in messages. */
  readonly modelName: string
}

/** Frames that follow each other, and what is to be said of them. */
export interface Animation {
  readonly frames: readonly AnimationFrame[]
  readonly notes: readonly string[]
}

type Draw<M, D = Drawn> = (request: FigureRequest, model: M) => Promise<D> | D

/** A figure: a file of its own, and a line in index.ts. */
export type FigureDefinition<N extends string = string> = {
  readonly name: N
  /** What it shows, for `plot --help`. */
  readonly description: string
  readonly takes: readonly FigureOption[]
} & (
  | { readonly needs: 'model'; readonly draw: Draw<Model> }
  /** One that moves, a GIF. */
  | { readonly needs: 'model'; readonly animate: Draw<Model, Animation> }
  /** A model may be given. */
  | { readonly needs: 'nothing'; readonly draw: Draw<Model | undefined> }
  /** `model` is a run folder, which the figure reads. */
  | { readonly needs: 'run'; readonly draw: Draw<undefined> }
)

/** The formats that a figure has, its default first. */
export function formatsOf(definition: FigureDefinition): readonly FigureFormat[] {
  return 'animate' in definition ? ['gif'] : ['svg', 'png']
}

/** What is drawn, with what was noted before it. */
export function withNotes<D extends { notes: readonly string[] }>(notes: readonly string[], drawn: D): D {
  return { ...drawn, notes: [...notes, ...drawn.notes] }
}
