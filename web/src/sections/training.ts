import { computed, effect, signal, untracked } from '@preact/signals-core'
import { exportInWorker, type WebTrainRequest } from '../../../src/browser/training-client.ts'
import { InputError, messageOf } from '../../../src/core/errors.ts'
import {
  type DatasetName,
  datasetNames,
  defaultNoiseLevel,
  makeDataset,
} from '../../../src/table/datasets/index.ts'
import { type NamedTable, tableOfPoints } from '../../../src/table/table.ts'
import type { LiveSamples } from '../../../src/train/live-samples.ts'
import { latest } from '../latest.ts'
import type { Lesson } from '../lesson.ts'
import { ownSubject } from '../own-files.ts'
import { bindNumber, element, showText } from '../page.ts'
import { takeCsv } from '../training/csv.ts'
import { drawOn, maxDrawn } from '../training/drawing.ts'
import { showLooks } from '../training/looks.ts'
import { createTrainer, stepsAtOnce } from '../training/trainer.ts'
import css from '../training/training.css?inline'
import html from '../training/training.html?raw'
import type { ViewSignals } from '../view.ts'
import type { LossCurve } from '../worker/loss-curve.ts'
import { decimal } from './loss.ts'
import { save } from './saves.ts'

/** The number of points in a built-in dataset, and the minimum in a drawing. */
const [rows, minDrawn] = [1000, 20]
/** The recipe for all other settings, and its number of timesteps. */
const recipe = { name: 'points', T: 17 } as const

const choices = {
  data: [...datasetNames, 'drawing', 'csv'],
  layers: ['1', '2', '3', '4'],
  width: ['8', '16', '32', '64', '128'],
  rate: ['0.001', '0.003', '0.01', '0.03', '0.1', '1'],
} as const
const labels: Readonly<Record<string, string>> = { drawing: 'your drawing', csv: 'your CSV file' }
const labelOf = (name: string) => labels[name] ?? name.replaceAll('-', ' ')

/** Trains in the page, with its own data, run and figures; the trained model becomes the lesson's. */
export function showTraining(view: ViewSignals, lesson: Lesson): void {
  const style = new CSSStyleSheet()
  style.replaceSync(css)
  document.adoptedStyleSheets.push(style)
  element('training').insertAdjacentHTML('beforeend', html)

  const data = bindSelect('train-data', choices.data, 'two-moons')
  const layers = bindSelect('train-layers', choices.layers, '3')
  const width = bindSelect('train-width', choices.width, '64')
  const rate = bindSelect('train-rate', choices.rate, '0.01')
  const [steps, seed] = [signal(1000), signal(0)]
  bindNumber('train-steps', steps)
  bindNumber('train-seed', seed)
  const drawing = drawOn(element<HTMLCanvasElement>('train-pad'))
  element('train-clear').addEventListener('click', drawing.clear)
  const csv = takeCsv(lesson, () => {
    data.value = 'csv'
  })
  effect(() => {
    element('train-drawing').hidden = data.value !== 'drawing'
    element('train-csv').hidden = data.value !== 'csv'
  })
  showText('train-drawn', () => {
    const { count } = drawing.points.value
    return count < maxDrawn ? `${count} points` : `${count} points: there is room for no more`
  })

  /** What to learn; undefined while there is no drawing or file. */
  const table = computed((): NamedTable | undefined => {
    const name = data.value
    if (name === 'csv') return csv.table.value
    if (name !== 'drawing') {
      const noiseLevel = defaultNoiseLevel(name)
      return { name, ...makeDataset({ name, rows, noiseLevel }, seed.value) }
    }
    const columns = ['x', 'y'].map((column) => ({ name: column, kind: 'number' }) as const)
    const points = drawing.points.value
    return points.count < minDrawn ? undefined : { name: labelOf(name), ...tableOfPoints(columns, points) }
  })
  const missing = () =>
    data.value === 'csv' ? 'Choose a CSV file, or drop it here.' : `Draw ${minDrawn} points or more.`
  const request = (): WebTrainRequest => {
    const chosen = table.peek()
    if (!chosen) throw new InputError(untracked(missing), 'missing')
    return {
      dataset: isBuiltIn(data.peek()) ? data.peek() : chosen,
      recipe: recipe.name,
      hidden: Array.from({ length: Number(layers.peek()) }, () => Number(width.peek())),
      learningRate: Number(rate.peek()),
      steps: steps.peek(),
      seed: seed.peek(),
    }
  }

  /** The file of the paused or finished network. */
  const file = signal<Blob>()
  /** Its name in the lesson, once it is opened there. */
  const opened = signal('')
  const exportProblem = signal('')
  const trainer = createTrainer(request, (samples, curve) => {
    const own = isBuiltIn(data.peek()) ? undefined : table.peek()
    showInLesson({ samples, curve, own, name: labelOf(own ? own.name : data.peek()) })
  })
  const showInLesson = latest(async ({ samples, curve, own, name }: AtRest) => {
    const isGone = () => trainer.look.peek() !== samples
    try {
      const { model } = await exportInWorker(samples)
      if (isGone()) return
      file.value = new Blob([model.slice()])
      const label = `${name}, trained here for ${samples.step} steps`
      await lesson.open(file.value, label, (opened) => {
        view.model.value = undefined
        return { ...ownSubject(label, opened, own), history: curve }
      })
      if (!isGone()) opened.value = label
    } catch (error) {
      if (!isGone()) exportProblem.value = messageOf(error)
    }
  })
  const reset = () => {
    csv.problem.value = ''
    trainer.reset()
  }
  effect(() => {
    for (const choice of [data, layers, width, rate, steps, seed, table]) choice.value
    untracked(reset)
  })
  effect(() => {
    trainer.look.value
    file.value = undefined
    opened.value = exportProblem.value = ''
  })

  const go = element('train-go')
  const { state, look, curve, problem } = trainer
  go.addEventListener('click', () => {
    csv.problem.value = ''
    if (state.peek() === 'running') trainer.step()
    else trainer.train()
  })
  effect(() => {
    go.textContent = { ready: 'Train', running: 'Pause', stepping: 'Go on', paused: 'Go on', done: 'Train' }[
      state.value
    ]
  })
  const step = element('train-step')
  step.textContent = `${stepsAtOnce} steps`
  step.addEventListener('click', trainer.step)
  element('train-reset').addEventListener('click', reset)
  const saves = element<HTMLButtonElement>('train-save')
  saves.addEventListener('click', () => save('model.onnx', file.peek()!))
  effect(() => {
    saves.disabled = !file.value
  })
  showText('train-progress', () => {
    const loss = curve.value?.losses.at(-1)
    const taken = look.value?.step ?? 0
    return `Step ${taken} of ${steps.value}${loss === undefined ? '' : `, loss ${decimal(loss)}`}`
  })
  showText('train-status', () => {
    const wrong = csv.problem.value || problem.value || exportProblem.value
    if (wrong) return wrong
    if (!table.value) return missing()
    const isShown = opened.value !== '' && lesson.subject.value.label === opened.value
    return isShown ? 'All sections of this page show this network now.' : ''
  })
  showLooks(lesson, trainer, table, recipe.T)
}

interface AtRest {
  readonly samples: LiveSamples
  readonly curve: LossCurve
  /** The reader's own points. */
  readonly own: NamedTable | undefined
  readonly name: string
}

function isBuiltIn(name: (typeof choices.data)[number]): name is DatasetName {
  return name !== 'drawing' && name !== 'csv'
}

/** A signal bound to a select in both directions. */
function bindSelect<N extends string>(id: string, values: readonly N[], initial: N) {
  const value = signal<N>(initial)
  const select = element<HTMLSelectElement>(id)
  for (const each of values) select.add(new Option(labelOf(each), each))
  select.addEventListener('change', () => {
    value.value = select.value as N
  })
  effect(() => {
    select.value = value.value
  })
  return value
}
