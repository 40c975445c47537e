/** Two digits: 1.2e-7, 0.34, 0, 'not finite'. */
export function short(x: number | null): string {
  if (x === null) return '-'
  if (!Number.isFinite(x)) return 'not finite'
  return plain(x) ? String(Number(x.toPrecision(2))) : x.toExponential(1)
}

/** The same, no less than x: a tolerance that is rounded down doesn't pass. */
export function shortAbove(x: number): string {
  if (x === 0 || Number(short(x)) >= x) return short(x)
  const step = 10 ** (Math.floor(Math.log10(x)) - 1)
  return short(Math.ceil(x / step) * step)
}

function plain(x: number): boolean {
  return x === 0 || (x >= 1e-2 && x < 1e4)
}

/** A bound as a person would write it: 0.02, 1e-5. */
export function bound(x: number): string {
  return x === 0 || x >= 1e-3 ? String(x) : x.toExponential()
}

/** 4 %, 0.03 %, 250 times, of a share. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return 'not finite'
  if (share >= 10) return `${share < 1e5 ? Math.round(share) : share.toExponential(0)} times`
  const hundredths = share * 100
  return `${hundredths < 1 ? Number(hundredths.toPrecision(1)) : Math.round(hundredths)} %`
}

/** A value as a float32 needs: nine digits. */
export function exact(x: number): string {
  return Number.isFinite(x) ? String(Number(x.toPrecision(9))) : String(x)
}

const bars = '▁▂▃▄▅▆▇█'
const widest = 24

/**
 * A curve by decades: the lowest bar is below 1e-7, the highest from 0.1 up; `·` is 0, `!` not finite, `?` not
 * asked for. Of a long one each bar is the largest of several.
 */
export function sparkline(curve: readonly (number | null)[]): string {
  const size = Math.ceil(curve.length / widest)
  const chunks = Array.from({ length: Math.ceil(curve.length / size) }, (_, i) =>
    curve.slice(i * size, (i + 1) * size),
  )
  return chunks.map(bar).join('')
}

export const sparklineLegend =
  'a bar a state, x_T first: · is 0, ▁ below 1e-7, each bar ten times more, █ from 0.1; ! not finite'

function bar(values: readonly (number | null)[]): string {
  const asked = values.filter((value) => value !== null)
  if (asked.length === 0) return '?'
  const largest = Math.max(...asked)
  if (!Number.isFinite(largest)) return '!'
  if (largest === 0) return '·'
  return bars[Math.min(Math.max(Math.floor(Math.log10(largest)) + 8, 0), bars.length - 1)]!
}
