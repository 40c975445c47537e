import { effect, signal } from '@preact/signals-core'
import { messageOf } from '../../../src/core/errors.ts'
import { allFinite } from '../../../src/numerics/points.ts'
import type { Lesson } from '../lesson.ts'
import { showText } from '../page.ts'
import type { Player } from '../player.ts'
import type { ViewSignals } from '../view.ts'
import type { State } from '../worker/lesson.ts'

/** Shows the distance between the player's samples and the data, next to that of real points, one question at a time. */
export function showDistance(
  view: ViewSignals,
  { worker, subject, trajectory }: Lesson,
  player: Player,
): void {
  const unknown = 'not known without the data'
  const text = signal('')
  const nullText = signal('')
  showText('distance', () => text.value)
  showText('null-distance', () => nullText.value)

  let distances = new WeakMap<State, number>()
  const wanted = signal<State>()
  /** Changes with the data. */
  const version = signal(0)
  effect(() => {
    const { real } = subject.value
    const count = view.count.value
    distances = new WeakMap()
    const mine = version.peek() + 1
    version.value = mine
    nullText.value = real ? 'computing' : unknown
    // half of the data is as large as the samples
    worker
      .setData(real, Math.max(2 * count, 100))
      .then(() => real && worker.nullDistance(count))
      .then(
        (distance) => {
          if (mine === version.peek()) nullText.value = distance?.toFixed(4) ?? unknown
        },
        (error) => {
          if (mine === version.peek()) nullText.value = messageOf(error)
        },
      )
  })
  effect(() => {
    wanted.value = trajectory.value.states[Math.round(player.position.value)]
  })

  let busy = false
  const show = async () => {
    const state = wanted.peek()
    if (!state || !subject.peek().real) {
      text.value = state ? unknown : ''
      return
    }
    const distance = distances.get(state)
    if (distance !== undefined) {
      text.value = distance.toFixed(4)
      return
    }
    if (busy) return
    busy = true
    const cache = distances
    const answer = allFinite(state.points.data)
      ? await worker.distanceToData(state.points).catch(() => Number.NaN)
      : Number.NaN
    cache.set(state, answer)
    busy = false
    show()
  }
  effect(() => {
    version.value
    wanted.value
    show()
  })
}
