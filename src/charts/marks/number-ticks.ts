/** Ticks of numbers: how far apart they are, and how they are written, as their column's numbers are where these have a form. */
import { formatNumber, type NumberForm } from '../../table/number-form.ts'
import type { Range } from './layout.ts'

export interface Ticks {
  readonly ticks: number | number[]
  readonly tickFormat?: (value: number) => string
}

/** The tick spacing that Plot picks for about this distance: 1, 2 or 5 times a power of ten. */
export function tickStep(distance: number): number {
  const power = 10 ** Math.floor(Math.log10(distance))
  const error = distance / power
  return power * (error >= Math.sqrt(50) ? 10 : error >= Math.sqrt(10) ? 5 : error >= Math.SQRT2 ? 2 : 1)
}

/** Formats large or small numbers: 2024, 50k, 1.5M, 1e9, 2e-12; undefined for others, which Plot formats well. */
export function tickLabel([low, high]: Range): ((value: number) => string) | undefined {
  const largest = Math.max(Math.abs(low), Math.abs(high))
  if (largest >= 0.001 && largest < 1000) return undefined
  const digits = Math.min(15, 2 + Math.max(0, Math.ceil(Math.log10(largest / (high - low)))))
  const short = (value: number) => Number(value.toPrecision(digits))
  const text = (value: number) => {
    // a rounding error in place of 0
    if (Math.abs(value) < 1e-9 * largest) return '0'
    if (largest >= 1e9 || largest < 0.001) return short(value).toExponential().replace('e+', 'e')
    if (largest >= 1e6) return `${short(value / 1e6)}M`
    return largest >= 1e4 ? `${short(value / 1e3)}k` : String(short(value))
  }
  return (value) => text(value).replaceAll('-', '−')
}

/**
 * Ticks of numbers with a form, and their labels in it: as many as fit `pitch` pixels apart on an axis `length` pixels
 * long, at least one.
 */
export function formTicks(domain: Range, length: number, pitch: (label: string) => number, form: NumberForm) {
  const perPixel = (domain[1] - domain[0]) / length
  const steps = stepsFor(domain, form)
  const choices = steps.map((step) => ({
    ticks: multiplesOf(step, domain),
    tickFormat: labelIn(form, domain, step),
    step,
  }))
  const fits = ({ ticks, tickFormat, step }: (typeof choices)[number]) =>
    ticks.every((tick) => step / perPixel >= pitch(tickFormat(tick)))
  const at = choices.findIndex(fits)
  const fitting = choices[at < 0 ? choices.length - 1 : at]!
  if (at >= 0 && fitting.ticks.length > 0) return fitting
  const finer =
    choices.slice(0, at < 0 ? undefined : at).findLast(({ ticks }) => ticks.length > 0) ?? choices[0]!
  return { ...finer, ticks: finer.ticks.slice(Math.floor(finer.ticks.length / 2)).slice(0, 1) }
}

/** The labels of the ends of an axis, with about as many decimals as its ticks have. */
export function endLabels(domain: Range, form: NumberForm): string[] {
  const step = tickStep((domain[1] - domain[0]) / 8)
  const label = labelIn(form, domain, step)
  return domain.map((end) => label(Math.round(end / step) * step))
}

/** Seconds between two ticks of a duration, below a day. */
const clockSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200]
const day = 86_400

/** The distances that two ticks may have, rising: round numbers, or round times of durations. */
function stepsFor([low, high]: Range, { duration }: NumberForm): number[] {
  const least = Math.floor(Math.log10((high - low) / 20))
  const round = Array.from({ length: 4 }, (_, k) => 10 ** (least + k)).flatMap((power) =>
    [1, 2, 5].map((times) => times * power),
  )
  if (!duration) return round
  const days = [1, 10, 100].flatMap((power) => [1, 2, 5].map((times) => times * power * day))
  return [...round.filter((step) => step < 1), ...clockSteps, ...days]
}

/** At most so many ticks: finer steps never fit. */
const mostTicks = 100

function multiplesOf(step: number, [low, high]: Range): number[] {
  const [first, last] = [Math.ceil(low / step), Math.floor(high / step)]
  return Array.from(
    { length: Math.max(0, Math.min(mostTicks, last - first + 1)) },
    (_, k) => (first + k) * step,
  )
}

/** Writes ticks so far apart in a form: whole ones without decimals, and those too long for an axis shortened. */
function labelIn(form: NumberForm, domain: Range, step: number): (value: number) => string {
  const { prefix = '', suffix = '', decimal = '.', group, width, duration, parentheses } = form
  const largest = Math.max(...domain.map(Math.abs))
  // 50k rather than 50000, but 50,000 as it is
  const isLong = largest >= (group === undefined ? 1e4 : 1e6) || largest < 0.001
  const shorten = isLong && !duration && width === undefined ? tickLabel(domain) : undefined
  const needed = duration ? 0 : Math.max(0, Math.ceil(-Math.log10(step) - 1e-9))
  const decimals = needed > 0 ? Math.max(needed, form.decimals ?? 0) : 0
  const withSign = (isNegative: boolean, size: string) =>
    isNegative ? (parentheses ? `(${size})` : `−${size}`) : size
  return (value) => {
    // without the rounding error of a multiple
    const size = Number(Math.abs(value).toPrecision(12))
    const text = shorten
      ? `${prefix}${shorten(size).replace('.', decimal)}${suffix}`
      : formatNumber(size, { ...form, decimals })
    return withSign(value < 0, text)
  }
}
