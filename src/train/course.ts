import { requireInteger } from '../core/errors.ts'
import type { Verdicts } from '../measure/verdicts.ts'
import type { RunConfig } from '../model/run-config.ts'
import type { EngineName } from '../model/run-names.ts'
import type { NamedWeights } from '../model/weights.ts'
import type { Points } from '../numerics/points.ts'
import { streams } from '../numerics/random.ts'
import { decode } from '../table/encodings/decode.ts'
import type { LeftOut } from '../table/inference/decision.ts'
import { learnCandidates } from './candidates.ts'
import type { TrainedCloseness } from './closeness.ts'
import { resultWeights, type TrainingEngine } from './engine.ts'
import { History, type TrainingHistory } from './history.ts'
import { weightSampler } from './live-samples.ts'
import { correctMargins } from './margins.ts'
import { maxSteps } from './options.ts'
import { checkpointFiles, type Run } from './run.ts'

/** A trained run, for `exportModel`. */
export interface Trained {
  /** The run folder, or null for a run in memory. */
  readonly run: string | null
  readonly engine: EngineName
  readonly steps: number
  /** Seconds of the steps and of the correction of margins, without the time spent in `onSamples`. */
  readonly seconds: number
  /** Seconds of the steps alone, by step. */
  readonly secondsPerStep: number
  /** Mean loss over the last 1 % of the steps. */
  readonly finalLoss: number
  readonly config: RunConfig
  readonly weights: NamedWeights
  readonly history: TrainingHistory
  /** How close samples are to real rows; only of the recipe `table`, and of 20 rows or more. */
  readonly closeness?: TrainedCloseness | undefined
  /** Whether the samples are good, and whether they give anyone away, by the judging rows; grades are null without enough of them. */
  readonly verdicts?: Verdicts | undefined
  /** The columns of the dataset that were left out, and why; unknown of a resumed run. */
  readonly dropped?: readonly LeftOut[] | undefined
}

/** How often the loop pauses for history, progress and signals. */
const reportMilliseconds = 200
const historyMilliseconds = 1000
const checkpointMilliseconds = 3000

/** A run under way: what is done before, between and after its steps. */
export class Course {
  readonly history = new History()
  readonly #run: Run
  readonly #engine: TrainingEngine
  readonly #codes: Points
  readonly #start = performance.now()
  readonly #samples: SamplesOnTheWay | undefined
  #reported: { readonly step: number; readonly time: number }
  #flushed = this.#start
  #saved = this.#start

  constructor(run: Run, engine: TrainingEngine, codes: Points) {
    this.#run = run
    this.#engine = engine
    this.#codes = codes
    this.#reported = { step: run.state.step, time: this.#start }
    this.#samples = run.observers.onSamples && new SamplesOnTheWay(run, codes)
  }

  /** Opens the history, and gives samples of the weights that the steps begin with, if there are some. */
  async begin(): Promise<void> {
    const { step } = this.#run.state
    await this.history.begin(this.#run.runtime.store, step)
    if (step === this.#run.config.training.steps) return
    await this.#samples?.give(step, this.#weights())
    await this.#stopIfAborted()
  }

  /** Pauses after a step, if that is due: reports progress, saves, gives samples, and lets others in. */
  async after(step: number): Promise<void> {
    const now = performance.now()
    if (now - this.#reported.time < reportMilliseconds && step !== this.#samples?.dueStep) return
    const loss = this.history.tailLoss(step - this.#reported.step)
    this.#run.observers.onProgress?.({ step, steps: this.#run.config.training.steps, loss })
    if (now - this.#flushed >= historyMilliseconds) {
      this.#flushed = now
      await this.history.flush(this.#run.runtime.store)
    }
    if (now - this.#saved >= checkpointMilliseconds) {
      await this.#save()
      this.#saved = performance.now()
    }
    if (this.#samples?.areDue(step, now)) await this.#samples.give(step, this.#weights())
    // let a page's messages and a process's signals in
    await new Promise((resolve) => setTimeout(resolve))
    await this.#stopIfAborted()
    this.#reported = { step, time: performance.now() }
  }

  /** Saves what the steps gave, and learns what a table's samples are corrected and chosen by. */
  async end(): Promise<Trained> {
    const { config, description, seed, state, observers, runtime } = this.#run
    const { training } = config
    const { steps, candidates: count } = training
    const secondsPerStep = this.#seconds() / Math.max(1, steps - state.step)
    const uncorrected = this.#weights()
    await this.#save(uncorrected)
    const { signal, onWork: onProgress } = observers
    const options = { training, seed, signal, onProgress }
    const weights = await correctMargins(description, uncorrected, this.#codes, options)
    if (weights !== uncorrected) await this.#save(weights)
    const candidates =
      count && (await learnCandidates(description, weights, this.#codes, { count, ...options }))
    const seconds = this.#seconds()
    const finalLoss = this.history.tailLoss(Math.ceil(steps / 100))
    observers.onProgress?.({ step: steps, steps, loss: finalLoss })
    await this.#samples?.give(steps, weights)
    const { steps: taken, losses, learningRates } = this.history
    return {
      run: runtime.store.folder,
      engine: this.#engine.name,
      steps,
      seconds,
      secondsPerStep,
      finalLoss,
      config: { ...config, ...(candidates && { candidates }) },
      weights,
      history: { steps: taken, losses, learningRates },
    }
  }

  #weights(): NamedWeights {
    return resultWeights(this.#engine.state(), this.#run.description.network)
  }

  async #save(weights = this.#weights()): Promise<void> {
    const { store } = this.#run.runtime
    await this.history.flush(store)
    await store.writeTogether(checkpointFiles(this.#engine.state(), weights))
  }

  async #stopIfAborted(): Promise<void> {
    const { signal } = this.#run.observers
    if (!signal?.aborted) return
    await this.#save()
    throw signal.reason
  }

  /** Seconds since the start, without the time spent in `onSamples`, which may pause a run for hours. */
  #seconds(): number {
    return (performance.now() - this.#start - (this.#samples?.waited ?? 0)) / 1000
  }
}

/** How many rows are drawn for `onSamples`. */
const rowsOnTheWay = 500

/** Training time between samples, as a multiple of the time they take to draw, unless `onSamples` gives a number of steps. */
const samplingShare = 9

/** The samples that the caller of a run gets during training, and when the next are due. */
class SamplesOnTheWay {
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
    this.#draw = weightSampler(run.description, { count: rowsOnTheWay, noise, codes })
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
    this.dueStep = undefined
    if (next?.steps !== undefined)
      this.dueStep = step + requireInteger('the `steps` that onSamples returned', next.steps, 1, maxSteps)
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
