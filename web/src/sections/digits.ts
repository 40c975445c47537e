import { effect, signal } from '@preact/signals-core'
import config from '../../../models/digits/scheduler/scheduler_config.json?url'
import network from '../../../models/digits/unet/model.onnx?url'
import { onnxruntimeWorkers } from '../../../src/browser/onnxruntime-workers.ts'
import { type Connection, connect, defaultThreads } from '../../../src/browser/worker-calls.ts'
import { messageOf } from '../../../src/core/errors.ts'
import type { OnnxruntimeWebProvider } from '../../../src/infer/session.ts'
import { element, showText } from '../page.ts'
import type { DigitsCalls, DigitsState } from '../worker/digits-worker.ts'
import html from './digits.html?raw'

const count = 16
const across = 8
const side = 8

/** A file's address for the worker, whose script lies in another folder. */
const absolute = (url: string) => new URL(url, document.baseURI).href

/** Opens the section: loads a diffusers network, and draws digits with it. */
export function showDigits(): void {
  element('digits-closed').hidden = true
  element('digits-open').insertAdjacentHTML('beforeend', html)
  const states = signal<readonly DigitsState[]>([])
  const shown = signal(0)
  const status = signal('')
  let connection: Connection<DigitsCalls> | undefined
  let drawing = new AbortController()
  const value = (id: string) => element<HTMLInputElement | HTMLSelectElement>(id).value

  const draw = async () => {
    drawing.abort()
    const mine = new AbortController()
    drawing = mine
    connection ??= connect<DigitsCalls>(
      new Worker(new URL('../worker/digits-worker.ts', import.meta.url), { type: 'module' }),
      'the digits worker',
    )
    const provider = value('digits-backend') as OnnxruntimeWebProvider
    const numSteps = Number(value('digits-steps'))
    states.value = []
    status.value = 'The network loads.'
    const start = performance.now()
    try {
      const info = await connection.calls.draw({
        ...{ provider, count, numSteps, network: absolute(network), config: absolute(config) },
        threads: defaultThreads(),
        wasmPaths: onnxruntimeWorkers[provider].wasmPaths,
        scheduler: value('digits-scheduler'),
        seed: Number(value('digits-seed')),
        label: Number(value('digits-label')),
        guidance: Number(value('digits-guidance')),
        signal: mine.signal,
        onStep(state) {
          if (mine.signal.aborted) return
          states.value = [...states.value, state]
          shown.value = states.value.length - 1
          status.value = `Step ${state.step}.`
        },
      })
      const seconds = ((performance.now() - start) / 1000).toFixed(1)
      const where = info.provider === 'webgpu' ? `WebGPU on ${info.adapter ?? 'a GPU'}` : 'WASM'
      status.value = `Drawn in ${seconds} s by ${where} (${info.runtime}).`
    } catch (error) {
      if (!mine.signal.aborted) status.value = messageOf(error)
    }
  }

  for (const id of ['label', 'guidance', 'scheduler', 'steps', 'seed', 'backend'])
    element(`digits-${id}`).addEventListener('change', () => {
      if (element<HTMLFormElement>('digits-controls').reportValidity()) draw()
    })
  element('digits-next-seed').addEventListener('click', () => {
    const seed = element<HTMLInputElement>('digits-seed')
    seed.value = String(seed.valueAsNumber + 1)
    draw()
  })
  for (const id of ['guidance', 'steps']) {
    const show = () => {
      element(`digits-${id}-value`).textContent = value(`digits-${id}`)
    }
    element(`digits-${id}`).addEventListener('input', show)
    show()
  }
  const slider = element<HTMLInputElement>('digits-step')
  slider.addEventListener('input', () => {
    shown.value = slider.valueAsNumber
  })
  effect(() => {
    slider.max = String(Math.max(0, states.value.length - 1))
    slider.value = String(shown.value)
  })
  showText('digits-status', () => status.value)
  showText('digits-step-value', () => {
    const state = states.value[shown.value]
    return state ? `step ${state.step} of ${states.value.length - 1}` : ''
  })
  effect(() => {
    const state = states.value[shown.value]
    if (state) paint(element('digits-figure'), state.data)
  })
  draw()
}

/** A sheet of pictures, whose values -1 to 1 are black to white; beyond that stays so. */
function paint(canvas: HTMLCanvasElement, data: Float32Array): void {
  const context = canvas.getContext('2d')!
  for (let i = 0; i < count; i++) {
    const picture = new ImageData(side, side)
    for (let p = 0; p < side * side; p++) {
      const grey = 127.5 * (data[i * side * side + p]! + 1)
      picture.data.set([grey, grey, grey, 255], 4 * p)
    }
    const [column, row] = [i % across, Math.floor(i / across)]
    context.putImageData(picture, column * (side + 1), row * (side + 1))
  }
}
