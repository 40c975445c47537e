import { readFile } from 'node:fs/promises'
import { InputError, messageOf } from '../core/errors.ts'
import { gatherColumns } from '../core/points.ts'
import { createSchedule, type Schedule, type ScheduleConfig } from '../diffusion/schedule.ts'
import type { Model } from '../infer/model.ts'
import { runFiles } from '../model/run-folder.ts'
import type { Drawn } from '../plot/figure.ts'
import { lossFigure } from '../plot/loss.ts'
import { scatterFigure } from '../plot/scatter.ts'
import { mostSchedules, schedulesFigure } from '../plot/schedules.ts'
import { parseCsv } from '../table/csv.ts'
import { planeColumns } from './columns.ts'
import { figureData } from './data.ts'
import { isFolder } from './model.ts'
import type { FigureRequest } from './request.ts'

/** The data of a model, of a file, or a built-in dataset. */
export async function datasetFigure(request: FigureRequest, model: Model | undefined): Promise<Drawn> {
  const named = model && { name: request.model!, card: model.file.card }
  const { points, columns } = await figureData(request, request.seed ?? 0, named)
  const { indices, names, notes } = planeColumns('dataset', columns, request.columns)
  const drawn = scatterFigure(
    {
      title: `${points.count} points of the data`,
      clouds: [{ title: '', points: gatherColumns(points, indices), of: 'data' }],
      names: { x: names[0]!, y: names[1]! },
    },
    request,
  )
  return { ...drawn, notes: [...notes, ...drawn.notes] }
}

/** The post's: both from 1e-4 to 0.9. */
const defaultSchedules: readonly ScheduleConfig[] = [
  { kind: 'linear', betaStart: 1e-4, betaEnd: 0.9 },
  { kind: 'polynomial', betaStart: 1e-4, betaEnd: 0.9, power: 3 },
]
const defaultT = 10

/** The chosen schedules, and the model's where one is given. */
export function scheduleFigure(request: FigureRequest, model: Model | undefined): Drawn {
  const card = model?.file.card
  if (card && request.T !== undefined && request.T !== card.T)
    throw new InputError(
      `--timesteps ${request.T} beside ${request.model}, whose T is ${card.T}: leave it out`,
    )
  const T = request.T ?? card?.T ?? defaultT
  const compared = (request.schedules ?? defaultSchedules).map((config) => ({
    name: nameOf(config),
    ...createSchedule(config, T),
  }))
  const own = model && { name: `the model's, ${card!.schedule.kind}`, ...model.schedule }
  const others = own ? compared.filter((schedule) => !sameTable(schedule, own)) : compared
  const all = [...(own ? [own] : []), ...others]
  if (all.length > mostSchedules)
    throw new InputError(`schedules draws up to ${mostSchedules} lines, not ${all.length}: leave some out`)
  return schedulesFigure(all, request)
}

function sameTable(a: Schedule, b: Schedule): boolean {
  return a.alphaBars.every((alphaBar, t) => Math.abs(alphaBar - b.alphaBars[t]!) < 1e-9)
}

function nameOf(config: ScheduleConfig): string {
  if (config.kind === 'polynomial') return `polynomial, power ${config.power}`
  if (config.kind === 'karras') return `karras, sigma ${config.sigmaMin} to ${config.sigmaMax}`
  return config.kind
}

/** A run's history.csv. Errors: no folder, no history in it, or one without a loss. */
export async function historyFigure(request: FigureRequest): Promise<Drawn> {
  const run = request.model!
  if (!(await isFolder(run)))
    throw new InputError(`${run} is no run folder: loss reads the history.csv that train writes into one`)
  const { history } = runFiles(run)
  const text = await readFile(history, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new InputError(
      error.code === 'ENOENT'
        ? `${run} has no history.csv: give a run folder that train wrote`
        : `cannot read ${history}: ${messageOf(error)}`,
    )
  })
  const { points, columns } = parseCsv(text, history)
  const [step, loss] = ['step', 'loss'].map((name) => {
    const d = columns.indexOf(name)
    if (d < 0) throw new InputError(`${history} has no column ${name}: give a run folder that train wrote`)
    return Array.from(gatherColumns(points, [d]).data)
  }) as [number[], number[]]
  const bad = loss.findIndex((value) => !(value > 0))
  if (bad >= 0)
    throw new InputError(`${history}, row ${bad + 1}: the loss ${loss[bad]} has no place on a log axis`)
  return lossFigure({ steps: step, losses: loss }, request)
}
