const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000]
const [month, year] = [30.44 * day, 365.25 * day]

/** The distance between two ticks of time: a duration, or a number of calendar months. */
interface Step {
  readonly milliseconds: number
  readonly months?: number
}

const steps: readonly Step[] = [
  ...[1, 10, 100].map((n) => ({ milliseconds: n })),
  ...[1, 5, 15, 30].map((n) => ({ milliseconds: n * second })),
  ...[1, 5, 15, 30].map((n) => ({ milliseconds: n * minute })),
  ...[1, 3, 6, 12].map((n) => ({ milliseconds: n * hour })),
  ...[1, 2, 7, 14].map((n) => ({ milliseconds: n * day })),
  ...[1, 3, 6].map((n) => ({ milliseconds: n * month, months: n })),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].map((n) => ({
    milliseconds: n * year,
    months: 12 * n,
  })),
]

type Range = readonly [number, number]

/** Whether a range covers the hours of a day without a date. */
const isClock = ([low, high]: Range) => low > -day / 2 && high < 1.5 * day

/** Ticks of a range in ms since 1970 (UTC), and their labels: as many as fit `pitch` pixels apart, at least one. */
export function timeTicks(domain: Range, length: number, pitch: (label: string) => number) {
  const perPixel = (domain[1] - domain[0]) / length
  const at = steps.findIndex((step) => {
    const label = labelOf(step, domain)(domain[0])
    return step.milliseconds / perPixel >= pitch(label)
  })
  for (let k = at < 0 ? steps.length - 1 : at; k >= 0; k--) {
    const ticks = ticksOf(steps[k]!, domain)
    const tickFormat = labelOf(steps[k]!, domain)
    // a step too fine for the room yields a single tick
    if (ticks.length > 0)
      return { ticks: k === at ? ticks : [ticks[Math.floor(ticks.length / 2)]!], tickFormat }
  }
  const tickFormat = labelOf(steps[0]!, domain)
  return { ticks: [(domain[0] + domain[1]) / 2], tickFormat }
}

function ticksOf({ milliseconds, months }: Step, [low, high]: Range): number[] {
  const ticks: number[] = []
  if (months === undefined) {
    // weeks start on Monday; 1 January 1970 was a Thursday
    const origin = milliseconds % (7 * day) === 0 ? 4 * day : 0
    const first = Math.ceil((low - origin) / milliseconds)
    for (let k = first; origin + k * milliseconds <= high; k++) ticks.push(origin + k * milliseconds)
    return ticks
  }
  const monthOf = (time: number) => new Date(time).getUTCFullYear() * 12 + new Date(time).getUTCMonth()
  const first = Math.floor(monthOf(low) / months)
  for (let k = first; k * months <= monthOf(high); k++) {
    const time = startOf(k * months)
    if (time >= low && time <= high) ticks.push(time)
  }
  return ticks
}

/** The first moment of a month, counted from the year 0. */
function startOf(months: number): number {
  // Date.UTC maps the years 0 to 99 to the last century
  return new Date(0).setUTCFullYear(Math.floor(months / 12), ((months % 12) + 12) % 12, 1)
}

function labelOf({ milliseconds, months = 0 }: Step, domain: Range): (time: number) => string {
  return (time) => {
    const text = new Date(time).toISOString().replace(/^[+-]\d{2}(?=\d{4})/, '')
    if (months >= 12) return text.slice(0, 4)
    if (months > 0) return text.slice(0, 7)
    if (milliseconds >= day) return text.slice(0, 10)
    const clock =
      milliseconds >= minute ? text.slice(11, 16) : text.slice(11, milliseconds >= second ? 19 : 23)
    return isClock(domain) ? clock : `${text.slice(5, 10)} ${clock}`
  }
}
