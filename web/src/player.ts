import { computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals-core'
import { reducedMotion } from './draw/theme.ts'
import type { Lesson } from './lesson.ts'
import type { ViewSignals } from './view.ts'

/** Selects the state of the trajectory to show. */
export interface Player {
  /** Between two states during playback. */
  readonly position: ReadonlySignal<number>
  readonly playing: ReadonlySignal<boolean>
  /** The number of steps in the trajectory. */
  readonly last: ReadonlySignal<number>
  toggle(): void
  /** Stops at a step. */
  hold(step: number): void
}

/** A whole trajectory takes about this long to play, however many steps it has. */
const trajectorySeconds = 4
const slowestStep = 0.8

/** Plays each new trajectory once from its start, unless the view holds a step or the reader prefers reduced motion. */
export function createPlayer(view: ViewSignals, { trajectory, timesteps }: Lesson): Player {
  const wanted = signal(0)
  const playing = signal(false)
  const last = computed(() => timesteps.value.length)
  const reached = computed(() => Math.max(0, trajectory.value.states.length - 1))
  const position = computed(() => Math.min(wanted.value, reached.value))

  let frame = 0
  const stop = () => {
    cancelAnimationFrame(frame)
    playing.value = false
  }
  const play = (from: number) => {
    stop()
    wanted.value = from
    playing.value = true
    let before: number | undefined
    const advance = (now: number) => {
      const seconds = (now - (before ?? now)) / 1000
      before = now
      const stepSeconds = Math.min(slowestStep, trajectorySeconds / last.peek())
      // not beyond what is computed
      wanted.value = Math.min(wanted.peek() + seconds / stepSeconds, reached.peek())
      if (wanted.peek() >= last.peek()) playing.value = false
      else frame = requestAnimationFrame(advance)
    }
    frame = requestAnimationFrame(advance)
  }
  const hold = (step: number) => {
    stop()
    wanted.value = step
    view.step.value = step < last.peek() ? step : undefined
  }

  const trajectoryId = computed(() => trajectory.value.id)
  effect(() => {
    if (trajectoryId.value === 0) return
    untracked(() => {
      const held = view.step.peek()
      if (held !== undefined) wanted.value = Math.min(held, last.peek())
      else if (reducedMotion.peek()) wanted.value = last.peek()
      else play(0)
    })
  })

  return {
    position,
    playing,
    last,
    hold,
    toggle() {
      if (playing.peek()) hold(Math.round(position.peek()))
      else {
        view.step.value = undefined
        play(position.peek() >= last.peek() ? 0 : position.peek())
      }
    },
  }
}
