import { type ReadonlySignal, signal } from '@preact/signals-core'
import { InputError, messageOf } from '../../../src/core/errors.ts'
import { trainInWorker, type WebTrainRequest } from '../../../src/page/training-client.ts'
import type { LiveSamples } from '../../../src/train/live-samples.ts'
import type { NextSamples, TrainingProgress } from '../../../src/train/options.ts'
import type { LossCurve } from '../worker/loss-curve.ts'

/** Training steps between two looks at the network, and those of the button: fewer could hardly be seen. */
export const stepsAtOnce = 10

/** A network that says nothing has a loss of about 1: beyond this one it will not learn any more. */
const highestLoss = 20

/** `stepping` is on its way to a pause, at the next look. */
export type TrainerState = 'ready' | 'running' | 'stepping' | 'paused' | 'done'

/** A training run that is watched, paused and stepped. */
export interface Trainer {
  readonly state: ReadonlySignal<TrainerState>
  /** The network as it was seen last. */
  readonly look: ReadonlySignal<LiveSamples | undefined>
  /** The mean loss of the steps from look to look; none before the first. */
  readonly curve: ReadonlySignal<LossCurve | undefined>
  /** What went wrong; empty where nothing did. */
  readonly problem: ReadonlySignal<string>
  /** Begins a run, or goes on with the one that is paused. */
  train(): void
  /** The same up to the next look, `stepsAtOnce` steps on; a run that is not paused is paused there. */
  step(): void
  /** Ends the run, and forgets it. */
  reset(): void
}

/**
 * `request` says what to train, and throws where it can't be trained. `onRest` receives the network each time that the run is paused,
 * and at its end.
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
  /** Whether the run is to wait at its next look. */
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
    /** The sum of the losses since the last look, and the step that it reaches to. */
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
      // there may be fewer steps than ten since the last look
      const losses = history.losses.slice(curve.peek()?.steps.at(-1) ?? 0)
      addLoss(losses.reduce((sum, loss) => sum + loss) / losses.length, atEnd!)
      look.value = atEnd
      state.value = 'done'
      onRest(atEnd!, curve.peek()!)
    } catch (error) {
      // a run that was ended says nothing any more
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
