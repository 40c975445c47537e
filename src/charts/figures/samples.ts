import { counted } from '../../core/format.ts'
import { scatterFigure } from '../marks/scatter.ts'
import { dataOptions, type FigureDefinition } from './figure.ts'
import { dataAndSamples } from './row-sets.ts'

export const samples = {
  name: 'samples',
  description: 'samples beside the data',
  needs: 'model',
  takes: [...dataOptions, 'count', 'seed', 'columns'],
  async draw(request, model) {
    const { data, samples, ...plane } = await dataAndSamples(request, model)
    const title = `${counted(data.count, 'point')} of the data beside ${counted(samples.count, 'sample')} of the model`
    const clouds = [
      { title: 'data', points: data, of: 'data' as const },
      { title: 'samples', points: samples, of: 'samples' as const },
    ]
    return scatterFigure({ title, clouds, ...plane }, request)
  },
} as const satisfies FigureDefinition
