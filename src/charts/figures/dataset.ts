import { counted } from '../../core/format.ts'
import { scatterFigure } from '../marks/scatter.ts'
import { columnsFigure } from './columns.ts'
import { dataOptions, type FigureDefinition } from './figure.ts'
import { figureData } from './inputs.ts'
import { chosenColumns, completeRows, isNumber, tablePlane } from './row-sets.ts'

export const dataset = {
  name: 'dataset',
  description: 'the data',
  needs: 'nothing',
  takes: [...dataOptions, 'seed', 'columns'],
  async draw(request, model) {
    const table = await figureData(request, model)
    const columns = chosenColumns(request, table.columns, model)
    // names can't be placed in a plane, and neither can a single column
    if (columns.length < 2 || !columns.every(isNumber)) {
      request.note(
        'dataset draws each column by itself: two `columns` of numbers or dates are drawn as points',
      )
      return columnsFigure({ columns, sets: [{ label: 'data', of: 'data', table }] }, request)
    }
    const plane = tablePlane(request, table.columns, 'the data')
    const points = completeRows(plane, table, request, 'the data')
    const title = `${counted(points.count, 'point')} of the data`
    return scatterFigure({ title, clouds: [{ title: '', points, of: 'data' }], ...plane }, request)
  },
} as const satisfies FigureDefinition
