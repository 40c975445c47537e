import { computed } from '@preact/signals-core'
import type { Points } from '../../../src/core/points.ts'
import { standardNormals, streams } from '../../../src/core/random.ts'
import { forwardProcess } from '../../../src/diffusion/prediction.ts'
import type { Schedule } from '../../../src/diffusion/schedule.ts'
import { reachOf } from '../../../src/page/cloud.ts'
import type { EncodedColumn } from '../../../src/table/encoding.ts'
import { cloud } from '../draw/cloud.ts'
import { figure } from '../draw/figure.ts'
import type { Lesson } from '../lesson.ts'
import { bindRange, element, showText } from '../page.ts'
import type { ViewSignals } from '../view.ts'

/** The data with the noise of the forward process: every point's noise is the same at every t. */
export function noised(schedule: Schedule, x_0: Points, t: number): Points {
  const { count, dim } = x_0
  const data = standardNormals({ seed: 0, stream: streams.trainingNoise, step: 0, start: 0, count, dim })
  return forwardProcess(schedule, x_0, new Uint16Array(count).fill(t), { data, count, dim })
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0.0995 || share === 0 ? 0 : 1)} %`
}

/** With a minus sign, which a hyphen is not. */
function decimal(value: number): string {
  return value.toFixed(2).replace('-', '−')
}

/** The timestep that the forward process is shown at. */
export function forwardTimestep(view: ViewSignals, { subject }: Lesson) {
  return computed(() => {
    const { T } = subject.value.schedule
    return Math.min(view.t.value ?? Math.round(T / 2), T)
  })
}

const noData = 'The data of this model is not known here: drop its CSV file on the page.'

/** Figures 1 and 2: the data, and the data with noise. */
export function showClouds(view: ViewSignals, lesson: Lesson): void {
  const { subject } = lesson
  const t = forwardTimestep(view, lesson)
  const known = () => subject.value.data
  figure(element('data-figure'), {
    paint(frame) {
      const data = known()
      if (data) cloud(frame, data, frame.colours.data)
    },
    describe() {
      const data = known()
      if (!data) return noData
      return `Scatter plot of ${data.count} training points of ${subject.value.label}.`
    },
    reach: () => reachOf(1),
  })
  showText('data-caption', () => {
    const { data, encoding } = subject.value
    const { columns } = encoding
    if (!data) return noData
    const range = ({ name, min, max }: EncodedColumn) => `${name} from ${decimal(min)} to ${decimal(max)}`
    const shown = columns.length > 2 ? ` Shown are the first two of ${columns.length} columns.` : ''
    return `${data.count} points: ${columns
      .slice(0, 2)
      .map(range)
      .join(', ')}. The square is what the data is scaled to, −1 to 1.${shown}`
  })

  const share = () => {
    const alphaBar = subject.value.schedule.alphaBars[t.value]!
    return `${percent(alphaBar)} of the variance is signal, ${percent(1 - alphaBar)} noise`
  }
  figure(element('forward-figure'), {
    paint(frame) {
      const data = known()
      if (data) cloud(frame, noised(subject.value.schedule, data, t.value), frame.colours.data)
    },
    describe: () => (known() ? `The same points at t = ${t.value}: ${share()}.` : noData),
    reach: () => reachOf(subject.value.schedule.alphaBars[t.value]!),
  })
  const set = (value: number) => {
    view.t.value = value
  }
  bindRange(
    'forward-t',
    { get: () => t.value, set },
    () => subject.value.schedule.T,
    (value) => `t = ${value}`,
  )
  showText('forward-value', () => `t = ${t.value} of ${subject.value.schedule.T}: ${share()}`)
}
