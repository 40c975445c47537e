import { InputError, messageOf, requireInteger } from '../core/errors.ts'
import type { Model } from '../infer/model.ts'
import type { Drawn } from '../plot/figure.ts'
import type { Size } from '../plot/layout.ts'
import type { Animation } from '../plot/reverse.ts'
import { requireEnding } from '../table/write.ts'
import { datasetFigure, historyFigure, scheduleFigure } from './from-files.ts'
import {
  densityOfModel,
  forwardOfModel,
  pairsOfModel,
  reverseOfModel,
  samplesOfModel,
  trajectoryOfModel,
  vectorFieldOfModel,
} from './from-model.ts'
import { openFigureModel } from './model.ts'
import type { FigureName } from './names.ts'
import type { FigureRequest } from './request.ts'

export interface Figure {
  /** The file's content. */
  readonly content: string | Uint8Array
  /** What a user should know: points left out, columns chosen. */
  readonly notes: readonly string[]
}

const [smallest, largest] = [100, 8000]

type Draw = (request: FigureRequest, model: Model | undefined) => Promise<Drawn> | Drawn

const draws: Record<Exclude<FigureName, 'reverse'>, Draw> = {
  dataset: datasetFigure,
  schedules: scheduleFigure,
  loss: historyFigure,
  forward: ofModel(forwardOfModel),
  samples: ofModel(samplesOfModel),
  'vector-field': ofModel(vectorFieldOfModel),
  trajectory: ofModel(trajectoryOfModel),
  density: ofModel(densityOfModel),
  pairs: ofModel(pairsOfModel),
}

/**
 * A figure as its file's content, .svg or .png by the ending of `out`; `reverse` is a .gif, and that alone. Sizes are
 * pixels; a PNG without one has two for each of the SVG's. Same request, same bytes.
 * Errors: another ending; a size out of range; those of what the figure is drawn from.
 */
export async function makeFigure(request: FigureRequest, out: string): Promise<Figure> {
  const { figure, size } = request
  const ending = checkLooks(figure, size, out)
  // loss reads a run's history, not its weights
  const model =
    request.model !== undefined && figure !== 'loss' ? await openFigureModel(request.model) : undefined
  try {
    if (figure === 'reverse') return await animate(await reverseOfModel(request, model!), request)
    const { svg, notes } = await draws[figure](request, model)
    if (ending !== '.png') return { content: svg, notes }
    const { renderPng } = await rasterizer(import('../plot/raster.ts'))
    return { content: renderPng(svg, size ? 1 : 2), notes }
  } finally {
    await model?.dispose()
  }
}

/** Checks what needs no model, before anything is computed. */
export function checkLooks(figure: FigureName, size: Size | undefined, out: string): string {
  for (const [name, value] of Object.entries(size ?? {}))
    requireInteger(`--size: the ${name}`, value, smallest, largest)
  if (figure === 'reverse') return requireEnding('--out', out, ['.gif'])
  if (out.toLowerCase().endsWith('.gif'))
    throw new InputError(`--out ${out}: only reverse moves: ${figure} is drawn as .svg or .png`)
  return requireEnding('--out', out, ['.svg', '.png'])
}

async function animate({ frames, notes }: Animation, { onProgress, signal }: FigureRequest): Promise<Figure> {
  const { renderGif } = await rasterizer(import('../plot/raster.ts'))
  const content = await renderGif(frames, (done) => {
    signal?.throwIfAborted()
    onProgress?.({ done, count: frames.length, unit: 'frames' })
  })
  return { content, notes }
}

/** What draws pixels: a binary that npm has for most machines, and SVG does without. */
function rasterizer<M>(module: Promise<M>): Promise<M> {
  return module.catch((error) => {
    throw new InputError(
      `PNG and GIF need @resvg/resvg-js, which does not load here (${messageOf(error).split('\n')[0]}): give --out FILE.svg`,
    )
  })
}

function ofModel(draw: (request: FigureRequest, model: Model) => Promise<Drawn>): Draw {
  return (request, model) => draw(request, model!)
}
