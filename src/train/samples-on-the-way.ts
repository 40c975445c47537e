import { requireInteger } from '../core/errors.ts'
import type { NamedWeights } from '../model/weights.ts'
import type { Points } from '../numerics/points.ts'
import { streams } from '../numerics/random.ts'
import { decode } from '../table/encodings/decode.ts'
import { weightSampler } from './live-samples.ts'
import { maxSteps } from './options.ts'
import type { Run } from './run.ts'

/** How many rows are drawn. */
const count = 500

/** Training time between samples, as a multiple of the time they take to draw, unless `onSamples` gives a number of steps. */
const samplingShare = 9

/** How messages name the number of steps that `onSamples` returned. */
const answered = 'the `steps` that onSamples returned'

/** The samples that the caller of a run gets during training, and when the next are due. */
export class SamplesOnTheWay {
  readonly #run: Run
  readonly #draw: (weights: NamedWeights) => Promise<Points>
  /** The step after which the next are due, if `onSamples` gave one; otherwise the time. */
  dueStep: number | undefined
  #dueTime = performance.now()
  /** Milliseconds spent in `onSamples`. */
  waited = 0

  /** They are drawn from the same noise each time, by the run's recommended sampler. */
  constructor(run: Run, codes: Points) {
    const noise = (step: number | null) => ({
      seed: 0,
      stream: step === null ? streams.x_T : streams.reverseNoise,
      step: step ?? 0,
    })
    this.#run = run
    this.#draw = weightSampler(run.description, { count, noise, codes })
  }

  areDue(step: number, now: number): boolean {
    return this.dueStep === undefined ? now >= this.#dueTime : step === this.dueStep
  }

  /** Draws samples and waits for what `onSamples` answers. Throws InputError on an answer that is no number of steps. */
  async give(step: number, weights: NamedWeights): Promise<void> {
    const { config, description, observers } = this.#run
    const begun = performance.now()
    const table = decode(description.encoding, await this.#draw(weights))
    const drawn = performance.now()
    this.#dueTime = drawn + samplingShare * (drawn - begun)
    const next = await unlessAborted(observers.onSamples!({ step, table, weights, config }), observers.signal)
    this.waited += performance.now() - drawn
    this.dueStep =
      next?.steps === undefined ? undefined : step + requireInteger(answered, next.steps, 1, maxSteps)
  }
}

/** Resolves as `answer` does, or to nothing once the signal is aborted, so that a paused run can be stopped. */
function unlessAborted<R>(answer: R, signal: AbortSignal | undefined): Promise<Awaited<R> | undefined> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined)
    if (signal?.aborted) stop()
    signal?.addEventListener('abort', stop)
    Promise.resolve(answer)
      .then(resolve, reject)
      .finally(() => signal?.removeEventListener('abort', stop))
  })
}
