import type { RowFeeds } from './rows.ts'
import type { HelperStart, HelperThread, StepSession, StepTensor } from './session.ts'

/** What a share of a batch comes to. */
export interface ShareResult {
  readonly loss: number
  readonly gradient: Float32Array
}

/** Another thread that computes one share of every batch. */
export interface Helper {
  /** Whether it can be asked: its session takes a while to be there. Errors: why its thread ended. */
  ready(): boolean
  /** Hands it a share, for the parameters that are in their memory by now. */
  ask(rows: RowFeeds): void
  /** What it makes of it, until the next answer. Errors: why its thread ended. */
  answer(): Promise<ShareResult>
  end(): Promise<void>
}

/** The words that both sides watch: whether the helper is there, how often it was asked, how often it has answered. */
const [there, asked, answered] = [0, 1, 2]
const controlBytes = 64

/** Looks at a word before a thread goes to sleep, which costs more than what a step has to wait for: some 0.3 ms. */
const looks = 100_000

/** The longest that a thread sleeps before it hears of the other's end, in milliseconds. */
const longestSleep = 20

type Memory = Omit<HelperStart, 'bytes'>

/** Memory for a helper's part of a step. */
export function helperMemory({ parameters, dim, rows }: HelperStart['sizes']): SharedArrayBuffer {
  return new SharedArrayBuffer(controlBytes + 4 * (1 + parameters + rows * (2 * dim + 2)))
}

/** The parts of that memory, in its order, and the parameters. */
function viewsOf({ memory, parameters: shared, sizes: { parameters, dim, rows } }: Memory) {
  let at = controlBytes
  const take = (...dims: [number, number]): StepTensor => {
    const data = new Float32Array(memory, at, dims[0] * dims[1])
    at += data.byteLength
    return { data, dims }
  }
  return {
    control: new Int32Array(memory, 0, controlBytes / 4),
    loss: take(1, 1),
    gradient: take(1, parameters),
    feeds: {
      parameters: { data: new Float32Array(shared), dims: [1, parameters] },
      x_t: take(dim, rows),
      target: take(dim, rows),
      t: take(1, rows),
      weights: take(1, rows),
    },
  }
}

/** The engine's side of a helper. */
export function createHelper(start: HelperStart, thread: HelperThread): Helper {
  const { control, loss, gradient, feeds } = viewsOf(start)
  const own = new Float32Array(start.sizes.parameters)
  const requireThread = () => {
    const reason = thread.ended()
    if (reason) throw reason
  }
  return {
    ready() {
      requireThread()
      return Atomics.load(control, there) === 1
    },
    ask(rows) {
      for (const [name, { data }] of Object.entries(rows)) feeds[name as keyof RowFeeds].data.set(data)
      Atomics.add(control, asked, 1)
      Atomics.notify(control, asked)
    },
    async answer() {
      const last = Atomics.load(control, asked)
      for (let seen = last - 1; seen !== last; seen = Atomics.load(control, answered)) {
        if (changes(control, answered, seen, longestSleep)) continue
        // an ended thread is heard of between tasks
        await new Promise((resolve) => setTimeout(resolve))
        requireThread()
      }
      own.set(gradient.data)
      return { loss: loss.data[0]!, gradient: own }
    },
    end: () => thread.end(),
  }
}

/** The helper's side: answers until its thread is ended. Errors: those of the session. */
export async function serveGradients(share: Memory, session: StepSession): Promise<never> {
  const { control, loss, gradient, feeds } = viewsOf(share)
  // a runtime takes no memory that is shared
  const own = Object.entries(feeds).map(([name, shared]) => [name, shared, unshared(shared)] as const)
  const ownFeeds = Object.fromEntries(own.map(([name, , tensor]) => [name, tensor]))
  const into = { gradient: unshared(gradient) }
  Atomics.store(control, there, 1)
  for (let done = 0; ; done++) {
    while (!changes(control, asked, done));
    for (const [, { data }, tensor] of own) tensor.data.set(data)
    const results = await session.run(ownFeeds, ['loss', 'gradient'], into)
    loss.data.set(results.loss!)
    gradient.data.set(results.gradient!)
    Atomics.store(control, answered, done + 1)
    Atomics.notify(control, answered)
  }
}

function unshared({ data, dims }: StepTensor): StepTensor {
  return { data: new Float32Array(data.length), dims }
}

/** Waits until a word is no longer `value`; after `milliseconds` of sleep at most, if given. Whether it is. */
function changes(control: Int32Array, word: number, value: number, milliseconds?: number): boolean {
  for (let i = 0; i < looks; i++) if (Atomics.load(control, word) !== value) return true
  return Atomics.wait(control, word, value, milliseconds) !== 'timed-out'
}
