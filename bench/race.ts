import { setTimeout } from 'node:timers/promises'
import { median } from '../src/measure/statistics.ts'
import { type Answer, Missing } from './pool/protocol.ts'
import { type Comparison, compare, type Goal, type Row } from './row.ts'

/** The seconds of several rounds. */
export interface Timing {
  readonly median: number
  readonly low: number
  readonly high: number
  readonly rounds: number
  /** The median of processor time over elapsed time; null if unknown. */
  readonly cores: number | null
}

/** A timing, or why there is none. */
export type Measured = Timing | { readonly missing: string }

/** Takes one measurement, whose `seconds` count. Throws `Missing` if this machine can't. */
export type Contestant = () => Promise<Answer>

/** The previous contestant's threads keep spinning briefly after their work. */
const pauseMilliseconds = 50

/**
 * Measures the contestants in turn, round by round, so that anything that slows the machine for a while slows all of
 * them. One that can't be measured is skipped from then on.
 */
export async function race(
  contestants: Readonly<Record<string, Contestant>>,
  rounds: number,
): Promise<Readonly<Record<string, Measured>>> {
  const entries = Object.entries(contestants)
  const answers = new Map(entries.map(([name]) => [name, [] as Answer[]]))
  const missing = new Map<string, string>()
  for (let round = 0; round < rounds; round++)
    for (const [name, measure] of entries) {
      if (missing.has(name)) continue
      try {
        answers.get(name)!.push(await measure())
      } catch (error) {
        if (!(error instanceof Missing)) throw error
        missing.set(name, error.message)
      }
      await setTimeout(pauseMilliseconds)
    }
  const measuredOf = (name: string) =>
    missing.has(name) ? { missing: missing.get(name)! } : timingOf(answers.get(name)!)
  return Object.fromEntries(entries.map(([name]) => [name, measuredOf(name)]))
}

/** A row of a contest: whom it compares, and what theirs is called; of several, the fastest counts. */
type Line = readonly [
  what: string,
  by: Comparison,
  ours: string,
  theirs: string | readonly string[],
  against: string,
  goal?: Goal | undefined,
]

export interface Contest {
  readonly contestants: Readonly<Record<string, Contestant>>
  readonly lines: readonly Line[]
  readonly rounds: number
  readonly threads?: number
}

export async function contest({ contestants, lines, rounds, threads }: Contest): Promise<Row[]> {
  const times = await race(contestants, rounds)
  return lines.map(([what, by, ours, names, against, goal]) => {
    const theirs = typeof names === 'string' ? names : fastest(times, names)
    const row = compare(what, by, times[ours]!, times[theirs]!, goal)
    const isNamed = theirs !== names && row.theirs
    return { ...row, against: isNamed ? `${against} (${theirs})` : against, threads }
  })
}

/** The name of the fastest of some contestants. */
function fastest(times: Readonly<Record<string, Measured>>, names: readonly string[]): string {
  const seconds = (name: string) => (times[name] as Timing).median ?? Number.POSITIVE_INFINITY
  return names.reduce((a, b) => (seconds(b) < seconds(a) ? b : a))
}

export function timingOf(answers: readonly Answer[]): Timing {
  const seconds = answers.map((answer) => answer.seconds!)
  if (!seconds.every((each) => each > 0)) throw new Error(`a measurement took ${seconds.join(', ')} s`)
  const cores = answers.flatMap((answer) => answer.cores ?? [])
  return {
    median: median(seconds),
    low: Math.min(...seconds),
    high: Math.max(...seconds),
    rounds: seconds.length,
    cores: cores.length > 0 ? median(cores) : null,
  }
}
