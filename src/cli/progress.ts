import { humanSeconds, note } from './output.ts'

export interface Progress {
  /** `detail` says what is worth watching, a loss say. */
  update(done: number, detail?: string): void
  stop(): void
}

// takes as long to load as many a command runs
const bars = process.stderr.isTTY ? (await import('cli-progress')).default : undefined

/** How often a line is written where there is no terminal to draw a bar on. */
const lineSeconds = 5

/** A bar with rate and time left on a terminal, plain lines elsewhere; both on stderr. */
export function createProgress(label: string, total: number, unit: string): Progress {
  const start = performance.now()
  const rateAndRest = (done: number) => {
    const rate = done / ((performance.now() - start) / 1000)
    return { rate: `${Math.round(rate)} ${unit}/s`, rest: humanSeconds((total - done) / rate) }
  }
  if (!bars) {
    let last = start
    return {
      update(done, detail = '') {
        const now = performance.now()
        if (now - last < lineSeconds * 1000 || done === total) return
        last = now
        const { rate, rest } = rateAndRest(done)
        note(`${label}: ${done} of ${total} ${unit}${detail && `, ${detail}`}, ${rate}, ${rest} left`)
      },
      stop() {},
    }
  }
  const bar = new bars.SingleBar({
    format: `${label} {bar} {percentage}% | {value}/{total} ${unit}{detail} | {rate} | {rest} left`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
  })
  bar.start(total, 0, { detail: '', rate: `- ${unit}/s`, rest: '?' })
  return {
    update(done, detail = '') {
      bar.update(done, { detail: detail && ` | ${detail}`, ...rateAndRest(done) })
    },
    stop: () => bar.stop(),
  }
}
