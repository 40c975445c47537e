import { limits } from './refusal.ts'

const pieces: (() => void)[] = []
let isWorking = false

/**
 * Waits until a piece of work may be done. In a turn of the event loop, only pieces of a few milliseconds are done, at least one, so that
 * whoever asks for little is answered between two.
 */
export function nextPiece(): Promise<void> {
  return new Promise((resolve) => {
    pieces.push(resolve)
    if (!isWorking) setImmediate(work)
    isWorking = true
  })
}

/** How many pieces wait. */
export function waitingPieces(): number {
  return pieces.length
}

function work(): void {
  const end = performance.now() + limits.turnMilliseconds
  const next = () => {
    if (performance.now() >= end) return setImmediate(work)
    const resolve = pieces.shift()
    isWorking = resolve !== undefined
    resolve?.()
    // after what follows from it at once
    if (isWorking) queueMicrotask(() => process.nextTick(next))
  }
  next()
}

const crowd: (() => void)[] = []

/** Waits for a turn of the event loop in which nobody else begins that waits here: what each costs is known only after it began. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (crowd.push(resolve) === 1) setImmediate(beginOne)
  })
}

function beginOne(): void {
  crowd[0]!()
  crowd.shift()
  if (crowd.length > 0) setImmediate(beginOne)
}

/** A stream, as far as it can wait. */
interface Stream {
  pause(): unknown
  resume(): unknown
}

/** What a part of a body costs more than its bytes, as bytes; and the most bytes of one. */
const [bytesOfPart, longestPart] = [2 ** 10, 2 ** 16]

let left: number = limits.turnBytes
let isCounting = false
/** Those that wait, the longest first. */
const waiting = new Set<Stream>()

/**
 * Counts a part that was read from a stream. Once all streams together have read enough in a turn of the event loop, each waits
 * after its next part: a crowd of large bodies would keep small requests waiting.
 */
export function countRead(stream: Stream, bytes: number): void {
  left -= bytes + bytesOfPart
  if (!isCounting) setImmediate(beginTurn)
  isCounting = true
  if (left > 0) return
  stream.pause()
  waiting.add(stream)
}

/** Lets a stream go on, if it waits. */
export function endWaiting(stream: Stream): void {
  if (waiting.delete(stream)) stream.resume()
}

function beginTurn(): void {
  left = limits.turnBytes
  for (const stream of [...waiting].slice(0, limits.turnBytes / longestPart)) endWaiting(stream)
  isCounting = waiting.size > 0
  if (isCounting) setImmediate(beginTurn)
}
