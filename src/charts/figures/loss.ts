import * as Plot from '@observablehq/plot'
import { InputError } from '../../core/errors.ts'
import { isFolder, readInput } from '../../core/files.ts'
import { counted } from '../../core/format.ts'
import { runFiles } from '../../node/run-folder.ts'
import { parseCsv } from '../../table/formats/csv.ts'
import { bottomAxis, gridMarks, leftAxis } from '../marks/axes.ts'
import { renderFigure } from '../marks/figure.ts'
import { type Appearance, type Drawn, gridLayout } from '../marks/layout.ts'
import type { FigureDefinition } from './figure.ts'

export const loss = {
  name: 'loss',
  description: "a run's loss, smoothed, on a log axis",
  needs: 'run',
  takes: [],
  draw: async (request) => lossFigure(await readLosses(request.modelName), request),
} as const satisfies FigureDefinition

type LossCurve = Readonly<Record<'steps' | 'losses', readonly number[]>>

/** A long curve is drawn as the minimum and maximum loss of this many stretches, about one per pixel. */
const maxStretches = 1000

/** The loss of each training step on a log axis, pale, and its running mean over a fiftieth of the steps. */
export function lossFigure({ steps, losses }: LossCurve, appearance: Appearance): Drawn {
  const layout = gridLayout({ frame: { width: 520, height: 300 }, margin: { top: 44 } }, appearance)
  const { theme, frame } = layout
  const window = Math.max(1, Math.round(losses.length / 50))
  const smooth = runningMean(losses, window)
  const mean = window === 1 ? 'the same' : `mean over ${counted(window, 'step')}`
  const indices = outline(losses)
  const pointsOf = (values: readonly number[]) => indices.map((i) => [steps[i]!, values[i]!])
  const low = losses.reduce((a, b) => Math.min(a, b))
  const high = losses.reduce((a, b) => Math.max(a, b))
  const options: Plot.PlotOptions = {
    x: { axis: null, domain: [0, steps.at(-1)!] },
    y: { type: 'log', axis: null, domain: [low / 1.1, high * 1.1] },
    marks: [
      ...gridMarks(frame, theme),
      bottomAxis('training step', frame, { tickFormat: ',d' }),
      leftAxis('loss', frame, { tickFormat: '~g' }),
      Plot.line(pointsOf(losses), { stroke: theme.data, strokeOpacity: 0.45, strokeWidth: 0.8 }),
      Plot.line(pointsOf(smooth), { stroke: theme.samples, strokeWidth: 2.2 }),
    ],
  }
  return renderFigure({
    title: `Training loss over ${counted(losses.length, 'step')}`,
    layout,
    panels: [{ frame, options }],
    legend: [
      { label: 'loss of a step', color: theme.data, symbol: 'line' },
      { label: mean, color: theme.samples, symbol: 'line' },
    ],
  })
}

export function runningMean(values: readonly number[], window: number): number[] {
  const sums = [0]
  for (const value of values) sums.push(sums.at(-1)! + value)
  const [before, after] = [Math.floor((window - 1) / 2), Math.floor(window / 2)]
  return values.map((_, i) => {
    const [from, to] = [Math.max(0, i - before), Math.min(values.length, i + after + 1)]
    return (sums[to]! - sums[from]!) / (to - from)
  })
}

function outline(values: readonly number[]): number[] {
  if (values.length <= 2 * maxStretches) return values.map((_, i) => i)
  const indices = new Set([0, values.length - 1])
  const bound = (k: number) => Math.floor((k * values.length) / maxStretches)
  for (let k = 0; k < maxStretches; k++) {
    let [low, high] = [bound(k), bound(k)]
    for (let i = bound(k); i < bound(k + 1); i++) {
      if (values[i]! < values[low]!) low = i
      if (values[i]! > values[high]!) high = i
    }
    indices.add(low).add(high)
  }
  return [...indices].sort((a, b) => a - b)
}

async function readLosses(run: string): Promise<LossCurve> {
  if (!(await isFolder(run))) {
    const problem = `${run} is no run folder: loss reads the history.csv that train writes into one`
    throw new InputError(problem, 'not-found')
  }
  const { history } = runFiles(run)
  const text = new TextDecoder().decode(await readInput(history, 'give a run folder that train wrote'))
  const table = parseCsv(text, history)
  const [step, loss] = ['step', 'loss'].map((name) => {
    const column = table.columns.find((each) => each.name === name)
    if (!column)
      throw new InputError(`${history} has no column ${name}: give a run folder that train wrote`, 'bad-data')
    return Array.from(column.cells)
  }) as [number[], number[]]
  const bad = loss.findIndex((value) => !(value > 0))
  if (bad >= 0) {
    const problem = `${history}, row ${bad + 1}: the loss ${loss[bad]} has no place on a log axis`
    throw new InputError(problem, 'bad-data')
  }
  return { steps: step, losses: loss }
}
