import { signal } from '@preact/signals-core'
import { messageOf } from '../../../src/core/errors.ts'
import type { OnnxruntimeWebProvider } from '../../../src/infer/session.ts'
import { maxAbsDifference } from '../../../src/numerics/points.ts'
import { onnxruntime } from '../client.ts'
import type { Lesson } from '../lesson.ts'
import { element, showText } from '../page.ts'
import type { ViewSignals } from '../view.ts'

/** The project's own tests use the same bound for browsers. */
const tolerance = 1e-4

/** Runs an engine with the current seed, and compares its samples with those of plain TypeScript. */
export function showParity(view: ViewSignals, { worker, model, choice }: Lesson): void {
  const status = signal('')
  showText('compare-status', () => status.value)
  const names = { wasm: 'WASM', webgpu: 'WebGPU' }
  const buttons = {
    wasm: element<HTMLButtonElement>('compare-wasm'),
    webgpu: element<HTMLButtonElement>('compare-webgpu'),
  }
  const compare = async (provider: OnnxruntimeWebProvider) => {
    const opened = model.peek()
    if (!opened) {
      status.value = 'There is no model to run yet.'
      return
    }
    const [chosen, count] = [choice.peek(), view.count.peek()]
    status.value = `${names[provider]} runs.`
    for (const button of Object.values(buttons)) button.disabled = true
    try {
      const { signal } = new AbortController()
      const { states, by } = await onnxruntime.sample(opened.onnx, provider, chosen, count, signal)
      status.value = 'Plain TypeScript runs.'
      const expected = await worker.samples(chosen, count)
      const difference = maxAbsDifference(states.at(-1)!.points.data, expected.data)
      addRow(by, `${count} of seed ${chosen.seed}`, difference)
      status.value = ''
    } catch (error) {
      status.value = messageOf(error)
    }
    for (const button of Object.values(buttons)) button.disabled = false
  }
  if (!('gpu' in navigator)) {
    buttons.webgpu.hidden = true
    status.value = 'This browser has no WebGPU, so WASM alone can be compared.'
  }
  for (const provider of ['wasm', 'webgpu'] as const)
    buttons[provider].addEventListener('click', () => compare(provider))
}

function addRow(engine: string, samples: string, difference: number): void {
  const row = element<HTMLTableSectionElement>('comparisons').insertRow()
  const verdict = difference <= tolerance ? 'the same' : 'not the same'
  for (const text of [engine, samples, `${difference.toExponential(1)}: ${verdict}`])
    row.insertCell().textContent = text
}
