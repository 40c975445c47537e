import { humanCount, humanRate, humanSeconds } from '../core/format.ts'
import type { OnReading } from '../table/formats/read-bytes.ts'
import { isQuiet, note, takeLine } from './output.ts'

/** Progress of a stage; `detail` is extra text, such as the loss. */
export interface StageProgress {
  readonly stage: string
  readonly unit: string
  readonly done: number
  readonly count: number
  readonly detail?: string | undefined
}

/** Shows a command's progress on stderr, one stage at a time; nothing with --quiet. */
export interface Progress {
  /** A stage of unknown length: shows the time so far. */
  wait(stage: string): void
  /** A stage with a count: also shows the rate and the time left. The first update begins the stage. */
  update(progress: StageProgress): void
  stop(): void
}

// loading it takes as long as many commands run
const bars = process.stderr.isTTY ? (await import('cli-progress')).default : undefined

/** Seconds between lines without a terminal. */
const lineSeconds = 5

const none: Progress = { wait() {}, update() {}, stop() {} }

/** Creates a command's progress, shown until its next stage or `stop`. */
export function createProgress(): Progress {
  if (isQuiet()) return none
  let last: StageProgress | undefined
  let update: (now: StageProgress) => void = () => {}
  let stop = () => {}
  return {
    wait(stage) {
      stop()
      last = undefined
      stop = waiting(stage)
    },
    update(now) {
      if (now.stage !== last?.stage || now.unit !== last.unit || now.done < last.done) {
        stop()
        const display = bars ? bar(now) : lines()
        update = display.update
        stop = display.stop
      }
      last = now
      update(now)
    },
    stop() {
      stop()
      last = undefined
      stop = () => {}
    },
  }
}

/** Runs `body` as a stage of unknown length, until it reports more. */
export async function waitFor<R>(stage: string, body: (progress: Progress) => Promise<R>): Promise<R> {
  const progress = createProgress()
  progress.wait(stage)
  return body(progress).finally(progress.stop)
}

/** Shows a file's reading progress as a stage. */
export function readingOf({ update }: Progress): OnReading {
  return ({ done, count }) =>
    update({ stage: 'reading', unit: 'KB', done: Math.round(done / 1000), count: Math.round(count / 1000) })
}

/** On a terminal, shows the stage at once, because long synchronous work blocks timers. */
function waiting(stage: string): () => void {
  const start = performance.now()
  const soFar = () => humanSeconds((performance.now() - start) / 1000)
  if (!bars) {
    const timer = setInterval(() => note(`${stage}: ${soFar()} so far`), lineSeconds * 1000)
    return () => clearInterval(timer)
  }
  const clear = () => process.stderr.write('\r\u001b[K')
  const show = (text: string) => {
    clear()
    process.stderr.write(text)
    takeLine(clear)
  }
  show(`${stage} …`)
  const timer = setInterval(() => show(`${stage} … ${soFar()}`), 1000)
  return () => {
    clearInterval(timer)
    clear()
    takeLine(() => {})
  }
}

function rateAndRest(start: number, { done, count, unit }: StageProgress) {
  const rate = done / ((performance.now() - start) / 1000)
  return { rate: `${humanRate(rate)} ${unit}/s`, rest: humanSeconds((count - done) / rate) }
}

function lines() {
  const start = performance.now()
  let last = start
  return {
    update(now: StageProgress) {
      const { stage, done, count, unit, detail } = now
      if (performance.now() - last < lineSeconds * 1000 || done === count) return
      last = performance.now()
      const { rate, rest } = rateAndRest(start, now)
      const counted = `${humanCount(done)} of ${humanCount(count)} ${unit}`
      note(`${stage}: ${counted}${detail ? `, ${detail}` : ''}, ${rate}, ${rest} left`)
    },
    stop() {},
  }
}

/** Hidden while other output is written, and redrawn with the next update. */
function bar({ stage, unit, count }: StageProgress) {
  const start = performance.now()
  const bar = new bars!.SingleBar({
    format: `${stage} {bar} {percentage}% | {value}/{total} ${unit}{detail} | {rate} | {rest} left`,
    formatValue: (value, _, type) =>
      type === 'value' || type === 'total' ? humanCount(value) : String(value),
    barCompleteChar: '█',
    barIncompleteChar: '░',
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
  })
  let isShown = false
  const hide = () => {
    if (isShown) bar.stop()
    isShown = false
  }
  return {
    update(now: StageProgress) {
      const detail = now.detail ? ` | ${now.detail}` : ''
      const payload = { detail, ...rateAndRest(start, now) }
      if (isShown) bar.update(now.done, payload)
      else bar.start(count, now.done, payload)
      isShown = true
      takeLine(hide)
    },
    stop: hide,
  }
}
