import { humanCount, humanSeconds } from '../core/human.ts'
import type { MeasuredPoint } from '../infer/measure.ts'
import type { SessionInfo } from '../infer/session.ts'
import { describeProvider } from './provider-options.ts'

/** A provider's points; a batch that would take too long is left out, and so are the larger ones. */
export interface BenchedProvider extends SessionInfo {
  /** Of the session, the self-test included. */
  readonly loadSeconds: number
  readonly points: readonly MeasuredPoint[]
  readonly leftOut: string | null
}

/** From which batch on a provider takes less time than cpu; null where it never does. */
export interface Overtaking {
  readonly provider: string
  readonly batch: number | null
}

/** Each provider against cpu, where that was measured: the batch from which on its median is the lower one. */
export function overtakings(benched: readonly BenchedProvider[]): Overtaking[] {
  const cpu = benched.find(({ provider }) => provider === 'cpu')
  if (!cpu) return []
  return benched
    .filter((each) => each !== cpu)
    .map(({ provider, points }) => {
      const both = points.flatMap((point) => {
        const own = cpu.points.find(({ batch }) => batch === point.batch)
        return own ? [{ batch: point.batch, faster: point.medianSeconds < own.medianSeconds }] : []
      })
      const lastSlower = both.findLastIndex(({ faster }) => !faster)
      return { provider, batch: both[lastSlower + 1]?.batch ?? null }
    })
}

/** The provider of the most samples a second, at whatever batch; nothing where none was measured. */
export function fastest(benched: readonly BenchedProvider[]): BenchedProvider | undefined {
  const most = (each: BenchedProvider) =>
    Math.max(0, ...each.points.map(({ samplesPerSecond }) => samplesPerSecond))
  return [...benched].sort((a, b) => most(b) - most(a))[0]
}

/** What was measured, as text: a row a batch, and a line for what overtakes cpu. */
export function benchTable(
  kind: string,
  benched: readonly BenchedProvider[],
  overtakes: readonly Overtaking[],
): string {
  const what = kind === 'sampler' ? 'a whole reverse process' : 'one network call'
  const header = ['batch', 'median', 'p10 to p90', 'samples/s', 'warm-up', 'runs']
  const lines = benched.flatMap((each) => {
    const rows = each.points.map((point) => [
      humanCount(point.batch),
      time(point.medianSeconds),
      `${time(point.p10Seconds)} to ${time(point.p90Seconds)}`,
      humanCount(Number(point.samplesPerSecond.toPrecision(3))),
      time(point.warmupSeconds),
      humanCount(point.runs),
    ])
    const threads = `${each.threads} ${each.threads === 1 ? 'thread' : 'threads'}`
    const title = `${describeProvider(each)}: ${each.runtime}, ${threads}, loaded in ${humanSeconds(each.loadSeconds)}`
    return ['', title, ...columns([header, ...rows]), ...(each.leftOut ? [`  ${each.leftOut}`] : [])]
  })
  const verdicts = overtakes.map(({ provider, batch }) =>
    batch === null
      ? `${provider} is at no measured batch faster than cpu`
      : `${provider} is faster than cpu from batch ${humanCount(batch)} on`,
  )
  return [`${what}, by rows at once`, ...lines, ...(verdicts.length > 0 ? ['', ...verdicts] : []), ''].join(
    '\n',
  )
}

/** 0.0000345 -> '34.5 us'. */
function time(seconds: number): string {
  const [factor, unit] = seconds < 1e-3 ? [1e6, 'us'] : seconds < 1 ? [1e3, 'ms'] : [1, 's']
  return `${Number((seconds * factor).toPrecision(3))} ${unit}`
}

/** Cells flush right. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)))
  return rows.map((row) => `  ${row.map((cell, c) => cell.padStart(widths[c]!)).join('   ')}`)
}
