/** A stage of work and the unit it counts. */
export interface Stage {
  readonly stage: string
  readonly unit: string
}

/** Progress of a long computation. */
export interface WorkProgress extends Stage {
  readonly done: number
  readonly count: number
}

/** How a caller watches and aborts a long computation. */
export interface Work {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: WorkProgress) => void) | undefined
}

/** Maximum time that a page or a signal waits. */
const sliceMilliseconds = 50
let sliceStart = performance.now()

/** Yields to signals and timers now and then. Throws the signal's reason once it is aborted. */
export async function pause(signal?: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted()
  if (performance.now() - sliceStart < sliceMilliseconds) return
  await endSlice(signal)
}

async function endSlice(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve))
  sliceStart = performance.now()
  signal?.throwIfAborted()
}

/**
 * Runs `body` for i = 0, step, 2 step … below `count` in slices, yielding to signals and timers in between. Throws the
 * signal's reason once it is aborted.
 */
export async function forEach(
  stage: Stage,
  count: number,
  body: (i: number) => void | Promise<void>,
  { signal, onProgress }: Work,
  step = 1,
): Promise<void> {
  signal?.throwIfAborted()
  sliceStart = performance.now()
  for (let i = 0; i < count; i += step) {
    const pending = body(i)
    if (pending) await pending
    if (performance.now() - sliceStart < sliceMilliseconds && i + step < count) continue
    onProgress?.({ ...stage, done: Math.min(i + step, count), count })
    await endSlice(signal)
  }
}

/** A computation that says before each of its parts how far it is, so that its caller may do something else in between. */
export type InParts<R> = Generator<WorkProgress, R>

/** Runs a computation to its end at once. */
export function atOnce<R>(parts: InParts<R>): R {
  for (;;) {
    const { done, value } = parts.next()
    if (done) return value
  }
}

/** Runs a computation, yielding to signals and timers between its parts. Throws the signal's reason once it is aborted. */
export async function inParts<R>(parts: InParts<R>, { signal, onProgress }: Work): Promise<R> {
  for (;;) {
    await pause(signal)
    const { done, value } = parts.next()
    if (done) return value
    onProgress?.(value)
  }
}

/** Does one thing after the other, in parts. */
export function* oneByOne(stage: Stage, all: readonly (() => void)[]): InParts<void> {
  for (const [done, each] of all.entries()) {
    yield { ...stage, done, count: all.length }
    each()
  }
}
