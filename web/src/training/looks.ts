import { computed, effect, type ReadonlySignal, signal } from '@preact/signals-core'
import { messageOf } from '../../../src/core/errors.ts'
import { columnRanges, type Points, toFloat32 } from '../../../src/numerics/points.ts'
import { linearColumns, scalePoints } from '../../../src/table/encodings/scaled.ts'
import { type NamedTable, namesOf, pointsOf } from '../../../src/table/table.ts'
import type { LiveSamples } from '../../../src/train/live-samples.ts'
import { cloud } from '../draw/cloud.ts'
import { figure } from '../draw/figure.ts'
import { reducedMotion } from '../draw/theme.ts'
import { latest } from '../latest.ts'
import type { Lesson } from '../lesson.ts'
import { thinned } from '../own-files.ts'
import { bindRange, element, showText } from '../page.ts'
import { drawArrows, grid } from '../sections/field.ts'
import { lossChart } from '../sections/loss.ts'
import { reach } from '../view.ts'
import type { Learning } from '../worker/field.ts'
import type { Trainer } from './trainer.ts'

/** More points behind live samples only cost time. */
const maxShown = 2000
/** With reduced motion, a run's figures change only after this many steps. */
const calmSteps = 100
/** The reach of the samples' figure: those of an untrained network lie far from the data. */
const samplesReach = 1.4

/** Shows a run's figures: its samples over the training points, its field and its loss. `T` is the recipe's. */
export function showLooks(
  { worker }: Lesson,
  { state, look, curve }: Trainer,
  table: ReadonlySignal<NamedTable | undefined>,
  T: number,
): void {
  const shown = signal<LiveSamples>()
  effect(() => {
    const seen = look.value
    const isCalm = reducedMotion.value && state.value === 'running'
    if (!seen || !isCalm || seen.step % calmSteps === 0) shown.value = seen
  })
  const data = computed(() => {
    if (!table.value) return
    const points = pointsOf(table.value)
    const scaled = linearColumns({ columns: namesOf(table.value), scaler: columnRanges(points) })
    return toFloat32(scalePoints(scaled, thinned(points, maxShown)))
  })
  const samples = computed(
    () =>
      shown.value && toFloat32(scalePoints(linearColumns(shown.value.config), pointsOf(shown.value.table))),
  )
  figure(element('train-samples'), {
    paint(frame) {
      if (data.value) cloud(frame, data.value, frame.colours.behind, 0.4)
      if (samples.value) cloud(frame, samples.value, frame.colours.samples)
    },
    describe: () =>
      shown.value
        ? `${shown.value.table.count} samples after ${shown.value.step} steps of training, over the points to learn.`
        : 'The points to learn; there are no samples yet.',
    reach: () => samplesReach,
  })

  const t = signal(Math.ceil(T / 6))
  bindRange(
    'train-t',
    {
      get: () => t.value,
      set: (value) => {
        t.value = value
      },
    },
    () => T,
    (value) => `t = ${value}`,
  )
  const arrows = signal<Points>()
  const problem = signal('')
  const ask = latest(async ({ learning, at }: { learning: Learning; at: number }) => {
    try {
      const answer = await worker.field(grid, at, learning)
      problem.value = ''
      if (shown.peek()) arrows.value = answer
    } catch (error) {
      problem.value = messageOf(error)
    }
  })
  effect(() => {
    if (!shown.value) arrows.value = undefined
    else ask({ learning: { config: shown.value.config, weights: shown.value.weights }, at: t.value })
  })
  figure(element('train-field'), {
    paint(frame) {
      if (data.value) cloud(frame, data.value, frame.colours.real, 0.3)
      if (arrows.value) drawArrows(frame, arrows.value)
    },
    describe: () =>
      arrows.value
        ? `Arrows on a grid: the negative predicted noise at t = ${t.value}.`
        : 'There is no network yet whose field could be drawn.',
    reach: () => reach,
  })
  showText('train-t-value', () => problem.value || `t = ${t.value} of ${T}`)

  const chart = element('train-loss')
  effect(() => {
    if (curve.value) chart.replaceChildren(lossChart(curve.value, { width: 260, height: 260 }))
    else chart.textContent = 'Press Train to see the loss fall.'
  })
}
