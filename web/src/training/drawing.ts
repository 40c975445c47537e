import { computed, type ReadonlySignal, signal } from '@preact/signals-core'
import type { Points } from '../../../src/numerics/points.ts'
import { standardNormals, streams } from '../../../src/numerics/random.ts'
import { cloud } from '../draw/cloud.ts'
import { figure } from '../draw/figure.ts'

/** More points add nothing, and hide each other. */
export const maxDrawn = 3000
/** The points of a dab, their scatter, and the distance between the dabs of a stroke, on a pad from -1 to 1. */
const dab = { points: 4, scatter: 0.035, spacing: 0.035 }

export interface Drawing {
  /** In the pad's units. */
  readonly points: ReadonlySignal<Points>
  clear(): void
}

/** Makes a canvas drawable by mouse, finger or pen: strokes leave points, and the same strokes the same points. */
export function drawOn(canvas: HTMLCanvasElement): Drawing {
  const drawn = signal<readonly number[]>([])
  const points = computed(() => ({
    data: Float32Array.from(drawn.value),
    count: drawn.value.length / 2,
    dim: 2,
  }))

  const dabs = (places: readonly (readonly [number, number])[]) => {
    const start = drawn.peek().length / 2
    const count = Math.min(places.length * dab.points, maxDrawn - start)
    if (count === 0) return
    const scatter = standardNormals({ seed: 0, stream: streams.datasets, step: 0, start, count, dim: 2 })
    const added = Array.from({ length: 2 * count }, (_, k) => {
      const place = places[Math.floor(k / 2 / dab.points)]!
      return place[k % 2]! + dab.scatter * scatter[k]!
    })
    drawn.value = [...drawn.peek(), ...added]
  }

  /** The position of the stroke's last dab. */
  let last: readonly [number, number] = [0, 0]
  const placeOf = ({ clientX, clientY }: PointerEvent) => {
    const { left, top, width, height } = canvas.getBoundingClientRect()
    return [((clientX - left) / width) * 2 - 1, 1 - ((clientY - top) / height) * 2] as const
  }
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return
    canvas.setPointerCapture(event.pointerId)
    last = placeOf(event)
    dabs([last])
  })
  canvas.addEventListener('pointermove', (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return
    const [fromX, fromY] = last
    const [x, y] = placeOf(event)
    const steps = Math.floor(Math.hypot(x - fromX, y - fromY) / dab.spacing)
    if (steps === 0) return
    dabs(
      Array.from({ length: steps }, (_, i) => {
        const share = (i + 1) / steps
        return [fromX + share * (x - fromX), fromY + share * (y - fromY)] as const
      }),
    )
    last = [x, y]
  })

  figure(canvas, {
    paint: (frame) => cloud(frame, points.value, frame.colours.real),
    describe: () => `Your drawing: ${points.value.count} points.`,
    reach: () => 1,
    ticks: () => [[]],
  })
  return {
    points,
    clear() {
      drawn.value = []
    },
  }
}
