import { counted } from '../core/format.ts'
import { type Draw, partOf } from '../infer/draw.ts'
import type { DrawnRows } from '../infer/rows.ts'
import type { ModelWatch, Waiting } from './metrics.ts'
import { type Pace, secondsFor, unmeasured, withRun } from './pace.ts'
import { limits, Refusal } from './refusal.ts'

export interface BatchRunner extends Partial<ModelWatch> {
  /** Draws the rows of several requests in one run. */
  run(draws: readonly Draw[]): Promise<readonly Promise<DrawnRows>[]>
  /** Maximum rows per run, and how many runs keep all threads busy. */
  readonly maxRows: number
  readonly inFlight: number
}

/** A queued request, drawn piece by piece. */
interface Queued {
  /** Its signal ends the drawing of rows that a batch has taken. */
  readonly draw: Draw
  readonly ended: AbortController
  readonly since: number
  readonly deadline: number
  /** Rows that batches have taken so far. */
  rowsTaken: number
  /** Rows drawn so far; pieces are keyed by their first row. */
  drawn: number
  readonly pieces: Map<number, DrawnRows>
  resolve(pieces: DrawnRows[]): void
  reject(error: unknown): void
}

/** An accepted request: its rows in pieces, in order, and a way to cancel it. */
export interface QueuedRequest {
  readonly pieces: Promise<DrawnRows[]>
  /** Call when the caller has disconnected: no further batch will include the request. */
  cancel(): void
}

const sweepMilliseconds = 20

/**
 * Draws rows for many requests. As soon as a thread is free, the next batch takes everything that is waiting, whatever
 * the seeds. A request too large for one batch continues behind the others, so as not to delay small ones. Cancelled
 * and late requests leave before a batch begins. Rows that are drawn again to meet conditions delay neither the other
 * requests of their batch nor the next batch.
 */
export class Batches {
  readonly #runner: BatchRunner
  /** A clock in milliseconds. */
  readonly #now: () => number
  #queue: Queued[] = []
  /** All unfinished requests, including those in a running batch. */
  readonly #present = new Set<Queued>()
  #waitingRows = 0
  #running = 0
  #pace: Pace = unmeasured
  #sweep: NodeJS.Timeout | undefined

  constructor(runner: BatchRunner, now = () => performance.now()) {
    this.#runner = runner
    this.#now = now
  }

  /** Requests and rows that no batch has taken yet, and the estimated seconds of drawing them. */
  get waiting(): Waiting {
    const rows = this.#waitingRows
    return { requests: this.#queue.length, rows, seconds: secondsFor(this.#pace, rows) }
  }

  /** Throws a Refusal if the queue is full. */
  requireRoom(): void {
    if (this.#present.size >= limits.presentRequests)
      throw new Refusal('busy', 'too many requests are being drawn: try again in 1 second')
    const { requests, rows, seconds } = this.waiting
    const { waitingRequests, waitingRows, waitingSeconds } = limits
    if (requests < waitingRequests && rows < waitingRows && seconds < waitingSeconds) return
    const excess = Math.max(seconds - waitingSeconds, secondsFor(this.#pace, rows - waitingRows))
    const retryAfter = Math.max(1, Math.ceil(excess))
    const problem = `the queue is full, with ${counted(requests, 'request')} of ${counted(rows, 'row')}`
    throw new Refusal('busy', `${problem}: try again in ${counted(retryAfter, 'second')}`, retryAfter)
  }

  /** Queues a request that may take up to `seconds`. Throws a Refusal if the queue is full. */
  add(draw: Draw, seconds: number = limits.seconds): QueuedRequest {
    this.requireRoom()
    const since = this.#now()
    const deadline = since + 1000 * seconds
    let waiting!: Queued
    const pieces = new Promise<DrawnRows[]>((resolve, reject) => {
      const ended = new AbortController()
      const own = { ...draw, signal: ended.signal }
      waiting = {
        draw: own,
        ended,
        since,
        deadline,
        rowsTaken: 0,
        drawn: 0,
        pieces: new Map(),
        resolve,
        reject,
      }
    })
    // refused before anyone waits for it, it may not end the process
    pieces.catch(() => {})
    this.#queue.push(waiting)
    this.#present.add(waiting)
    this.#waitingRows += draw.count
    this.#sweep ??= setInterval(() => this.#refuseLate(), sweepMilliseconds).unref()
    // requests from the same turn of the event loop share a batch
    setImmediate(() => this.#next())
    const cancelled = new Refusal('cancelled', 'the caller disconnected')
    return { pieces, cancel: () => this.#leave(waiting, () => waiting.reject(cancelled)) }
  }

  #next(): void {
    while (this.#running < this.#runner.inFlight && this.#queue.length > 0) {
      const batch = this.#take()
      if (batch.length > 0) void this.#draw(batch)
    }
  }

  /** Returns the next batch: the oldest requests, up to the maximum rows of a run. */
  #take(): Piece[] {
    this.#refuseLate()
    const batch: Piece[] = []
    const unfinished: Queued[] = []
    let room = this.#runner.maxRows
    let used = 0
    for (const waiting of this.#queue) {
      if (room === 0) break
      used++
      const count = Math.min(room, waiting.draw.count - waiting.rowsTaken)
      batch.push({ waiting, at: waiting.rowsTaken, count })
      waiting.rowsTaken += count
      room -= count
      if (waiting.rowsTaken < waiting.draw.count) unfinished.push(waiting)
    }
    this.#queue = [...this.#queue.slice(used), ...unfinished]
    this.#waitingRows -= this.#runner.maxRows - room
    return batch
  }

  async #draw(batch: readonly Piece[]): Promise<void> {
    this.#running++
    const start = this.#now()
    const runningAtStart = this.#running
    const rows = batch.reduce((sum, { count }) => sum + count, 0)
    const first = Math.min(...batch.map(({ waiting }) => waiting.since))
    this.#runner.onBatch?.(rows, (start - first) / 1000)
    try {
      const drawing = await this.#runner.run(
        batch.map(({ waiting: { draw }, at, count }) => partOf(draw, at, count)),
      )
      const end = this.#now()
      this.#runner.onRun?.((end - start) / 1000)
      // batches that run at the same time share the time
      const together = Math.max(runningAtStart, this.#running)
      this.#pace = withRun(this.#pace, rows, (end - start) / 1000 / together)
      for (const [i, piece] of batch.entries())
        drawing[i]!.then(
          (rows) => this.#keep(piece, rows),
          // the rows of one may not meet its conditions
          (reason) => this.#leave(piece.waiting, () => piece.waiting.reject(reason)),
        )
    } catch (error) {
      for (const { waiting } of batch) this.#leave(waiting, () => waiting.reject(error))
    } finally {
      this.#running--
      this.#next()
    }
  }

  #keep({ waiting, at, count }: Piece, rows: DrawnRows): void {
    if (!this.#present.has(waiting)) return
    waiting.pieces.set(at, rows)
    waiting.drawn += count
    if (waiting.drawn < waiting.draw.count) return
    const inOrder = [...waiting.pieces].sort(([a], [b]) => a - b).map(([, piece]) => piece)
    this.#leave(waiting, () => waiting.resolve(inOrder))
  }

  #refuseLate(): void {
    const now = this.#now()
    for (const waiting of this.#present)
      if (waiting.deadline <= now)
        this.#leave(waiting, () =>
          waiting.reject(new Refusal('too-late', 'the rows were not ready within the time of the request')),
        )
  }

  #leave(waiting: Queued, end: () => void): void {
    if (!this.#present.delete(waiting)) return
    waiting.ended.abort()
    if (waiting.rowsTaken < waiting.draw.count) {
      this.#queue = this.#queue.filter((each) => each !== waiting)
      this.#waitingRows -= waiting.draw.count - waiting.rowsTaken
    }
    if (this.#present.size === 0) {
      clearInterval(this.#sweep)
      this.#sweep = undefined
    }
    end()
  }
}

/** The rows of a request that go into one batch. */
interface Piece {
  readonly waiting: Queued
  /** The offset of its first row within the request. */
  readonly at: number
  readonly count: number
}
