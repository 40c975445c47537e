import { InputError, messageOf, requireInteger, requireOneOf } from '../../core/errors.ts'
import {
  abortSignal,
  anything,
  callback,
  checkOptions,
  list,
  type OptionChecks,
  oneOf,
  text,
} from '../../core/options.ts'
import type { Model } from '../../infer/model.ts'
import { themeNames } from '../marks/layout.ts'
import { commonOptions, type FigureDefinition, formatsOf, type PlotOptions } from './figure.ts'
import type { FigureName } from './index.ts'
import { openFigureModel } from './inputs.ts'

export interface Figure {
  /** The file's content: text for an SVG, otherwise bytes. */
  readonly content: string | Uint8Array
  /** Notes for the figure's reader, on points left out and columns chosen. */
  readonly notes: readonly string[]
}

const [smallest, largest] = [100, 8000]

const size = (option: string, value: unknown) => {
  for (const [name, side] of Object.entries((value ?? {}) as object))
    requireInteger(`the ${name} of \`${option}\``, side, smallest, largest)
}

const checks: OptionChecks<PlotOptions> = {
  model: anything,
  data: text,
  sheet: text,
  maxSize: anything,
  dataset: text,
  rows: anything,
  noiseLevel: anything,
  count: anything,
  seed: anything,
  given: anything,
  at: list('timesteps'),
  columns: list('names'),
  schedules: list('schedules'),
  T: anything,
  format: oneOf(['svg', 'png', 'gif']),
  theme: oneOf(themeNames),
  size,
  signal: abortSignal,
  onProgress: callback,
}

/**
 * Draws a figure (docs/plot.md). The same options give the same bytes.
 *
 * @param figure - Its name.
 * @param options - What to draw and how. Sizes are in pixels; a PNG without `size` has two pixels for each of the
 * SVG's.
 * @returns The file's content, and notes for its reader.
 * @throws InputError if the figure does not take an option, its model is missing, a value is out of range, or the model
 * or data can't be read; the signal's reason once it is aborted.
 * @example
 * const { content } = await plot('samples', { model: 'model.onnx', theme: 'dark' })
 * await writeFile('samples.svg', content)
 */
export async function plot(figure: FigureName, options: PlotOptions = {}): Promise<Figure> {
  // loaded on demand, because it is slow
  const { figures } = await import('./index.ts')
  const names = figures.map(({ name }) => name)
  requireOneOf('figure', figure, names)
  const definition: FigureDefinition = figures[names.indexOf(figure)]!
  const format = checkFigureOptions(definition, options)
  const { model: source, theme = 'light', seed = 0, signal, onProgress } = options
  const modelName = typeof source === 'string' || source instanceof URL ? String(source) : 'the model'
  const notes: string[] = []
  const request = { ...options, figure, theme, seed, modelName, note: (line: string) => notes.push(line) }
  let model: Model | undefined
  try {
    // figures of a run don't need the weights
    if (source !== undefined && definition.needs !== 'run') model = await openFigureModel(source)
    const drawn = await definition.draw(request, model!)
    notes.push(...drawn.notes)
    if (format === 'svg' && 'svg' in drawn) return { content: drawn.svg, notes }
    const { renderGif, renderPng } = await rasterizer()
    if ('svg' in drawn) return { content: renderPng(drawn.svg, options.size ? 1 : 2), notes }
    const count = drawn.frames.length
    const content = await renderGif(drawn, (done) => {
      signal?.throwIfAborted()
      onProgress?.({ done, count, unit: 'frames' })
    })
    return { content, notes }
  } finally {
    await model?.dispose()
  }
}

function checkFigureOptions(definition: FigureDefinition, options: PlotOptions): string {
  const { name, takes, needs } = definition
  checkOptions('plot', options, checks)
  const allowed: readonly string[] = [...commonOptions, ...takes]
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  for (const [option, value] of entries)
    if (!allowed.includes(option)) {
      const problem = `${name} takes no \`${option}\`: ${takes.length > 0 ? `it takes \`${takes.join('`, `')}\`` : 'leave it out'}`
      throw new InputError(problem, 'conflict', { option, value })
    }
  if (options.model === undefined && needs !== 'nothing') {
    const problem = `${name} is drawn from a ${needs === 'run' ? 'run folder: give one that train wrote' : 'model: give a model.onnx, or a run folder'}`
    throw new InputError(problem, 'missing', { option: 'model' })
  }
  const formats = formatsOf(definition)
  const { format = formats[0]! } = options
  if (!formats.includes(format)) {
    const problem = `format is ${format}: ${name} is drawn as ${formats.join(' or ')}`
    throw new InputError(problem, 'conflict', { option: 'format', value: format })
  }
  return format
}

/** Loads the rasterizer: an optional package with a binary, not needed for SVG. */
function rasterizer() {
  return import('../marks/raster.ts').catch((error) => {
    const missing = (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND'
    const reason = missing ? '' : `, which does not load here (${messageOf(error).split('\n')[0]})`
    const problem = `PNG and GIF need the package @resvg/resvg-js${reason}: run npm install @resvg/resvg-js, or draw an SVG`
    throw new InputError(problem, 'not-available')
  })
}
