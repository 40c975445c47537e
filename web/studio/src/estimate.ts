import { effect, signal } from '@preact/signals'
import { memoryStore, type TrainingProgress, train } from 'moonstep/web'
import { page, phase, table, threads } from './state.ts'
import { step } from './steps.ts'
import { trainerReady } from './workers.ts'

/** How long the training of the table will take, as a few steps of it took; undefined until they are taken. */
export const estimatedSeconds = signal<number>()

/** What is tried: a step takes as long whatever the number of rows, and its first steps take longer. */
const trial = { rows: 1000, milliseconds: 1000 }

/** How much longer all of a training takes than its steps: it also draws samples, and measures them at the end. */
const overhead = 1.3

// before each training, once its step is shown
effect(() => {
  const shown = table.value
  estimatedSeconds.value = undefined
  if (!shown || phase.value !== 'read' || step.value !== 'train') return
  const controller = new AbortController()
  tryOut(controller.signal).then(
    (seconds) => {
      if (!controller.signal.aborted) estimatedSeconds.value = seconds
    },
    // without an estimate, the number of steps is shown alone
    () => {},
  )
  return () => controller.abort()
})

async function tryOut(signal: AbortSignal): Promise<number | undefined> {
  await trainerReady
  const { dataset, steps } = await page.session.trainingData(trial.rows)
  signal.throwIfAborted()
  const ended = new AbortController()
  const end = () => ended.abort(signal.reason)
  signal.addEventListener('abort', end)
  let first: { readonly step: number; readonly time: number } | undefined
  let perStep: number | undefined
  const onProgress = ({ step }: TrainingProgress) => {
    const time = performance.now()
    first ??= { step, time }
    if (time - first.time < trial.milliseconds) return
    perStep ??= (time - first.time) / (step - first.step)
    end()
  }
  const quiet = {
    onProgress,
    onNote() {},
    onWarning() {},
    signal: ended.signal,
    threads,
    store: memoryStore(),
  }
  await train({ dataset, steps, recipe: 'table', candidates: 1, seed: 0, ...quiet }).catch((error) => {
    // it is ended on purpose
    if (perStep === undefined) throw error
  })
  return perStep && (overhead * perStep * steps) / 1000
}
