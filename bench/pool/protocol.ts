/**
 * The protocol of every measuring process, in Node, in a page and in Python: a line of JSON in, a line of JSON out. The
 * first line out has the versions of its libraries.
 */

/** What to measure. In Python, `task` names a module and its function. */
export interface Request {
  readonly task: string
  readonly [option: string]: unknown
}

/** Figures by name; of a timing, `seconds` and the number of `cores` that were busy. */
export type Answer = Readonly<Record<string, number>>

/** Thrown if something can't be measured here; the message is the reason. */
export class Missing extends Error {}

/** A prepared and warm measurement, in seconds. */
export type Measure = () => Promise<number>

/** The seconds of some work, divided by the number of repeats in it, after once to warm up. */
export async function timed(work: () => Promise<void>, repeats = 1): Promise<Measure> {
  const measure = async () => {
    const start = performance.now()
    await work()
    return (performance.now() - start) / 1000 / repeats
  }
  await measure()
  return measure
}

type Report = (progress: { readonly step: number }) => void

/**
 * Seconds of a training step, including all that `train` does between two steps. The first fifth of the steps warms up
 * its session and threads, as for the peers.
 */
export async function secondsOfStep(
  steps: number,
  train: (onProgress: Report) => Promise<unknown>,
): Promise<number> {
  const reports: { step: number; at: number }[] = []
  await train(({ step }) => reports.push({ step, at: performance.now() }))
  // the last report comes after the run's files are written
  const warm = reports.slice(0, -1).filter(({ step }) => step >= steps / 5)
  const [first, last] = [warm[0]!, warm.at(-1)!]
  return (last.at - first.at) / 1000 / (last.step - first.step)
}
