import { counted } from '../core/format.ts'
import { gatherColumns } from '../core/points.ts'
import { scatterFigure } from '../plot/scatter.ts'
import { namesOf } from '../table/table.ts'
import { dataOptions, type FigureDefinition } from './figure.ts'
import { figureData, planeColumns } from './inputs.ts'

/** The data of a model, of a file, or a built-in dataset. */
export const dataset = {
  name: 'dataset',
  description: 'the data',
  needs: 'nothing',
  takes: [...dataOptions, 'seed', 'columns'],
  async draw(request, model) {
    const { points, columns } = await figureData(request, model)
    const { indices, names } = planeColumns(request, namesOf({ columns }))
    const title = `${counted(points.count, 'point')} of the data`
    const clouds = [{ title: '', points: gatherColumns(points, indices), of: 'data' as const }]
    return scatterFigure({ title, clouds, names }, request)
  },
} as const satisfies FigureDefinition
