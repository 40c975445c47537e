/**
 * Tasks for threads that share a memory. The owner thread starts a phase of tasks of one kind; all threads take them one
 * by one, and the owner returns once all are done. If a thread ends, the owner repeats its task, so a task must have the
 * same result however often it is started, and whoever runs it.
 *
 * A task may be synchronous (kernels) or return a promise (a run of onnxruntime): a thread awaits it before it marks it
 * as done and takes another. In between, threads wait the same way for both: they poll a word for a while, then sleep in
 * `Atomics.wait`. A helper may block its thread, on which nothing else runs. The owner blocks for a short time only, and
 * then lets its events be delivered.
 */

/** The words that all threads watch: the phase, and the kind and number of its tasks; then one word per task. */
const words = { phase: 0, kind: 1, count: 2, tasks: 16 } as const

/**
 * A task's word: the high bits are its phase; the low bits are the thread that took it, from 1, or one of these. Zeroed
 * memory has no free task.
 */
const threadBits = 11
const done = 0
const free = 2 ** threadBits - 1
const phases = 2 ** (31 - threadBits)
const wordOf = (phase: number, state: number) => (phase << threadBits) | state

/** The phase after the last: helpers return. */
const ended = -1

/** The owner's number; helpers count from 2. */
const owner = 1

/**
 * How often to poll a word before sleeping, which takes longer than a step usually has to wait: about 0.3 ms. Helpers
 * of engine `onnx` wait that long while the owner updates the parameters.
 */
const looks = 100_000

/** Maximum sleep of the owner before it checks whether a helper has ended, in milliseconds. */
const maxSleep = 20

/** A thread of the pool other than the owner's. */
export interface PoolHelper {
  /** Returns why it ended, once none of its code still runs. */
  ended(): Error | undefined
  /** Ends it at once, if it has not returned by itself. */
  end(): Promise<void>
}

/** Plain data that starts a helper's thread: how the memory is laid out follows from the plan. */
export interface HelperStart<Plan> {
  readonly plan: Plan
  readonly memory: WebAssembly.Memory
  /** Its number, from 2. */
  readonly thread: number
}

/** Runs a task of a kind. */
export type Work = (kind: number, task: number) => void | Promise<void>

/** Returns the int32 words of a pool for phases of at most `maxTasks` tasks. */
export function poolWords(maxTasks: number): number {
  return words.tasks + maxTasks
}

/** The owner's side. */
export class WorkerPool {
  readonly #memory: Int32Array
  readonly #work: Work
  readonly #helpers: readonly PoolHelper[]
  #phase = 0

  /** Starts the helpers of `threads` threads, the owner's among them. */
  constructor(memory: Int32Array, work: Work, threads: number, start: (thread: number) => PoolHelper) {
    this.#memory = memory
    this.#work = work
    this.#helpers = Array.from({ length: threads - 1 }, (_, i) => start(i + 2))
  }

  /** Runs all tasks of a phase. Yields to the caller after starting the phase, before taking tasks itself. */
  async run(kind: number, count: number): Promise<void> {
    if (this.#helpers.length === 0) {
      for (let task = 0; task < count; task++) await this.#work(kind, task)
      return
    }
    this.#handOut(kind, count)
    await null
    await takeTasks(this.#memory, owner, this.#work)
    for (let task = 0; task < count; task++) await this.#finish(kind, task)
  }

  /** Throws why a helper ended, if one has: for an engine that would rather stop than go on without it. */
  requireHelpers(): void {
    for (const helper of this.#helpers) {
      const reason = helper.ended()
      if (reason) throw reason
    }
  }

  /**
   * Ends all helpers. They return by themselves before their threads are ended, because Chromium waits two seconds before
   * it ends a worker that sleeps in `Atomics.wait` (kForcibleTerminationDelay in its worker_thread.cc).
   */
  async end(): Promise<void> {
    if (this.#helpers.length > 0) {
      Atomics.store(this.#memory, words.phase, ended)
      Atomics.notify(this.#memory, words.phase)
    }
    await Promise.all(this.#helpers.map((helper) => helper.end()))
  }

  #handOut(kind: number, count: number): void {
    const memory = this.#memory
    this.#phase = (this.#phase + 1) % phases
    Atomics.store(memory, words.kind, kind)
    Atomics.store(memory, words.count, count)
    // a thread still in the previous phase can't take these, because it expects the previous phase's word
    for (let task = 0; task < count; task++)
      Atomics.store(memory, words.tasks + task, wordOf(this.#phase, free))
    Atomics.store(memory, words.phase, this.#phase)
    Atomics.notify(memory, words.phase)
  }

  /** Waits until a task is done, or runs it if the thread that took it has ended. */
  async #finish(kind: number, task: number): Promise<void> {
    const word = words.tasks + task
    for (;;) {
      const state = Atomics.load(this.#memory, word)
      if (state === wordOf(this.#phase, done)) return
      if (changes(this.#memory, word, state, maxSleep)) continue
      // a thread's end is an event, delivered between tasks of this one
      await new Promise((resolve) => setTimeout(resolve))
      if (this.#helpers[(state & free) - 2]?.ended()) return this.#work(kind, task)
    }
  }
}

/** The side of a helper, numbered from 2: runs tasks until the pool ends. Throws what they throw. */
export async function serve(memory: Int32Array, thread: number, work: Work): Promise<void> {
  for (;;) {
    const phase = Atomics.load(memory, words.phase)
    if (phase === ended) return
    await takeTasks(memory, thread, work)
    changes(memory, words.phase, phase)
  }
}

/**
 * Runs the phase's free tasks: the owner from the first, helpers from the last. So the owner, which starts later
 * because it draws the next batch meanwhile, still gets the first, which engine `onnx` makes smaller.
 */
async function takeTasks(memory: Int32Array, thread: number, work: Work): Promise<void> {
  const phase = Atomics.load(memory, words.phase)
  const [kind, count] = [Atomics.load(memory, words.kind), Atomics.load(memory, words.count)]
  const [freeState, takenState] = [wordOf(phase, free), wordOf(phase, thread)]
  for (let i = 0; i < count; i++) {
    const task = thread === owner ? i : count - 1 - i
    const word = words.tasks + task
    if (Atomics.compareExchange(memory, word, freeState, takenState) !== freeState) continue
    await work(kind, task)
    Atomics.store(memory, word, wordOf(phase, done))
    Atomics.notify(memory, word)
  }
}

/**
 * Waits until a word is no longer `value`: polls it for a while, then sleeps, for at most `milliseconds` if given.
 * Returns whether it changed: a notification may also arrive late, for a change already seen.
 */
export function changes(memory: Int32Array, word: number, value: number, milliseconds?: number): boolean {
  const changed = () => Atomics.load(memory, word) !== value
  for (let i = 0; i < looks; i++) if (changed()) return true
  Atomics.wait(memory, word, value, milliseconds)
  return changed()
}
