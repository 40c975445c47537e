import { setTimeout } from 'node:timers/promises'
import { median } from '../src/measure/statistics.ts'
import type { Contestant } from './team.ts'
import { Missing } from './worker.ts'

/** The seconds of several rounds. */
export interface Timing {
  readonly median: number
  readonly low: number
  readonly high: number
  readonly rounds: number
  /** The median of processor time over elapsed time; null if unknown. */
  readonly cores: number | null
}

/** By contestant: its timing, or why there is none. */
export type Timings = Readonly<Record<string, Timing | { readonly missing: string }>>

/** The previous contestant's threads keep spinning briefly after their work. */
const pauseMilliseconds = 50

/**
 * Measures the contestants in turn, round by round, so that anything that slows the machine for a while slows all of
 * them. One that can't be measured is skipped from then on.
 */
export async function alternate(contestants: readonly Contestant[], rounds: number): Promise<Timings> {
  const measured = contestants.map((contestant) => ({
    contestant,
    seconds: [] as number[],
    cores: [] as number[],
  }))
  const missing = new Map<Contestant, string>()
  for (let round = 0; round < rounds; round++)
    for (const { contestant, seconds, cores } of measured) {
      if (missing.has(contestant)) continue
      try {
        const one = await contestant.measure()
        seconds.push(one.seconds)
        if (one.cores !== undefined) cores.push(one.cores)
      } catch (error) {
        if (!(error instanceof Missing)) throw error
        missing.set(contestant, error.message)
      }
      await setTimeout(pauseMilliseconds)
    }
  return Object.fromEntries(
    measured.map(({ contestant, seconds, cores }) => {
      const reason = missing.get(contestant)
      return [contestant.name, reason === undefined ? timingOf(seconds, cores) : { missing: reason }]
    }),
  )
}

export function timingOf(seconds: readonly number[], cores: readonly number[] = []): Timing {
  return {
    median: median(seconds),
    low: Math.min(...seconds),
    high: Math.max(...seconds),
    rounds: seconds.length,
    cores: cores.length > 0 ? median(cores) : null,
  }
}
