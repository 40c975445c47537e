import { computed } from '@preact/signals-core'
import { reachOf } from '../../../src/browser/cloud.ts'
import { forwardProcess } from '../../../src/diffusion/prediction.ts'
import type { Schedule } from '../../../src/diffusion/schedule.ts'
import type { Points } from '../../../src/numerics/points.ts'
import { standardNormals, streams } from '../../../src/numerics/random.ts'
import { cloud } from '../draw/cloud.ts'
import { figure } from '../draw/figure.ts'
import type { Lesson } from '../lesson.ts'
import { bindRange, element, showText } from '../page.ts'
import type { ViewSignals } from '../view.ts'

/** Adds the forward process's noise to data; each point has the same noise at every t. */
export function noised(schedule: Schedule, x_0: Points, t: number): Points {
  const { count, dim } = x_0
  const data = standardNormals({ seed: 0, stream: streams.trainingNoise, step: 0, start: 0, count, dim })
  return forwardProcess(schedule, x_0, new Uint16Array(count).fill(t), { data, count, dim })
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0.0995 || share === 0 ? 0 : 1)} %`
}

/** Formats a number with a minus sign in place of a hyphen. */
function decimal(value: number): string {
  const text = Math.abs(value) < 1000 ? value.toFixed(2) : String(Number(value.toPrecision(6)))
  return text.replace('-', '−')
}

/** The timestep to show of the forward process. */
export function forwardTimestep(view: ViewSignals, { subject }: Lesson) {
  return computed(() => {
    const { T } = subject.value.schedule
    return Math.min(view.t.value ?? Math.round(T / 2), T)
  })
}

/** Formats a tick label with three digits. */
const short = (value: number) => String(Number(value.toPrecision(3))).replace('-', '−')

/** Three to six round numbers from one to another: multiples of 1, 2 or 5 and a power of ten. */
function roundBetween(min: number, max: number): number[] {
  const power = 10 ** Math.floor(Math.log10((max - min) / 3))
  const step = power * ([5, 2].find((times) => times * power * 3 <= max - min) ?? 1)
  const first = Math.ceil(min / step)
  return Array.from({ length: Math.floor(max / step) - first + 1 }, (_, k) => (first + k) * step)
}

const noData = 'The data of this model is not known here: drop its CSV file on the page.'

/** Figures 1 and 2: the data, and the data with noise. */
export function showClouds(view: ViewSignals, lesson: Lesson): void {
  const { subject } = lesson
  const t = forwardTimestep(view, lesson)
  const realData = () => subject.value.data
  // in the data's own units, as round numbers
  const ticks = () =>
    subject.value.columns
      .slice(0, 2)
      .map(({ min, max }) =>
        roundBetween(min, max).map((value) => [(2 * value - max - min) / (max - min), short(value)] as const),
      )
  figure(element('data-figure'), {
    paint(frame) {
      const data = realData()
      if (data) cloud(frame, data, frame.colours.real)
    },
    describe() {
      const { data, source } = subject.value
      return data && source ? `Scatter plot of ${data.count} points of ${source.name}.` : noData
    },
    reach: () => reachOf(1),
    ticks,
  })
  showText('data-caption', () => {
    const { data, source } = subject.value
    if (!data || !source) return noData
    const { name, rows, ranges } = source
    const spans = ranges
      .slice(0, 2)
      .map(({ name, min, max }) => `${name} from ${decimal(min)} to ${decimal(max)}`)
    const drawn = data.count < rows ? `, ${data.count} of them drawn: more would hide each other` : ''
    const shown = ranges.length > 2 ? ` Shown are the first two of ${ranges.length} columns.` : ''
    return `${name}, ${rows} points${drawn}: ${spans.join(', ')}. The square is what the model scales to −1 to 1.${shown}`
  })

  const share = () => {
    const alphaBar = subject.value.schedule.alphaBars[t.value]!
    return `${percent(alphaBar)} of the variance is signal, ${percent(1 - alphaBar)} noise`
  }
  figure(element('forward-figure'), {
    paint(frame) {
      const data = realData()
      if (data) cloud(frame, noised(subject.value.schedule, data, t.value), frame.colours.real)
    },
    describe: () => (realData() ? `The same points at t = ${t.value}: ${share()}.` : noData),
    reach: () => reachOf(subject.value.schedule.alphaBars[t.value]!),
    ticks,
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
