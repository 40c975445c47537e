import { counted } from '../core/format.ts'
import type { SeedRange } from '../infer/chunk.ts'
import { countOf, type DrawnRows, type WantedRows } from '../infer/rows.ts'
import { limits } from './limits.ts'
import { Refusal } from './refusal.ts'

/** What draws batches, and what is told of them. */
export interface BatchRunner {
  /** Draws rows for several requests in one run. */
  run(wanted: readonly WantedRows[]): Promise<DrawnRows[]>
  /** Rows of a run at most, and how many runs keep all threads busy. */
  readonly maxRows: number
  readonly inFlight: number
  /** Told of each run that began: its rows, and how long the first of its requests waited. */
  onBatch?(rows: number, waitedSeconds: number): void
  onRun?(seconds: number): void
}

/** A request on its way: it waits, is drawn piece by piece, and leaves. */
interface Waiting {
  readonly wanted: WantedRows
  readonly rows: number
  readonly since: number
  /** On the clock of `performance.now`. */
  readonly deadline: number
  /** Rows that batches have taken. */
  taken: number
  /** Rows that are drawn, in pieces by the row that they begin at. */
  drawn: number
  readonly pieces: Map<number, DrawnRows>
  hasLeft: boolean
  resolve(pieces: DrawnRows[]): void
  reject(error: unknown): void
}

/** A request that was asked for: its rows in pieces, one after another, and what takes it back. */
export interface Asked {
  readonly pieces: Promise<DrawnRows[]>
  /** The caller is gone: no batch begins for it any more. */
  cancel(): void
}

/** How often requests whose time is up are looked for, in milliseconds. */
const sweepMilliseconds = 20

/**
 * Draws rows for many requests. Whenever a thread is free the next batch takes all that waits, whatever the seeds; nothing
 * waits for a batch to fill. A request that a batch can't hold whole goes on behind the others, so that large ones don't hold
 * small ones up. Those that are cancelled or late leave before a batch begins.
 */
export class Batches {
  readonly #runner: BatchRunner
  #queue: Waiting[] = []
  /** Requests that have not left, those in a batch too. */
  readonly #present = new Set<Waiting>()
  #waitingRows = 0
  #running = 0
  #sweep: NodeJS.Timeout | undefined

  constructor(runner: BatchRunner) {
    this.#runner = runner
  }

  /** Requests and rows that no batch has taken yet. */
  get waiting(): { readonly requests: number; readonly rows: number } {
    return { requests: this.#queue.length, rows: this.#waitingRows }
  }

  /** Whether a request would be refused for want of room. */
  get isFull(): boolean {
    return this.#queue.length >= limits.waitingRequests || this.#waitingRows >= limits.waitingRows
  }

  /** Takes a request into the queue; `seconds` is how long it may take. Throws a Refusal where there is no room. */
  ask(wanted: WantedRows, seconds: number = limits.seconds): Asked {
    if (this.isFull)
      throw new Refusal(
        'busy',
        `${counted(this.#queue.length, 'request')} and ${counted(this.#waitingRows, 'row')} are already waiting: try again later`,
      )
    const since = performance.now()
    const rows = countOf(wanted.ranges)
    let [resolve, reject] = [(_: DrawnRows[]) => {}, (_: unknown) => {}]
    const pieces = new Promise<DrawnRows[]>((...ends) => {
      ;[resolve, reject] = ends
    })
    const waiting: Waiting = {
      wanted,
      rows,
      since,
      deadline: since + 1000 * seconds,
      taken: 0,
      drawn: 0,
      pieces: new Map(),
      hasLeft: false,
      resolve,
      reject,
    }
    this.#queue.push(waiting)
    this.#present.add(waiting)
    this.#waitingRows += rows
    this.#sweep ??= setInterval(() => this.#refuseLate(), sweepMilliseconds).unref()
    // what came in the same turn of the event loop goes together
    setImmediate(() => this.#next())
    return {
      pieces,
      cancel: () => this.#leave(waiting, () => reject(new Refusal('cancelled', 'the caller disconnected'))),
    }
  }

  #next(): void {
    while (this.#running < this.#runner.inFlight && this.#queue.length > 0) {
      const batch = this.#take()
      if (batch.length > 0) void this.#draw(batch)
    }
  }

  /** The next batch: what waits first, up to what a run may hold. */
  #take(): Piece[] {
    this.#refuseLate()
    const batch: Piece[] = []
    const unfinished: Waiting[] = []
    let room = this.#runner.maxRows
    let used = 0
    for (const waiting of this.#queue) {
      if (room === 0) break
      used++
      const count = Math.min(room, waiting.rows - waiting.taken)
      batch.push({ waiting, at: waiting.taken, count })
      waiting.taken += count
      room -= count
      if (waiting.taken < waiting.rows) unfinished.push(waiting)
    }
    this.#queue = [...this.#queue.slice(used), ...unfinished]
    this.#waitingRows -= this.#runner.maxRows - room
    return batch
  }

  async #draw(batch: readonly Piece[]): Promise<void> {
    this.#running++
    const start = performance.now()
    const rows = batch.reduce((sum, { count }) => sum + count, 0)
    const first = Math.min(...batch.map(({ waiting }) => waiting.since))
    this.#runner.onBatch?.(rows, (start - first) / 1000)
    try {
      const drawn = await this.#runner.run(
        batch.map(({ waiting: { wanted }, at, count }) => ({
          known: wanted.known,
          ranges: partOfRanges(wanted.ranges, at, count),
        })),
      )
      this.#runner.onRun?.((performance.now() - start) / 1000)
      for (const [i, piece] of batch.entries()) this.#keep(piece, drawn[i]!)
    } catch (error) {
      for (const { waiting } of batch) this.#leave(waiting, () => waiting.reject(error))
    } finally {
      this.#running--
      this.#next()
    }
  }

  #keep({ waiting, at, count }: Piece, rows: DrawnRows): void {
    if (waiting.hasLeft) return
    waiting.pieces.set(at, rows)
    waiting.drawn += count
    if (waiting.drawn < waiting.rows) return
    const inOrder = [...waiting.pieces].sort(([a], [b]) => a - b).map(([, piece]) => piece)
    this.#leave(waiting, () => waiting.resolve(inOrder))
  }

  #refuseLate(): void {
    const now = performance.now()
    for (const waiting of this.#present)
      if (waiting.deadline <= now)
        this.#leave(waiting, () =>
          waiting.reject(new Refusal('too-late', 'the rows were not ready within the time of the request')),
        )
  }

  /** Takes a request out, once, and ends it. */
  #leave(waiting: Waiting, end: () => void): void {
    if (waiting.hasLeft) return
    waiting.hasLeft = true
    this.#present.delete(waiting)
    if (waiting.taken < waiting.rows) {
      this.#queue = this.#queue.filter((each) => each !== waiting)
      this.#waitingRows -= waiting.rows - waiting.taken
    }
    if (this.#present.size === 0) {
      clearInterval(this.#sweep)
      this.#sweep = undefined
    }
    end()
  }
}

/** Rows of a request that go into one batch. */
interface Piece {
  readonly waiting: Waiting
  /** The first of them among the request's. */
  readonly at: number
  readonly count: number
}

/** The samples that are `at` and more after the first, `count` of them. */
export function partOfRanges(ranges: readonly SeedRange[], at: number, count: number): SeedRange[] {
  const part: SeedRange[] = []
  let [skipped, left] = [at, count]
  for (const range of ranges) {
    const first = Math.min(skipped, range.count)
    skipped -= first
    const size = Math.min(range.count - first, left)
    if (size > 0) part.push({ seed: range.seed, from: range.from + first, count: size })
    left -= size
    if (left === 0) break
  }
  return part
}
