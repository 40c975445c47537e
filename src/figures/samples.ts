import { scatterFigure } from '../plot/scatter.ts'
import { dataOptions, type FigureDefinition } from './figure.ts'
import { besideData, planeColumns } from './inputs.ts'

/** Samples beside the data, on the same axes. */
export const samples = {
  name: 'samples',
  description: 'samples beside the data',
  needs: 'model',
  takes: [...dataOptions, 'count', 'seed', 'columns'],
  async draw(request, model) {
    const { indices, names } = planeColumns(request, model.card.columns)
    const { data, samples } = await besideData(request, model, indices)
    const title = `${data.count} points of the data beside ${samples.count} samples of the model`
    const clouds = [
      { title: 'data', points: data, of: 'data' as const },
      { title: 'samples', points: samples, of: 'samples' as const },
    ]
    return scatterFigure({ title, clouds, names }, request)
  },
} as const satisfies FigureDefinition
