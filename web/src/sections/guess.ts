import { effect, signal } from '@preact/signals-core'
import { reachOf } from '../../../src/browser/cloud.ts'
import { messageOf } from '../../../src/core/errors.ts'
import { standardNormals, streams } from '../../../src/numerics/random.ts'
import { latest } from '../latest.ts'
import type { Lesson } from '../lesson.ts'
import { element, showText } from '../page.ts'
import type { ViewSignals } from '../view.ts'
import { forwardTimestep, noised } from './clouds.ts'

/** Says, of the noisy point under the pointer, which noise it has, and which one the network guesses. */
export function showGuess(view: ViewSignals, lesson: Lesson): void {
  const { worker, model, subject } = lesson
  const canvas = element('forward-figure')
  const t = forwardTimestep(view, lesson)
  const text = signal('')
  showText('forward-guess', () => text.value)
  const ask = latest(async ({ at, i }: { at: number; i: number }) => {
    const shown = subject.peek()
    const { data, schedule } = shown
    if (!data) return
    const { count, dim } = data
    const noise = standardNormals({ seed: 0, stream: streams.trainingNoise, step: 0, start: 0, count, dim })
    const rows = noised(schedule, data, at).data
    const point = { data: Float32Array.from(rows.subarray(i * dim, (i + 1) * dim)), count: 1, dim }
    const answer = await worker
      .field(point, at)
      .then(
        ({ data }) =>
          `This point has the noise ${place(noise.subarray(i * dim, (i + 1) * dim))}; the network guesses ${place(data.map((value) => -value))}.`,
        messageOf,
      )
    if (shown === subject.peek() && at === t.peek()) text.value = answer
  })
  canvas.addEventListener('pointermove', ({ offsetX, offsetY }) => {
    const { data, schedule } = subject.peek()
    const at = t.peek()
    if (!data || !model.peek() || at === 0 || data.dim !== 2) return
    const reach = reachOf(schedule.alphaBars[at]!)
    const scale = (2 * reach) / canvas.clientWidth
    const points = noised(schedule, data, at)
    ask({ at, i: nearest(points.data, offsetX * scale - reach, reach - offsetY * scale) })
  })
  // what was said is of another t, or another model
  effect(() => {
    t.value
    subject.value
    text.value = ''
  })
}

function nearest(data: ArrayLike<number>, x: number, y: number): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY]
  for (let i = 0; 2 * i < data.length; i++) {
    const distance = Math.hypot(data[2 * i]! - x, data[2 * i + 1]! - y)
    if (distance < least) [best, least] = [i, distance]
  }
  return best
}

const place = (values: ArrayLike<number>) =>
  `(${Array.from(values, (value) => value.toFixed(2).replace('-', '−')).join(', ')})`
