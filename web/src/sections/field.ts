import { computed, effect, signal } from '@preact/signals-core'
import { messageOf } from '../../../src/core/errors.ts'
import type { FloatArray, Points } from '../../../src/numerics/points.ts'
import { standardNormals, streams } from '../../../src/numerics/random.ts'
import { cloud } from '../draw/cloud.ts'
import { type Frame, figure } from '../draw/figure.ts'
import { latest } from '../latest.ts'
import type { Lesson } from '../lesson.ts'
import { bindRange, element, showText } from '../page.ts'
import type { ProcessChoice } from '../process-choice.ts'
import { reach, type ViewSignals } from '../view.ts'

/** The number of arrows along a side of the figure. */
const side = 21
/** The maximum length of an arrow, in units of noise. */
const longest = 3

/** The positions of the arrows. */
export const grid: Points = {
  data: Float32Array.from({ length: 2 * side * side }, (_, k) => {
    const i = k >> 1
    const place = k % 2 === 0 ? i % side : Math.floor(i / side)
    return (((place + 0.5) / side) * 2 - 1) * reach
  }),
  count: side * side,
  dim: 2,
}

/** The starts of many paths: noise, the same each time. */
const manyStarts: Points = {
  data: standardNormals({ seed: 1, stream: streams.datasets, step: 0, start: 0, count: 80, dim: 2 }),
  count: 80,
  dim: 2,
}

/** Shows the negative predicted noise at one t, with one sample's path over it. */
export function showField(view: ViewSignals, lesson: Lesson): void {
  const { worker, model, subject, choice, timesteps } = lesson
  const t = computed(() => {
    const { T } = subject.value.schedule
    return Math.min(view.fieldT.value ?? Math.ceil(T / 2), T)
  })
  const isPlanar = computed(() => subject.value.columns.length === 2)
  const arrows = signal<Points>()
  const path = signal<readonly (readonly number[])[]>([])
  /** Many samples at once, after each step. */
  const paths = signal<readonly Points<FloatArray>[]>([])
  const hasMany = signal(false)
  const problem = signal('')
  const askField = latest(async (at: number) => {
    problem.value = ''
    try {
      arrows.value = await worker.field(grid, at)
    } catch (error) {
      problem.value = messageOf(error)
    }
  })
  const askPath = latest(
    async ({ chosen, start }: { chosen: ProcessChoice; start: readonly [number, number] }) => {
      problem.value = ''
      try {
        path.value = await worker.path(chosen, start)
      } catch (error) {
        problem.value = messageOf(error)
      }
    },
  )
  const many = element<HTMLInputElement>('field-many')
  const askMany = latest(async (chosen: ProcessChoice) => {
    try {
      paths.value = await worker.paths(chosen, manyStarts)
    } catch (error) {
      problem.value = messageOf(error)
    }
  })
  many.addEventListener('change', () => {
    hasMany.value = many.checked
  })
  effect(() => {
    paths.value = []
    if (hasMany.value && model.value && isPlanar.value) askMany(choice.value)
  })
  effect(() => {
    arrows.value = undefined
    if (model.value && isPlanar.value) askField(t.value)
  })
  effect(() => {
    if (model.value && isPlanar.value) askPath({ chosen: choice.value, start: view.start.value })
  })

  /** The step of the path at t, or just above it. */
  const passed = computed(() => timesteps.value.filter((each) => each >= t.value).length - 1)
  const place = ([x, y]: readonly number[]) => `(${x!.toFixed(2)}, ${y!.toFixed(2)})`
  const pathText = () => {
    const end = path.value.at(-1)
    const steps = path.value.length - 1
    return end
      ? `The path goes from ${place(path.value[0]!)} to ${place(end)} in ${steps} step${steps === 1 ? '' : 's'}.`
      : ''
  }
  const notPlanar = () =>
    `The field is drawn for models of two columns; this one has ${subject.value.columns.length}.`
  figure(element('field-figure'), {
    paint(frame) {
      const { data } = subject.value
      if (data) cloud(frame, data, frame.colours.real, 0.3)
      if (arrows.value) drawArrows(frame, arrows.value)
      drawPaths(frame, paths.value)
      drawPath(frame, path.value, Math.max(0, passed.value))
    },
    describe: () =>
      isPlanar.value
        ? `Arrows on a grid: the negative predicted noise at t = ${t.value}. ${pathText()}`
        : notPlanar(),
    reach: () => reach,
  })
  showText('field-path', () => problem.value || (isPlanar.value ? pathText() : notPlanar()))
  const set = (value: number) => {
    view.fieldT.value = value
  }
  bindRange(
    'field-t',
    { get: () => t.value, set },
    () => subject.value.schedule.T,
    (value) => `t = ${value}`,
  )
  showText('field-value', () => `t = ${t.value} of ${subject.value.schedule.T}`)
  steerStart(view, isPlanar)
}

/** Makes the start of the path a handle, for the pointer, and for arrow keys once it has the focus. */
function steerStart(view: ViewSignals, isPlanar: { readonly value: boolean }): void {
  const handle = element('field-start')
  const stage = handle.parentElement!
  const move = (x: number, y: number) => {
    const inside = (value: number) => Math.round(Math.min(reach, Math.max(-reach, value)) * 100) / 100
    view.start.value = [inside(x), inside(y)]
  }
  handle.addEventListener('pointerdown', (event) => handle.setPointerCapture(event.pointerId))
  handle.addEventListener('pointermove', (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return
    const { left, top, width } = stage.getBoundingClientRect()
    move(
      ((event.clientX - left) / width) * 2 * reach - reach,
      reach - ((event.clientY - top) / width) * 2 * reach,
    )
  })
  const directions: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, 1],
    ArrowDown: [0, -1],
  }
  handle.addEventListener('keydown', (event) => {
    const direction = directions[event.key]
    if (!direction) return
    event.preventDefault()
    const far = event.shiftKey ? 0.01 : 0.1
    const [x, y] = view.start.peek()
    move(x + far * direction[0], y + far * direction[1])
  })
  effect(() => {
    const [x, y] = view.start.value
    handle.hidden = !isPlanar.value
    handle.style.left = `${((x + reach) / (2 * reach)) * 100}%`
    handle.style.top = `${((reach - y) / (2 * reach)) * 100}%`
    handle.setAttribute('aria-label', `Start of the path: ${x.toFixed(2)}, ${y.toFixed(2)}`)
  })
}

/** Draws an arrow at each point of the grid. */
export function drawArrows({ context, colours, width, x, y }: Frame, { data }: Points): void {
  const cell = width / side
  context.strokeStyle = context.fillStyle = colours.behind
  context.lineWidth = 1.1
  for (let i = 0; i < grid.count; i++) {
    const [u, v] = [data[2 * i]!, data[2 * i + 1]!]
    const size = Math.hypot(u, v)
    if (!(size > 0)) continue
    const length = cell * (0.15 + 0.75 * Math.min(1, size / longest))
    const [dx, dy] = [(u / size) * length, (-v / size) * length]
    const [tipX, tipY] = [x(grid.data[2 * i]!) + dx / 2, y(grid.data[2 * i + 1]!) + dy / 2]
    context.beginPath()
    context.moveTo(tipX - dx, tipY - dy)
    context.lineTo(tipX, tipY)
    // two strokes for the head, a third of the arrow long
    for (const turn of [0.82 * Math.PI, -0.82 * Math.PI]) {
      const [cos, sin] = [Math.cos(turn) * 0.36, Math.sin(turn) * 0.36]
      context.moveTo(tipX, tipY)
      context.lineTo(tipX + dx * cos - dy * sin, tipY + dx * sin + dy * cos)
    }
    context.stroke()
  }
}

function drawPaths({ context, colours, x, y }: Frame, states: readonly Points<FloatArray>[]): void {
  const [first] = states
  if (!first) return
  context.strokeStyle = context.fillStyle = colours.samples
  context.lineWidth = 1
  context.globalAlpha = 0.6
  for (let i = 0; i < first.count; i++) {
    context.beginPath()
    for (const { data } of states) context.lineTo(x(data[2 * i]!), y(data[2 * i + 1]!))
    context.stroke()
    const { data } = states.at(-1)!
    context.beginPath()
    context.arc(x(data[2 * i]!), y(data[2 * i + 1]!), 2, 0, 2 * Math.PI)
    context.fill()
  }
  context.globalAlpha = 1
}

function drawPath(
  { context, colours, x, y }: Frame,
  path: readonly (readonly number[])[],
  current: number,
): void {
  context.strokeStyle = context.fillStyle = colours.path
  context.lineWidth = 2
  context.beginPath()
  for (const [px, py] of path) context.lineTo(x(px!), y(py!))
  context.stroke()
  for (const [step, [px, py]] of path.entries()) {
    context.beginPath()
    context.arc(x(px!), y(py!), step === current ? 5.5 : 2.5, 0, 2 * Math.PI)
    context.fill()
  }
}
