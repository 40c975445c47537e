import { type ReadonlySignal, signal } from '@preact/signals'
import {
  type Distribution,
  type LiveSamples,
  type Remote,
  type RunStore,
  type TrainingProgress,
  train,
  type WebResumeRequest,
  type WebTrainRequest,
  type WorkProgress,
} from 'moonstep/web'
import type { Session } from './worker/session.ts'
import { trainerReady } from './workers.ts'

/** A point of the loss curve. */
export interface LossPoint {
  readonly step: number
  readonly loss: number
}

/** The stages of a training, in people's words. */
export const stages = {
  preparing: 'preparing the rows',
  training: 'training',
  measuring: 'measuring the result',
} as const
export type Stage = keyof typeof stages

/** The page's run. */
export interface Training {
  /** Progress; undefined before the first steps. */
  readonly progress: ReadonlySignal<{ readonly step: number; readonly steps: number } | undefined>
  readonly stage: ReadonlySignal<Stage>
  /** How far the measuring is in its present part, from 0 to 1; undefined before it begins. */
  readonly measured: ReadonlySignal<number | undefined>
  readonly losses: ReadonlySignal<readonly LossPoint[]>
  /** Seconds left; undefined if unknown. */
  readonly secondsLeft: ReadonlySignal<number | undefined>
  /** Training time since the page was opened. */
  readonly seconds: ReadonlySignal<number>
  /** The latest samples' distributions, by column. */
  readonly samples: ReadonlySignal<readonly Distribution[] | undefined>
  /**
   * Trains on the session's table, in the store that `openStore` gives; `onBegun` receives the steps once the run is written. `steps` is
   * undefined if it was paused, which it may be before the store is open.
   */
  begin(
    openStore: () => Promise<RunStore>,
    request: { readonly rules: readonly string[]; readonly minCategory: number },
    onBegun: (steps: number) => Promise<void>,
  ): Promise<{ steps: number | undefined }>
  goOn(store: RunStore, steps: number): Promise<{ steps: number | undefined }>
  /** Saves a checkpoint, ends the run's worker, and resolves when nothing runs. */
  end(): Promise<void>
  /** Restores a stored run's curve from history.csv. */
  restore(history: Uint8Array | undefined, steps: number): void
  reset(): void
}

/** Maximum number of points of the curve. */
const maxPoints = 400

const paused = new DOMException('paused', 'AbortError')

export function createTraining(session: Remote<Session>, threads: number): Training {
  const progress = signal<{ step: number; steps: number }>()
  const stage = signal<Stage>('preparing')
  const measured = signal<number>()
  const losses = signal<readonly LossPoint[]>([])
  const secondsLeft = signal<number>()
  const seconds = signal(0)
  const samples = signal<readonly Distribution[]>()
  let controller = new AbortController()
  let running: Promise<unknown> = Promise.resolve()

  const addLoss = (point: LossPoint) => {
    const all = [...losses.value, point]
    losses.value = all.length > maxPoints ? all.filter((_, k) => k % 2 === 0) : all
  }

  const run = async (
    request: WebTrainRequest | WebResumeRequest,
    signal: AbortSignal,
    onBegun?: (steps: number) => Promise<void>,
  ) => {
    stage.value = 'preparing'
    measured.value = undefined
    const start = performance.now()
    let first: { step: number; time: number } | undefined
    let begun: Promise<void> | undefined
    const onProgress = ({ step, steps, loss }: TrainingProgress) => {
      const time = performance.now()
      first ??= { step, time }
      const perStep = (time - first.time) / (step - first.step)
      secondsLeft.value = time - first.time > 1000 ? (perStep * (steps - step)) / 1000 : undefined
      progress.value = { step, steps }
      stage.value = step < steps ? 'training' : 'measuring'
      addLoss({ step, loss })
    }
    const onSamples = async ({ config, table, step }: LiveSamples) => {
      const { steps } = config.training
      begun ??= onBegun?.(steps)
      await begun
      if (step === 0) progress.value = { step, steps }
      // the worker waits only for a message; the session counts meanwhile
      session.sharesOf(table).then(
        (shares) => {
          samples.value = shares
        },
        () => {},
      )
    }
    const onWork = ({ done, count }: WorkProgress) => {
      stage.value = 'measuring'
      measured.value = done / Math.max(1, count)
    }
    await trainerReady
    const observed = { ...request, threads, onProgress, onWork, onSamples, signal, onWarning: () => {} }
    try {
      return { steps: (await train(observed)).steps }
    } catch (error) {
      if (error === paused) return { steps: undefined }
      throw error
    } finally {
      secondsLeft.value = undefined
      seconds.value += (performance.now() - start) / 1000
    }
  }
  /** Runs what `end` ends, at once or later. */
  const track = <R>(start: (signal: AbortSignal) => Promise<R>): Promise<R> => {
    controller = new AbortController()
    const promise = start(controller.signal)
    running = promise.catch(() => {})
    return promise
  }
  const reset = () => {
    progress.value = undefined
    losses.value = []
    secondsLeft.value = undefined
    seconds.value = 0
    samples.value = undefined
  }

  return {
    progress,
    stage,
    measured,
    losses,
    secondsLeft,
    seconds,
    samples,
    begin: (openStore, { rules, minCategory }, onBegun) =>
      track(async (signal) => {
        reset()
        const store = await openStore()
        const { dataset, steps } = await session.trainingData()
        const least = minCategory > 1 ? { minCategory } : {}
        const request = { dataset, steps, recipe: 'table', rules, ...least, seed: 0, store } as const
        return run(request, signal, onBegun)
      }),
    goOn: (store, steps) => track((signal) => run({ resume: true, store, steps }, signal)),
    async end() {
      controller.abort(paused)
      await running
    },
    restore(history, steps) {
      reset()
      if (!history) return
      const lines = new TextDecoder().decode(history).trimEnd().split('\n').slice(1)
      const every = Math.max(1, Math.floor((2 * lines.length) / maxPoints))
      for (let k = 0; k + every <= lines.length; k += every) {
        const part = lines.slice(k, k + every).map((line) => Number(line.split(',')[1]))
        // a damaged file draws no line
        if (!part.every(Number.isFinite)) continue
        addLoss({ step: k + every, loss: part.reduce((sum, loss) => sum + loss) / every })
      }
      progress.value = { step: lines.length, steps }
    },
    reset,
  }
}
