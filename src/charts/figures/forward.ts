import { counted } from '../../core/format.ts'
import { forwardProcess } from '../../diffusion/prediction.ts'
import { descriptionOf } from '../../infer/model.ts'
import { indicesWhere } from '../../measure/statistics.ts'
import { gatherColumns, gatherRows, toFloat32 } from '../../numerics/points.ts'
import { standardNormals, streams } from '../../numerics/random.ts'
import { encode } from '../../table/encodings/encode.ts'
import { scatterFigure } from '../marks/scatter.ts'
import { dataOptions, type FigureDefinition } from './figure.ts'
import { figureData, panelTimesteps, planeColumns, requirePointsModel, scaledNames } from './inputs.ts'

export const forward = {
  name: 'forward',
  description: 'the forward process, a panel for each t',
  needs: 'model',
  takes: [...dataOptions, 'seed', 'at', 'columns'],
  async draw(request, model) {
    requirePointsModel(request, model)
    const { card } = model
    const { encoding, schedule } = descriptionOf(model)
    const { T } = schedule
    const { seed } = request
    const { indices, names } = planeColumns(request, card.columns)
    const at = panelTimesteps(request.at, T, { min: 0, ends: [0, T], count: 5 })
    const x_0 = toFloat32(encode(encoding, await figureData(request, model)))
    const { data, count, dim } = x_0
    const completeRows = indicesWhere(count, (i) => indices.every((d) => !Number.isNaN(data[i * dim + d])))
    if (completeRows.length < count)
      request.note(
        `${counted(count - completeRows.length, 'row')} of the data without ${names.x} or ${names.y} left out`,
      )
    const noise = standardNormals({ seed, stream: streams.trainingNoise, step: 0, start: 0, count, dim })
    const clouds = at.map((t) => {
      const timesteps = new Float64Array(count).fill(t)
      const x_t = forwardProcess(schedule, x_0, timesteps, { data: noise, count, dim })
      return {
        title: `t = ${t}`,
        points: gatherRows(gatherColumns(x_t, indices), completeRows),
        of: 'data' as const,
      }
    })
    const title = `${counted(count, 'point')} of the data under the forward process at t = ${at.join(', ')}`
    return scatterFigure({ title, clouds, names: scaledNames(names) }, request)
  },
} as const satisfies FigureDefinition
