import type { Batch } from '../engine.ts'
import { fillRows } from './rows.ts'
import type { HelperStart, HelperThread } from './session.ts'
import { answered, asked, changes, longestSleep, there, viewsOf } from './shared-memory.ts'

/** What a share of a batch comes to. */
export interface ShareResult {
  readonly loss: number
  readonly gradient: Float32Array
}

/** Another thread that computes one share of every batch. */
export interface Helper {
  /** Whether it can be asked: its session takes a while to be there. Errors: why its thread ended. */
  ready(): boolean
  /** Hands it its rows of a batch, from the `from`th on, for the parameters that are in their memory by now. */
  ask(batch: Batch, from: number): void
  /** What it makes of it, until the next answer. Errors: why its thread ended. */
  answer(): Promise<ShareResult>
  end(): Promise<void>
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
    ask(batch, from) {
      fillRows(feeds, batch, from)
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
