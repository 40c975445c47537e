import { type ReadonlySignal, signal } from '@preact/signals-core'
import { trainInWorker, type WebTrainRequest } from '../../../src/browser/training-client.ts'
import { InputError, messageOf } from '../../../src/core/errors.ts'
import type { LiveSamples } from '../../../src/train/live-samples.ts'
import type { NextSamples, TrainingProgress } from '../../../src/train/options.ts'
import type { LossCurve } from '../worker/loss-curve.ts'

/** The number of steps between two looks at the network, and for the button: fewer would hardly show. */
export const stepsAtOnce = 10

/** An uninformative network has a loss of about 1; beyond this one, it will not recover. */
const highestLoss = 20

/** `stepping` runs until the next look, then pauses. */
export type TrainerState = 'ready' | 'running' | 'stepping' | 'paused' | 'done'

/** A training run to watch, pause and step through. */
export interface Trainer {
  readonly state: ReadonlySignal<TrainerState>
  /** The network's latest look. */
  readonly look: ReadonlySignal<LiveSamples | undefined>
  /** The mean loss between looks; undefined before the first. */
  readonly curve: ReadonlySignal<LossCurve | undefined>
  /** The error, if any; otherwise empty. */
  readonly problem: ReadonlySignal<string>
  /** Starts a run, or continues a paused one. */
  train(): void
  /** The same, but pauses at the next look, `stepsAtOnce` steps later. */
  step(): void
  /** Ends the run and discards it. */
  reset(): void
}

/**
 * `request` returns what to train, and throws if it can't be trained. `onRest` receives the network whenever the run
 * pauses, and when it ends.
 */
export function createTrainer(
  request: () => WebTrainRequest,
  onRest: (samples: LiveSamples, curve: LossCurve) => void,
): Trainer {
  const state = signal<TrainerState>('ready')
  const look = signal<LiveSamples>()
  const curve = signal<LossCurve>()
  const problem = signal('')
  let running = new AbortController()
  /** Whether the run pauses at the next look. */
  let rests = false
  let goOn = (_: NextSamples) => {}

  const forget = () => {
    running.abort()
    running = new AbortController()
    look.value = undefined
    curve.value = undefined
    problem.value = ''
    state.value = 'ready'
  }

  const begin = async () => {
    forget()
    state.value = rests ? 'stepping' : 'running'
    const { signal } = running
    /** The sum of the losses since the last look, and the last step in it. */
    let [sum, reached] = [0, 0]
    const onProgress = ({ step, loss }: TrainingProgress) => {
      sum += loss * (step - reached)
      reached = step
    }
    const addLoss = (loss: number, { step, config }: LiveSamples) => {
      if (!(loss <= highestLoss)) throw tooHigh(step, loss, config.training.learningRate)
      const { steps = [], losses = [] } = curve.peek() ?? {}
      curve.value = { steps: [...steps, step], losses: [...losses, loss] }
    }
    let atEnd: LiveSamples | undefined
    const onSamples = (samples: LiveSamples): NextSamples | Promise<NextSamples> => {
      const { step, config } = samples
      if (signal.aborted) return
      if (step === config.training.steps) {
        atEnd = samples
        return
      }
      if (step > 0) addLoss(sum / stepsAtOnce, samples)
      sum = 0
      look.value = samples
      if (step === 0 || !rests) return { steps: stepsAtOnce }
      state.value = 'paused'
      onRest(samples, curve.peek()!)
      return new Promise((resolve) => {
        goOn = resolve
      })
    }
    try {
      const { history } = await trainInWorker({ ...request(), onProgress, onSamples, signal })
      if (signal.aborted) return
      // there may be fewer than ten steps since the last look
      const losses = history.losses.slice(curve.peek()?.steps.at(-1) ?? 0)
      addLoss(losses.reduce((sum, loss) => sum + loss) / losses.length, atEnd!)
      look.value = atEnd
      state.value = 'done'
      onRest(atEnd!, curve.peek()!)
    } catch (error) {
      // ignore a run that was ended
      if (signal.aborted) return
      problem.value = messageOf(error)
      state.value = 'ready'
    }
  }

  const go = (upToNextLook: boolean) => {
    const before = state.peek()
    rests = upToNextLook
    if (before === 'ready' || before === 'done') begin()
    else state.value = rests ? 'stepping' : 'running'
    if (before === 'paused') goOn({ steps: stepsAtOnce })
  }
  return {
    state,
    look,
    curve,
    problem,
    train: () => go(false),
    step: () => go(true),
    reset: forget,
  }
}

function tooHigh(step: number, loss: number, learningRate: number): InputError {
  return new InputError(
    `The loss is ${Number(loss.toPrecision(3))} at step ${step}: the learning rate ${learningRate} is too high. Choose a lower one.`,
    'out-of-range',
  )
}
