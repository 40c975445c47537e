import * as Plot from '@observablehq/plot'
import { InputError } from '../../core/errors.ts'
import { createSchedule, type Schedule, type ScheduleConfig } from '../../diffusion/schedule.ts'
import { descriptionOf } from '../../infer/model.ts'
import { maxAbsDifference } from '../../numerics/points.ts'
import { bottomAxis, gridMarks, leftAxis } from '../marks/axes.ts'
import { legendHeight, renderFigure } from '../marks/figure.ts'
import { type Appearance, type Drawn, gridLayout } from '../marks/layout.ts'
import type { FigureDefinition } from './figure.ts'

/** More lines would need to share colours; the dots of more timesteps would merge. */
const [maxSchedules, maxDots] = [6, 40]

/** The post's schedules, both from 1e-4 to 0.9. */
const defaultSchedules: readonly ScheduleConfig[] = [
  { kind: 'linear', betaStart: 1e-4, betaEnd: 0.9 },
  { kind: 'polynomial', betaStart: 1e-4, betaEnd: 0.9, power: 3 },
]
const defaultT = 10

export const schedules = {
  name: 'schedules',
  description: '1 - alphaBar_t of schedules',
  needs: 'nothing',
  takes: ['schedules', 'T'],
  draw(request, model) {
    const card = model?.card
    if (card && request.T !== undefined && request.T !== card.T) {
      const problem = `T is ${request.T}, and that of ${request.modelName} is ${card.T}: leave it out`
      throw new InputError(problem, 'conflict', { option: 'T', value: request.T })
    }
    const T = request.T ?? card?.T ?? defaultT
    const compared = (request.schedules ?? defaultSchedules).map((config) => ({
      name: nameOf(config),
      ...createSchedule(config, T),
    }))
    const ofModel = card &&
      model && { name: `the model's, ${card.schedule.kind}`, ...descriptionOf(model).schedule }
    const isOfModel = ({ alphaBars }: Schedule) =>
      ofModel && maxAbsDifference(alphaBars, ofModel.alphaBars) < 1e-9
    const all = [...(ofModel ? [ofModel] : []), ...compared.filter((schedule) => !isOfModel(schedule))]
    if (all.length > maxSchedules) {
      const problem = `schedules draws up to ${maxSchedules} lines, not ${all.length}: leave some out`
      throw new InputError(problem, 'out-of-range', { option: 'schedules' })
    }
    return schedulesFigure(all, request)
  },
} as const satisfies FigureDefinition

/** 1 - alphaBar_t, the noise's share of x_t's variance, over t: one line per schedule. */
export function schedulesFigure(
  schedules: readonly ({ readonly name: string } & Pick<Schedule, 'alphaBars'>)[],
  appearance: Appearance,
): Drawn {
  const labels = schedules.map(({ name }) => ({ label: name }))
  const margin = { top: 18 + legendHeight(labels, 460) }
  const layout = gridLayout({ frame: { width: 460, height: 300 }, margin }, appearance)
  const { theme, frame } = layout
  const T = Math.max(...schedules.map(({ alphaBars }) => alphaBars.length - 1))
  const lines = schedules.flatMap(({ alphaBars }, k) => {
    const points = alphaBars.map((alphaBar, t) => [t, 1 - alphaBar])
    const color = theme.series[k]!
    const dots = T <= maxDots ? [Plot.dot(points, { r: 3, fill: color })] : []
    return [Plot.line(points, { stroke: color, strokeWidth: 2 }), ...dots]
  })
  const ticks = T <= 12 ? { ticks: Array.from({ length: T + 1 }, (_, t) => t) } : {}
  const options: Plot.PlotOptions = {
    x: { domain: [0, T], axis: null, inset: 8 },
    y: { domain: [0, 1], axis: null, insetTop: 8, insetBottom: 8 },
    marks: [
      ...gridMarks(frame, theme),
      bottomAxis('t', frame, { ...ticks, tickFormat: 'd' }),
      leftAxis('1 − alphaBar_t', frame, { tickFormat: '.1f' }),
      ...lines,
    ],
  }
  return renderFigure({
    title: `1 - alphaBar_t of ${schedules.map(({ name }) => name).join(', ')}`,
    layout,
    panels: [{ frame, options }],
    legend: labels.map(({ label }, k) => ({ label, color: theme.series[k]!, symbol: 'line' })),
  })
}

function nameOf(config: ScheduleConfig): string {
  if (config.kind === 'polynomial') return `polynomial, power ${config.power}`
  if (config.kind === 'karras') return `karras, sigma ${config.sigmaMin} to ${config.sigmaMax}`
  return config.kind
}
