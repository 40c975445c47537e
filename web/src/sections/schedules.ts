import { computed, effect } from '@preact/signals-core'
import { reachOf } from '../../../src/browser/cloud.ts'
import { messageOf } from '../../../src/core/errors.ts'
import { createSchedule, type Schedule, type ScheduleConfig } from '../../../src/diffusion/schedule.ts'
import { lineChart } from '../draw/chart.ts'
import { cloud } from '../draw/cloud.ts'
import { figure } from '../draw/figure.ts'
import type { Lesson } from '../lesson.ts'
import { bindRange, element, showText } from '../page.ts'
import type { ViewSignals } from '../view.ts'
import { forwardTimestep, noised, percent } from './clouds.ts'

const compared: readonly { title: string; config: ScheduleConfig }[] = [
  { title: 'Linear', config: { kind: 'linear', betaStart: 1e-4, betaEnd: 0.9 } },
  {
    title: "Polynomial, the post's",
    config: { kind: 'polynomial', betaStart: 1e-4, betaEnd: 0.9, power: 3 },
  },
  { title: 'Squared cosine', config: { kind: 'squaredcos_cap_v2' } },
  { title: 'Karras', config: { kind: 'karras', sigmaMin: 0.04, sigmaMax: 6, rho: 20 } },
]

/** Shows schedules side by side, with the model's number of timesteps: the share of noise, and the data at one t. */
export function showSchedules(view: ViewSignals, lesson: Lesson): void {
  const { subject } = lesson
  const t = forwardTimestep(view, lesson)
  const schedules = computed(() =>
    compared.map(({ config }): Schedule | string => {
      try {
        return createSchedule(config, subject.value.schedule.T)
      } catch (error) {
        return messageOf(error)
      }
    }),
  )
  /** The noisiest schedule's reach, since all figures share their axes. */
  const reach = () =>
    Math.max(
      ...schedules.value.map((schedule) =>
        typeof schedule === 'string' ? 0 : reachOf(schedule.alphaBars[t.value]!),
      ),
    )
  const place = element('schedule-charts')
  for (const [i, { title }] of compared.entries()) {
    const box = document.createElement('div')
    const heading = document.createElement('h3')
    const chart = document.createElement('div')
    const canvas = document.createElement('canvas')
    canvas.setAttribute('role', 'img')
    box.append(heading, chart, canvas)
    place.append(box)
    effect(() => {
      const schedule = schedules.value[i]!
      const isModels = typeof schedule !== 'string' && isSame(schedule, subject.value.schedule)
      heading.textContent = isModels ? `${title} (this model's)` : title
      chart.replaceChildren(typeof schedule === 'string' ? schedule : noiseChart(title, schedule, t.value))
    })
    figure(canvas, {
      paint(frame) {
        const { data } = subject.value
        const schedule = schedules.value[i]!
        if (data && typeof schedule !== 'string')
          cloud(frame, noised(schedule, data, t.value), frame.colours.real)
      },
      describe: () => `The data at t = ${t.value} by the schedule ${title}`,
      reach,
    })
  }
  const set = (value: number) => {
    view.t.value = value
  }
  bindRange(
    'schedule-t',
    { get: () => t.value, set },
    () => subject.value.schedule.T,
    (value) => `t = ${value}`,
  )
  showText('schedule-value', () => `t = ${t.value} of ${subject.value.schedule.T}`)
  effect(() => {
    const isOneStep = subject.value.schedule.T === 1
    element('schedule-figure').hidden = isOneStep
    element('schedule-none').hidden = !isOneStep
  })
}

function noiseChart(title: string, { alphaBars, T }: Schedule, t: number): SVGSVGElement {
  const noise = 1 - alphaBars[t]!
  return lineChart({
    points: alphaBars.map((alphaBar, i) => [i, 1 - alphaBar]),
    x: 't',
    y: 'share of noise',
    yDomain: [0, 1],
    mark: [t, noise],
    width: 210,
    height: 160,
    description: `${title}: the share of noise from 0 at t = 0 to ${percent(1 - alphaBars[T]!)} at t = ${T}; ${percent(noise)} at t = ${t}`,
  })
}

function isSame(a: Schedule, b: Schedule): boolean {
  return a.betas.every((beta, t) => Math.abs(beta - b.betas[t]!) < 1e-9)
}
