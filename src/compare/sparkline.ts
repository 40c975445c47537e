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
