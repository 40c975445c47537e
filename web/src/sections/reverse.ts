import { computed, effect } from '@preact/signals-core'
import { reachOf } from '../../../src/browser/cloud.ts'
import { type SamplerName, samplerNames } from '../../../src/diffusion/samplers/index.ts'
import { between, cloud, density } from '../draw/cloud.ts'
import { type Figure, figure } from '../draw/figure.ts'
import type { Lesson } from '../lesson.ts'
import { committedModels } from '../models.ts'
import { bindNumber, bindRange, element, showText } from '../page.ts'
import type { Player } from '../player.ts'
import type { Backend, ViewSignals } from '../view.ts'

/** Shows the reverse process on two canvases, the opening one and the section's own, with all controls. */
export function showReverse(view: ViewSignals, lesson: Lesson, player: Player): void {
  const { trajectory, subject, computedBy } = lesson
  const { position, playing, last } = player
  const nearest = computed(() => Math.round(position.value))
  /** The states before and after the position, and the fraction of the way between them. */
  const around = () => {
    const { states } = trajectory.value
    const step = Math.floor(position.value)
    const share = position.value - step
    const [from, to] = [states[step], states[Math.min(step + 1, states.length - 1)]]
    return from && to && { from, to, share: share * share * (3 - 2 * share) }
  }
  const reachAt = (t: number) => {
    const { alphaBars } = subject.value.schedule
    return reachOf(alphaBars[t] ?? alphaBars.at(-1)!)
  }
  const drawn: Figure = {
    paint(frame) {
      const { data } = subject.value
      if (data) {
        density(frame, data)
        cloud(frame, data, frame.colours.real, 0.25)
      }
      const now = around()
      if (now) cloud(frame, between(now.from.points, now.to.points, now.share), frame.colours.samples)
    },
    describe() {
      const state = trajectory.value.states[nearest.value]
      if (!state) return 'The samples are being computed.'
      return `${state.points.count} samples after ${state.step} of ${last.value} steps, at t = ${state.t}, over the data.`
    },
    reach() {
      const now = around()
      if (!now) return reachAt(subject.value.schedule.T)
      return (1 - now.share) * reachAt(now.from.t) + now.share * reachAt(now.to.t)
    },
  }
  figure(element('opening-figure'), drawn)
  figure(element('reverse-figure'), drawn)

  for (const id of ['opening-play', 'reverse-play']) {
    const button = element(id)
    button.addEventListener('click', player.toggle)
    effect(() => {
      button.textContent = playing.value ? 'Pause' : 'Play'
    })
  }
  element('reverse-back').addEventListener('click', () => player.hold(Math.max(0, nearest.peek() - 1)))
  element('reverse-forward').addEventListener('click', () =>
    player.hold(Math.min(last.peek(), nearest.peek() + 1)),
  )
  bindRange(
    'reverse-step',
    { get: () => nearest.value, set: player.hold },
    () => last.value,
    (step) => `step ${step} of ${last.value}`,
  )
  showText('reverse-value', () => {
    const state = trajectory.value.states[nearest.value]
    return state ? `step ${state.step} of ${last.value}, t = ${state.t}` : 'computing'
  })
  showText('computed-by', () => computedBy.value)
  showControls(view, lesson)
}

function showControls(view: ViewSignals, { model, subject, choice, timesteps, problem }: Lesson): void {
  const models = element<HTMLSelectElement>('model')
  for (const { name, label } of committedModels) models.add(new Option(label, name))
  const readersModel = new Option('', '')
  models.addEventListener('change', () => {
    // choices for one model don't apply to another
    for (const key of ['sampler', 'steps', 't', 'step', 'fieldT'] as const) view[key].value = undefined
    view.model.value = models.value
  })
  effect(() => {
    const name = view.model.value
    if (name === undefined) {
      readersModel.text = subject.value.label
      models.add(readersModel)
    } else readersModel.remove()
    models.value = name ?? ''
  })

  const samplers = element<HTMLSelectElement>('sampler')
  for (const name of samplerNames()) samplers.add(new Option(name))
  samplers.addEventListener('change', () => {
    view.sampler.value = samplers.value as SamplerName
  })
  effect(() => {
    samplers.value = choice.value.sampler ?? model.value?.recommended.sampler.name ?? ''
  })

  const steps = {
    get: () => timesteps.value.length || 1,
    set: (value: number) => {
      view.steps.value = value
      view.step.value = undefined
    },
  }
  bindRange('steps', steps, () => subject.value.schedule.T, String)
  showText('steps-value', () => `${timesteps.value.length} of ${subject.value.schedule.T}`)
  bindNumber('seed', view.seed)
  bindNumber('count', view.count)
  element('next-seed').addEventListener('click', () => {
    view.step.value = undefined
    view.seed.value += 1
  })
  const backend = element<HTMLSelectElement>('backend')
  backend.addEventListener('change', () => {
    problem.value = ''
    view.backend.value = backend.value as Backend
  })
  effect(() => {
    backend.value = view.backend.value
  })
}
